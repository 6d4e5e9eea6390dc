# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportCountGrowth(models.Model):
    _inherit = "support.count.growth"

    @api.model
    def _selection_origin_ref(self):
        """A version upgrade can be behind growth."""
        return [
            ("support.upgrade", self.env._("Version Upgrade")),
            *super()._selection_origin_ref(),
        ]

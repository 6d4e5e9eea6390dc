# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportHistory(models.Model):
    _inherit = "support.history"

    @api.model
    def _selection_kind(self):
        return [
            *super()._selection_kind(),
            ("run", self.env._("Billing Run")),
            ("deletion", self.env._("Deletion")),
        ]

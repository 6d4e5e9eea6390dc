# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportEvent(models.Model):
    _inherit = "support.event"

    @api.model
    def _selection_kind(self):
        return [
            *super()._selection_kind(),
            ("charge", self.env._("Charge")),
            ("fee", self.env._("Announced Fee")),
        ]

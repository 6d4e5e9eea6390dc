# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportCharge(models.Model):
    """One-off fees: what falls due once, on a day. Clause R5."""

    _inherit = "support.charge"

    @api.model
    def _selection_kind(self):
        return [*super()._selection_kind(), ("fee", self.env._("One-off fee"))]

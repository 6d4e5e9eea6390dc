# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportCharge(models.Model):
    """What costs nothing is on record, and on no invoice: no lines of zero."""

    _inherit = "support.charge"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._complete_zero_vals(vals) for vals in vals_list])

    def _complete_zero_vals(self, vals):
        if vals.get("amount") or vals.get("state", "pending") != "pending":
            return vals
        reason = self.env._("Its price is zero, so there is nothing to invoice.")
        return vals | {"state": "waived", "decision_reason": reason}

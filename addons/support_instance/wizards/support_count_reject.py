# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class SupportCountReject(models.TransientModel):
    """Reject a count, with the reason that it keeps for ever."""

    _name = "support.count.reject"
    _description = "Reject Line Count"
    _inherit = "support.window.mixin"

    count_ids = fields.Many2many("support.count", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_reject(self):
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why, so that others understand it later."))
        self.count_ids._decide("rejected", reason)

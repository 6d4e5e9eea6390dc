# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class SupportCountApprove(models.TransientModel):
    """Approve a count that has holds or lowers the fee, with the reason it keeps."""

    _name = "support.count.approve"
    _description = "Approve Line Count"
    _inherit = "support.window.mixin"

    count_id = fields.Many2one(
        "support.count", required=True, readonly=True, ondelete="cascade"
    )
    flag_ids = fields.One2many(related="count_id.flag_ids", string="Holds and Notes")
    reason = fields.Text(required=True)

    def action_approve(self):
        """A button."""
        self.ensure_one()
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why, so that others understand it later."))
        self.count_id._check_undecided_for(self.env._("approved"))
        self.count_id._decide("approved", reason)

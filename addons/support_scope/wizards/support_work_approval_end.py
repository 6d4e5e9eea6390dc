# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportWorkApprovalEnd(models.TransientModel):
    """End a standing approval; the customer is mailed."""

    _name = "support.work.approval.end"
    _description = "End a Standing Approval"
    _inherit = "support.window.mixin"

    approval_id = fields.Many2one(
        "support.work.approval", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._support_today(),
        help="The first day whose work it covers no more.",
    )
    reason = fields.Char(required=True, help="The customer reads it.")

    def action_confirm(self):
        """A button."""
        self.ensure_one()
        self.approval_id._end(self.date, reason=self.reason)
        return {"type": "ir.actions.act_window_close"}

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportWorkApprovalPhone(models.TransientModel):
    """Note that the customer said yes by phone; they are mailed, and can object."""

    _name = "support.work.approval.phone"
    _description = "Yes by Phone"
    _inherit = "support.window.mixin"

    approval_id = fields.Many2one(
        "support.work.approval", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Who Said Yes",
        required=True,
        compute="_compute_partner_id",
        store=True,
        readonly=False,
    )
    order_number = fields.Char(string="Customer's Order Number")

    def _compute_partner_id(self):
        for wizard in self:
            wizard.partner_id = wizard.approval_id.partner_id

    def action_confirm(self):
        """A button."""
        self.ensure_one()
        self.approval_id._note_phone(self.partner_id, self.order_number)
        return {"type": "ir.actions.act_window_close"}

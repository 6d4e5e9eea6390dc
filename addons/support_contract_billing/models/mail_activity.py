# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..questions import can_hold, hold


class MailActivity(models.Model):
    _inherit = "mail.activity"

    support_move_id = fields.Many2one(
        "account.move",
        string="Invoice Asked About",
        readonly=True,
        ondelete="cascade",
        index="btree_not_null",
    )
    # sudo: who answers customers need not read invoices.
    support_can_hold = fields.Boolean(
        compute="_compute_support_can_hold", compute_sudo=True
    )

    @api.depends("support_move_id.payment_state", "support_move_id.state")
    def _compute_support_can_hold(self):
        for activity in self:
            activity.support_can_hold = can_hold(activity.support_move_id)

    def action_hold_support_invoice(self):
        """Put off the invoice until the customer is answered; a button."""
        self.ensure_one()
        self.check_access("write")
        hold(self)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportTicketSplit(models.TransientModel):
    """Take something else that a ticket asks for to a ticket of its own."""

    _name = "support.ticket.split"
    _description = "Split a Ticket"
    _inherit = "support.window.mixin"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Char(string="Title", required=True)
    scope_category_id = fields.Many2one(
        "support.scope.category", string="Category of Work", required=True
    )
    line_ids = fields.Many2many(
        "account.analytic.line",
        string="Time That Goes With It",
        domain="[('ticket_id', '=', ticket_id), ('support_charge_id', '=', False), "
        "('support_settled', '=', False)]",
    )

    @api.depends("ticket_id")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard.ticket_id.display_name

    def action_confirm(self):
        """A button."""
        self.ensure_one()
        # sudo: whoever splits a ticket need not see the time of others.
        lines = self.sudo().line_ids
        ticket = self.ticket_id._split(self.name, self.scope_category_id, lines)
        return ticket._get_records_action(name=ticket.display_name)

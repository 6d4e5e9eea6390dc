# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class HelpdeskTicketMerge(models.TransientModel):
    """Merging moves messages and followers, and asks for no customer.

    Time would stay behind on an archived ticket, and followers of one customer would
    read what another wrote.
    """

    _inherit = "helpdesk.ticket.merge"

    def merge_tickets(self):
        self._check_may_be_merged()
        return super().merge_tickets()

    def _check_may_be_merged(self):
        self.ensure_one()
        # sudo: whoever merges need not see the time of others, nor contracts.
        tickets = self.sudo().ticket_ids
        if not self.create_new_ticket:
            tickets |= self.sudo().dst_ticket_id
        if ticket := tickets.filtered("timesheet_ids")[:1]:
            raise UserError(
                self.env._(
                    "Time is logged on %s. Move the time first, then merge.",
                    ticket.display_name,
                )
            )
        customers = {
            one.commercial_partner_id.id or one.partner_email or one.id
            for one in tickets
        }
        contracts = {one.support_contract_id.id for one in tickets}
        if len(customers) > 1 or len(contracts) > 1:
            raise UserError(
                self.env._(
                    "Tickets of several customers or contracts are not merged: the "
                    "one would read what the other wrote."
                )
            )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SupportHelpdeskCommon


@tagged("post_install", "-at_install")
class TestSupportTicketContacts(SupportHelpdeskCommon):
    """A person of one customer becomes one of another's by Odoo's merge."""

    def test_ticket_follows_the_person(self):
        ticket = self.env["helpdesk.ticket"].create(
            {"name": "Printer", "description": "No", "partner_id": self.olle.id}
        )
        self.assertEqual(ticket.commercial_partner_id, self.other_customer)
        contract = ticket.support_contract_id
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((self.olle | self.eva).ids, self.eva)
        self.env.invalidate_all()
        self.assertEqual(ticket.partner_id, self.eva)
        self.assertEqual(ticket.commercial_partner_id, self.customer)
        self.assertEqual(ticket.support_contract_id, contract)

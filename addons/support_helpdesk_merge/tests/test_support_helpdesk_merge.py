# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged, users

from odoo.addons.support_helpdesk_scope.tests.common import SupportHelpdeskCommon


@tagged("post_install", "-at_install")
class TestSupportHelpdeskMerge(SupportHelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "merging_admin",
            groups="base.group_system,helpdesk_mgmt.group_helpdesk_manager",
        )

    def _merge(self, tickets, **vals):
        wizards = self.env["helpdesk.ticket.merge"].with_context(active_ids=tickets.ids)
        wizard = wizards.create(
            {
                "ticket_ids": [Command.set(tickets.ids)],
                "dst_ticket_id": tickets[0].id,
                **vals,
            }
        )
        return wizard.merge_tickets()

    # `helpdesk_mgmt_merge` 19.0.1.0.0 moves messages with the rights of its user, which
    # Odoo lets administrators alone do.
    @users("merging_admin")
    def test_tickets_of_one_customer_are_merged(self):
        first, second = self._create_ticket(), self._create_ticket()
        self._merge(first | second)
        self.assertFalse(second.active)

    @users("ticket_helper")
    def test_tickets_with_time_are_not(self):
        first, second = self._create_ticket(), self._create_ticket()
        line = self._log_on(second, 10)
        with self.assertRaises(UserError):
            self._merge(first | second)
        with self.assertRaises(UserError):
            self._merge(first | second, create_new_ticket=True, dst_ticket_name="New")
        self.assertTrue(second.active)
        line.sudo().ticket_id = first
        with self.assertRaises(UserError):
            self._merge(first | second)

    @users("ticket_helper")
    def test_tickets_of_two_customers_are_not(self):
        first, second = self._create_ticket(), self._create_ticket(self.olle)
        with self.assertRaises(UserError):
            self._merge(first | second)
        with self.assertRaises(UserError):
            self._merge(second, dst_ticket_id=first.id)
        stranger = self._create_ticket(
            self.env["res.partner"], partner_email="who@example.net"
        )
        with self.assertRaises(UserError):
            self._merge(first | stranger)

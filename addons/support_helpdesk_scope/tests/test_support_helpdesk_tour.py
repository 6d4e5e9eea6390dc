# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import Command
from odoo.tests import HttpCase, tagged

from .common import SupportHelpdeskCommon

TICKETS = "/odoo/action-support_helpdesk_scope.helpdesk_ticket_action"
CONTRACTS = "/odoo/action-support_contract.support_contract_action"


@tagged("post_install", "-at_install")
class TestSupportHelpdeskTour(SupportHelpdeskCommon, HttpCase):
    """A ticket's way through the screens: this month, whenever the test runs."""

    _now = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ask_for_approval()
        cls.contract.contact_ids = [
            Command.create({"partner_id": cls.eva.id, "role": "administrator"})
        ]

    def test_intake(self):
        self.start_tour(
            f"{TICKETS}/new", "support_helpdesk_intake_tour", login="ticket_helper"
        )
        ticket = self.env["helpdesk.ticket"].search([("partner_id", "=", self.eva.id)])
        self.assertRecordValues(
            ticket,
            [{"support_contract_id": self.contract.id, "scope_verdict": "included"}],
        )

    def test_from_time_to_the_invoice(self):
        first = self.company._support_today().replace(day=1)
        with self._on(first):
            self.cron.sudo().method_direct_trigger()
        ticket = self._create_ticket(category="new_feature")
        path = f"{TICKETS}/{ticket.id}"
        self.start_tour(path, "support_helpdesk_time_tour", login="ticket_helper")
        # Of the month before, and so due at once.
        ticket.timesheet_ids.date = first - relativedelta(days=1)
        self.start_tour(
            f"{CONTRACTS}/{self.contract.id}",
            "support_helpdesk_invoice_tour",
            login="support_accountant",
        )
        charge = ticket.timesheet_ids.support_charge_id
        self.assertRecordValues(
            charge, [{"state": "invoiced", "amount": 1822.5, "quantity": 1.5}]
        )

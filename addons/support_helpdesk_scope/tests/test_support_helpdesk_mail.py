# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SupportHelpdeskCommon

MAIL = """Return-Path: <{sender}>
Delivered-To: {to}
Received: from mx.example.com (mx.example.com [192.0.2.1]) by mail.example.org;
 Thu, 10 Sep 2026 10:58:00 +0200
Message-ID: <{number}@bjork.example.com>
Date: Thu, 10 Sep 2026 10:57:21 +0200
From: Eva Björk <{sender}>
To: {to}
Subject: The report shows the wrong quarter
MIME-Version: 1.0
{headers}Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hello,

please add the cost centre to our sales report.

Eva
"""


@tagged("post_install", "-at_install")
class TestSupportHelpdeskMail(SupportHelpdeskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        domain = cls.env["mail.alias.domain"].create({"name": "help.example.org"})
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {
                "name": "First line",
                "alias_name": "first.line",
                "alias_domain_id": domain.id,
                "company_id": cls.company.id,
            }
        )
        cls.company.support_scope_category_id = cls.env.ref(
            "support_contract.scope_new_configuration"
        )

    def _receive(self, number=1, headers="", return_path=None, **vals):
        """A raw mail through the gateway, as a mail server hands it over."""
        values = {"sender": self.eva.email, "to": "first.line@help.example.org", **vals}
        text = MAIL.format(number=number, headers=headers, **values)
        if return_path is not None:
            text = text.replace(
                f"Return-Path: <{values['sender']}>", f"Return-Path: {return_path}"
            )
        known = self.env["helpdesk.ticket"].search([])
        self.env["mail.thread"].sudo().with_context(
            fetchmail_cron_running=True
        ).message_process(None, text.encode())
        return self.env["helpdesk.ticket"].search([]) - known

    def test_from_mail_to_invoice_and_back_and_again(self):
        ticket = self._receive()
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "The report shows the wrong quarter",
                    "partner_id": self.eva.id,
                    "team_id": self.team.id,
                    "support_contract_id": self.contract.id,
                    "scope_verdict": "billed",
                    "scope_clause": "R17",
                }
            ],
        )
        self._log_on(ticket.with_user(self.helper), 60, employee_id=self.cilla.id)
        charge = self._bill_september()
        # One hour of 1,350.00 less 10 %.
        self.assertRecordValues(charge, [{"amount": 1215.0, "state": "invoiced"}])
        invoice = charge.move_id
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.partner_id, self.customer)
        line = invoice.invoice_line_ids.filtered(
            lambda one: charge in one.support_charge_ids
        )
        self.assertEqual(line.mapped("price_subtotal"), [1215.0])
        self.assertIn(ticket.number, line.name)
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        credit = self.env["account.move"].browse(reversal.refund_moves()["res_id"])
        credit.support_reopen_charges = True
        credit.action_post()
        self._run_cron("2026-11-01")
        again = charge.move_id
        self.assertNotEqual(again, invoice)
        self.assertEqual(again.state, "posted")
        lines = self.env["account.move.line"].search(
            [("support_charge_ids", "in", charge.ids)]
        )
        self.assertEqual(
            sorted(
                (one.move_id.move_type, one.price_subtotal)
                for one in lines
                if one.move_id in again | invoice | credit
            ),
            sorted((one.move_type, 1215.0) for one in lines.move_id),
        )
        mine = again.invoice_line_ids.filtered(
            lambda one: charge in one.support_charge_ids
        )
        self.assertEqual(mine.mapped("price_subtotal"), [1215.0])

    def test_sender_of_two_customers(self):
        self._create_person("Eva B", self.other_customer, self.eva.email)
        ticket = self._receive()
        self.assertRecordValues(
            ticket,
            [
                {
                    "support_contract_id": False,
                    "scope_verdict": "undecided",
                    "partner_id": False,
                }
            ],
        )

    def test_sender_with_another_card(self):
        self.env["res.partner"].create({"name": "Eva", "email": self.eva.email})
        self.assertEqual(self._receive().partner_id, self.eva)

    def test_sender_with_a_contract_of_their_own(self):
        card = self.env["res.partner"].create({"name": "Eva", "email": self.eva.email})
        contract = self._create_scope_contract(partner_id=card.id)
        msg = {
            "subject": "Mine",
            "body": "",
            "from": self.eva.email,
            "author_id": card.id,
        }
        tickets = self._receive() | self.env["helpdesk.ticket"].message_new(msg)
        for ticket in tickets:
            self.assertRecordValues(
                ticket,
                [
                    {
                        "partner_id": False,
                        "support_contract_id": False,
                        "scope_verdict": "undecided",
                    }
                ],
            )
        tickets[0].support_contract_id = contract
        self.assertEqual(tickets[0].partner_id, card)

    def test_automatic_replies_open_no_ticket(self):
        for number, (headers, path) in enumerate(
            (
                ("Auto-Submitted: auto-replied\n", None),
                ("Auto-Submitted: auto-replied (vacation)\n", None),
                ("Precedence: auto_reply\n", None),
                ("X-Autoreply: yes\n", None),
                ("", "<>"),
            ),
            10,
        ):
            found = self._receive(number, headers, path)
            self.assertFalse(found, (headers, path))
        # An alarm is no reply, and a person says so.
        alarm = self._receive(20, "Auto-Submitted: auto-generated\n")
        self.assertEqual(len(alarm), 1)
        self.assertEqual(len(self._receive(21, "Auto-Submitted: no\n")), 1)

    def test_automatic_reply_to_a_ticket_is_kept_on_it(self):
        ticket = self._receive()
        sent = ticket.message_ids[-1]
        headers = f"Auto-Submitted: auto-replied\nIn-Reply-To: {sent.message_id}\n"
        before = len(ticket.message_ids)
        self.assertFalse(self._receive(2, headers))
        self.assertEqual(len(ticket.message_ids), before + 1)

    def test_one_sender_opens_tickets_up_to_a_number(self):
        self.env["ir.config_parameter"].sudo().set_param(
            "mail.gateway.loop.threshold", 3
        )
        found = [self._receive(number) for number in range(30, 36)]
        self.assertEqual([len(one) for one in found], [1, 1, 1, 0, 0, 0])

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..questions import QUESTION, get_questions
from .common import SupportBillingCommon

UNSENT = "Posted, not sent"
MAIL = """From: {sender}
To: {to}
Subject: Re: invoice
Message-ID: <{number}@customer.example.com>
In-Reply-To: {parent}
{header}
Why so much?
"""


@tagged("post_install", "-at_install")
class TestSupportInvoiceQuestion(SupportBillingCommon):
    """What a customer writes on an invoice is heard, and answered once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = new_test_user(
            cls.env, "keeper", groups="support_contract.group_support_user"
        )
        cls.contract = cls._create_active_contract(
            billing_policy="post", user_id=cls.keeper.id
        )
        cls.person = new_test_user(cls.env, "person", groups="base.group_portal")
        cls.person.partner_id.write({"parent_id": cls.customer.id})
        with cls._on(cls, "2026-10-01"):
            cls.contract.action_bill()
        cls.move = cls.contract.invoice_ids

    def _write(self, user, body="Why so much?", **kwargs):
        kwargs = {
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
        } | kwargs
        move = self.move.with_user(user).sudo()
        return move.message_post(body=body, author_id=user.partner_id.id, **kwargs)

    def _get_waiting(self):
        overview = self.env["support.billing.overview"].with_user(self.accountant)
        overview = overview.create({"month": "2026-10"})
        found = {name: records for name, records, _sum in overview._get_waiting_work()}
        return {
            name: records
            for name, records in found.items()
            if records._name == "account.move" and records and name != UNSENT
        }

    def test_one_to_do_with_its_age_and_one_receipt(self):
        self._write(self.person, "<p>Why so much?</p>")
        self._write(self.person, "And why today?")
        activity = self.contract.activity_search([QUESTION])
        self.assertRecordValues(
            activity,
            [{"user_id": self.keeper.id, "support_move_id": self.move.id}],
        )
        self.assertIn("Why so much?", activity.note)
        self.assertIn("And why today?", activity.note)
        self.assertIn(self.move.name, activity.note)
        receipts = self.move.message_ids.filtered(
            lambda one: one.message_type == "auto_comment"
        )
        self.assertEqual(len(receipts), 1)
        self.assertEqual(receipts.partner_ids, self.person.partner_id)
        self.env.cr.execute(
            "UPDATE mail_activity SET create_date = create_date - interval '3 days'"
            " WHERE id = %s",
            activity.ids,
        )
        self.env.invalidate_all()
        self.assertEqual(
            self._get_waiting(),
            {"Questions from customers, the oldest 3 days old": self.move},
        )
        # Whoever answers hears of the next message by mail as well.
        self.assertIn(self.keeper.partner_id, self.move.message_partner_ids)

    def test_answer_closes_it_and_the_next_message_opens_another(self):
        self._write(self.person)
        self._write(self.accountant, subtype_xmlid="mail.mt_note")
        self.assertTrue(get_questions(self.move))
        self._write(self.accountant, "Because.")
        self.assertFalse(get_questions(self.move))
        self.assertFalse(self._get_waiting())
        self._write(self.person, "I see")
        self.assertEqual(len(get_questions(self.move)), 1)

    def test_staff_and_programs_make_none(self):
        self._write(self.accountant)
        self._write(self.person, message_type="notification")
        self._write(self.person, message_type="auto_comment")
        self._write(self.person, message_type="out_of_office")
        company = self.move.company_id.partner_id
        self.move.message_post(
            body="From us",
            author_id=company.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.env["account.move.send"]._generate_and_send_invoices(
            self.move, sending_methods=["email"]
        )
        self.assertFalse(get_questions(self.move))
        # An invoice that is sent once more answers nobody.
        self._write(self.person)
        self.env["account.move.send"]._generate_and_send_invoices(
            self.move, sending_methods=["email"]
        )
        self.assertTrue(get_questions(self.move))

    def test_invoice_of_others_makes_none(self):
        self.move = self.move.copy()
        self.move.invoice_line_ids.support_charge_ids = False
        self.assertFalse(self.move.support_contract_ids)
        self._write(self.person)
        self.assertFalse(get_questions(self.move))

    def _receive(self, number, sender, header=""):
        parent = self.move.message_ids[-1]
        parent.message_id = parent.message_id or "<parent@us.example.com>"
        self.env["mail.thread"].sudo().message_process(
            "account.move",
            MAIL.format(
                number=number,
                sender=sender,
                parent=parent.message_id,
                to="catchall@us.example.com",
                header=header,
            ),
        )
        received = self.move.message_ids.filtered(
            lambda one: one.message_id == f"<{number}@customer.example.com>"
        )
        self.assertIn("Why so much?", received.body)

    def test_mail_is_heard_and_notes_of_absence_are_not(self):
        known = self.person.partner_id.email
        self._write(self.accountant, "Your invoice")
        for number, header in enumerate(
            ("Auto-Submitted: auto-replied\n", "Precedence: bulk\n", "X-Autoreply: x\n")
        ):
            self._receive(number, known, header)
            self.assertFalse(get_questions(self.move))
        self._receive("human", known, "Auto-Submitted: no\n")
        self.assertEqual(len(get_questions(self.move)), 1)
        get_questions(self.move).unlink()
        # Nobody of the customer: it is heard, and nothing is sent to that address.
        receipts = self.move.message_ids.filtered(
            lambda one: one.message_type == "auto_comment"
        )
        self._receive("stranger", "nobody@elsewhere.example.com")
        self.assertIn("nobody@elsewhere", get_questions(self.move).note)
        self.assertEqual(
            self.move.message_ids.filtered(
                lambda one: one.message_type == "auto_comment"
            ),
            receipts,
        )

    def test_hold_is_a_button_of_the_account_manager(self):
        self._write(self.person)
        self.assertEqual(self.move.payment_state, "not_paid")
        activity = get_questions(self.move)
        stranger = new_test_user(self.env, "stranger", groups="base.group_user")
        for user in (stranger, self.person):
            with self.assertRaises(AccessError):
                activity.with_user(user).action_hold_support_invoice()
        own = activity.with_user(self.keeper).sudo(False)
        self.assertTrue(own.support_can_hold)
        own.action_hold_support_invoice()
        self.assertEqual(self.move.payment_state, "blocked")
        self.assertFalse(own.support_can_hold)
        self.assertIn("Invoices on hold", self._get_waiting())
        with self.assertRaises(UserError):
            own.action_hold_support_invoice()
        # A to-do of another kind holds nothing.
        other = self.contract.activity_schedule("mail.mail_activity_data_todo")
        invoice = self.move.copy()
        invoice.action_post()
        for move in (self.move.browse(), invoice):
            other.support_move_id = move
            with self.assertRaises(UserError):
                other.with_user(self.keeper).action_hold_support_invoice()

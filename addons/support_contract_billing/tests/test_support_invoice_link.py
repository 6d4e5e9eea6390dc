# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
import re
import zipfile

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, JsonRpcException, new_test_user, tagged

from odoo.addons.support_contract.links import DAYS, PAGE, make_token

from ..questions import get_questions
from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportInvoiceLink(SupportBillingCommon, HttpCase):
    """An invoice is mailed with a link that opens it alone, and ends."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.email = "office@bjorkdal.example.com"
        cls.contract = cls._create_active_contract(billing_policy="post")
        with cls._on(cls, "2026-10-01"):
            cls.contract.action_bill()
        cls.move = cls.contract.invoice_ids
        cls.person = cls.env["res.partner"].create(
            {
                "name": "Karin",
                "email": "karin@bjorkdal.example.com",
                "parent_id": cls.customer.id,
            }
        )
        cls.url = f"/my/invoices/{cls.move.id}"
        cls.token = make_token(cls.move, cls.person)

    def _get(self, token, move=None, **query):
        url = f"/my/invoices/{(move or self.move).id}?access_token={token}"
        return self.url_open(
            url + "".join(f"&{key}={value}" for key, value in query.items())
        )

    def _send(self, *partners):
        """Send the invoice, and return what is in the e-mails."""
        self.env["account.move.send"]._generate_and_send_invoices(
            self.move,
            sending_methods=["email"],
            mail_partner_ids=[partner.id for partner in partners],
        )
        message = self.move.message_ids.filtered("partner_ids")[:1]
        return self.env["mail.mail"].search([("mail_message_id", "=", message.id)])

    def test_each_person_gets_a_link_of_their_own_and_no_token_of_odoo(self):
        self.move.access_token = "of-odoo-itself"  # from before
        mails = self._send(self.customer, self.person)
        self.assertEqual(mails.recipient_ids, self.customer | self.person)
        found = set()
        for mail in mails:
            self.assertEqual(len(mail.recipient_ids), 1)
            self.assertNotIn("of-odoo-itself", mail.body_html)
            self.assertNotRegex(mail.body_html, r"[?&;](pid|hash)=")
            [token] = set(re.findall(rf"{PAGE}\?access_token=([\w-]+)", mail.body_html))
            found.add(token)
            page = self.url_open(f"{PAGE}?access_token={token}")
            self.assertIn(self.move.name, page.text)
            self.assertNotIn("of-odoo-itself", page.text)
        self.assertEqual(len(found), 2)
        self.assertNotIn(
            self.move.name, self._get("of-odoo-itself", report_type="html").text
        )
        view = f"/mail/view?model=account.move&res_id={self.move.id}"
        answer = self.url_open(f"{view}&access_token=of-odoo-itself")
        self.assertNotIn(self.move.name, answer.text)

    def test_link_opens_this_invoice_and_its_files_until_a_day(self):
        other = self.move.copy()
        other.invoice_line_ids.support_charge_ids = False
        other.action_post()
        self.assertIn(self.move.name, self._get(self.token).text)
        files = self._get(self.token, report_type="pdf", download="true")
        self.assertIn(
            self.move.name.replace("/", "_"), files.headers["Content-Disposition"]
        )
        self.assertNotIn(other.name, self._get(self.token, other).text)
        # Of what is not ours Odoo's own opens as ever.
        own = other._portal_ensure_token()
        self.assertTrue(own)
        self.assertIn(other.name, self._get(own, other).text)
        with freeze_time(fields.Datetime.now() + DAYS):
            self.assertIn("opens nothing here", self._get(self.token).text)

    def test_other_people_and_who_has_left_are_led_to_a_new_one(self):
        new_test_user(self.env, "stranger", groups="base.group_portal")
        rival = self.env["res.partner"].create({"name": "Rival", "is_company": True})
        for token in (
            make_token(self.move, rival),
            make_token(self.move, rival.browse(2**30)),
            make_token(self.contract, self.customer),
            self.token[:-3],
        ):
            page = self._get(token)
            self.assertNotIn(self.move.name, page.text)
        self.authenticate("stranger", "stranger")
        self.assertIn("opens nothing here", self._get(self.token).text)
        self.authenticate(None, None)
        for vals in ({"active": False}, {"parent_id": rival.id}):
            with self.env.cr.savepoint() as savepoint:
                self.person.write(vals)
                self.env.flush_all()
                self.assertIn("opens nothing here", self._get(self.token).text)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_posted_invoice_is_no_proforma_whoever_opens_it_first(self):
        self.assertFalse(self.move.invoice_pdf_report_id)
        page = self._get(self.token, report_type="html")
        self.assertNotIn("Proforma", page.text)
        self.assertIn(self.move.name, page.text)
        self.move.invalidate_recordset()
        document = self.move.invoice_pdf_report_id
        self.assertTrue(document)
        # Nothing was sent, and what waits to be sent still does.
        self.assertFalse(self.move.is_move_sent)
        answer = self._get(self.token, report_type="pdf", download="true")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as files:
            self.assertEqual(files.read(document.name), document.raw)
            self.assertNotIn("proforma", "".join(files.namelist()))
        self._send(self.person)
        self.assertEqual(self.move.invoice_pdf_report_id, document)

    def test_electronic_invoice_that_fails_makes_no_proforma(self):
        settings = {"error": {"error_title": "No endpoint"}, "error_but_continue": True}
        data = {self.move: settings}
        self.env["account.move.send"]._generate_invoice_fallback_documents(data)
        self.assertNotIn("proforma_pdf_attachment", settings)
        self.assertNotIn("error", settings)
        self.assertTrue(self.move.invoice_pdf_report_id)

    def test_who_came_by_the_link_writes_in_their_own_name(self):
        def post(token, **kwargs):
            return self.make_jsonrpc_request(
                "/mail/message/post",
                {
                    "thread_model": "account.move",
                    "thread_id": self.move.id,
                    "post_data": {
                        "body": "Why so much?",
                        "message_type": "comment",
                        "subtype_xmlid": "mail.mt_comment",
                    },
                    "token": token,
                    **kwargs,
                },
            )

        for forged in (
            {"token": "x", "context": {"support_link_token": "x"}},
            {"token": "", "pid": self.person.id, "hash": "x"},
            {"token": make_token(self.contract, self.customer)},
        ):
            with self.assertRaises(JsonRpcException, msg=str(forged)):
                post(**forged)
        self.assertFalse(get_questions(self.move))
        post(self.token)
        message = self.move.message_ids.filtered(
            lambda one: "Why so much?" in (one.body or "")
        )
        self.assertEqual(message.author_id, self.person)
        question = get_questions(self.move)
        self.assertEqual(len(question), 1)
        self.assertIn("Karin", question.note)
        # Staff reads no link in what a customer quotes.
        quoted = self.move.message_post(body=f"As in {self.token}")
        self.assertNotIn(self.token, quoted.body)

    def test_signer_by_link_sees_no_invoice(self):
        """The link to a contract opens the contract."""
        token = make_token(self.contract, self.customer)
        page = self.url_open(
            f"/my/support/{self.contract.id}/costs?access_token={token}"
        )
        self.assertIn(self.move.name, page.text)
        self.assertNotIn(f"{self.url}?access_token", page.text)

    def test_price_notice_opens_by_its_link_alone(self):
        announcements = self.env["support.fee.announcement"].sudo()
        told = announcements.create(
            {
                "contract_id": self.contract.id,
                "company_id": self.contract.company_id.id,
                "currency_id": self.contract.currency_id.id,
                "period_start": "2026-11-01",
                "fee_before": 22_320.0,
                "fee_after": 24_660.0,
                "reason": "More code\nAnother price",
                "customer_ids": [fields.Command.set(self.person.ids)],
            }
        )
        told._queue_mail()
        mail = self.env["mail.mail"].search(
            [("model", "=", told._name), ("res_id", "=", told.id)]
        )
        self.assertEqual(mail.recipient_ids, self.person)
        [token] = re.findall(rf"{PAGE}\?access_token=([\w-]+)", mail.body_html)
        page = self.url_open(f"{PAGE}?access_token={token}").text
        for words in ("22,320.00", "24,660.00", "Another price", "11/01/2026"):
            self.assertIn(words, page)
        self.assertEqual(page.count("<h1"), 1)
        with freeze_time(fields.Datetime.now() + DAYS):
            page = self.url_open(f"{PAGE}?access_token={token}").text
            self.assertNotIn("24,660.00", page)
        # Somebody else of the customer was not told.
        other = make_token(told, self.customer)
        self.assertNotIn(
            "24,660.00", self.url_open(f"{PAGE}?access_token={other}").text
        )

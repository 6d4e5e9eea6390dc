# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import re

from markupsafe import Markup
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..links import make_token
from .common import SupportContractCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestSupportSigning(SupportContractCommon, HttpCase):
    """Signing is the customer's, and binds what they were shown."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        terms = cls.terms.copy({"version": "2", "sign_activates": True})
        terms.action_publish()
        cls.draft = cls._create_contract(
            [("operations", "2026-09-01")], date_signed=False, terms_id=terms.id
        )
        cls.page = f"/my/support/{cls.draft.id}"
        cls.boss = new_test_user(cls.env, "boss", groups="base.group_portal")
        cls.boss.partner_id.parent_id = cls.customer
        cls.token = make_token(cls.draft, cls.customer)

    def _send(self, contract=None, user=None, **context):
        contract = (contract or self.draft).with_user(user or self.manager)
        action = contract.action_send()
        composer = self.env["mail.compose.message"].with_user(contract.env.user)
        composer = composer.with_context(**action["context"], **context).create({})
        composer.partner_ids |= self.boss.partner_id
        composer._action_send_mail()
        return composer

    def test_what_could_not_become_active_is_not_sent(self):
        self.draft.billed_through = False
        with self.assertRaisesRegex(UserError, "cannot be sent to sign yet:\n- "):
            self._send()
        self.assertFalse(self.draft.date_sent)

    def _open(self):
        """The page that the link opens, and the digest that it signs with."""
        token = self.token
        text = self.url_open(f"{self.page}?access_token={token}").text
        found = re.search(r"digest=(\w+)", text)
        return text, found and found[1]

    def _sign(self, digest, token=None):
        return self.make_jsonrpc_request(
            f"{self.page}/sign?digest={digest}",
            {
                "access_token": self.token if token is None else token,
                "name": "Alva Berg",
                "signature": PIXEL,
            },
        )

    def _sign_by_link(self):
        self._send()
        self._sign_what_was_sent()

    def _sign_what_was_sent(self):
        self.env.flush_all()
        answer = self._sign(self._open()[1])
        self.assertNotIn("error", answer)
        self.draft.invalidate_recordset()

    def test_customer_signs_what_was_sent(self):
        self._sign_by_link()
        self.assertEqual(self.draft.state, "active")
        self.assertEqual(self.draft.signed_by, "Alva Berg")

    def test_document_that_was_sent_is_the_one_that_is_signed(self):
        """It is kept with the digest, goes along with the mail and is not deleted."""
        self._send()
        document = self.draft.sent_document_id
        self.assertEqual(document.description, self.draft.sent_digest)
        self.assertEqual(self.draft.message_ids[0].attachment_ids, document)
        text = document.raw.decode()
        for words in (self.draft.sent_digest, "Definitions", "Annex", "Operations"):
            self.assertIn(words, text)
        digest = hashlib.sha256(document.raw).hexdigest()
        self.assertIn(digest, self.draft.event_ids[0].note)
        self.env.flush_all()
        self.assertNotIn("error", self._sign(self._open()[1]))
        self.draft.invalidate_recordset()
        self.assertEqual(self.draft.signed_document_id, document)
        url = f"{self.page}?access_token={self.token}&report_type=signed"
        self.assertEqual(self.url_open(url).content, document.raw)
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            document.unlink()
            self.env.flush_all()

    def test_texts_of_the_terms_are_what_is_signed(self):
        """Their own, else the standard ones in whatever language."""
        shown = self.draft._get_shown_values
        standard = shown()["texts"]
        self.assertEqual(
            self.draft.with_context(lang=None)._get_shown_values(), shown()
        )
        terms = self.terms.copy({"version": "4", "definitions": "<p>A bug is one.</p>"})
        self.draft.terms_id = terms
        self.assertNotEqual(shown()["texts"], standard)
        agreement = self.draft._get_agreement()
        self.assertIn("A bug is one", agreement.get_text("definitions"))
        self.assertIn("2016/679", agreement.get_text("data_agreement"))

    def test_staff_does_not_sign(self):
        """Neither as they are nor with the link: a reader of a contract would sign, and
        so activate it."""
        self._send()
        digest = self._open()[1]
        self.assertTrue(digest)
        for user in (self.consultant, self.manager):
            self.authenticate(user.login, user.login)
            for token in ("", self.token):
                with self.subTest(user=user.login, token=token):
                    self.assertNotIn(
                        "#modalsign", self.url_open(f"{self.page}?access_token={token}")
                    )
                    self.assertIn("not yours", self._sign(digest, token)["error"])
        with self.assertRaises(AccessError):
            self.draft.with_user(self.consultant).action_activate()
        self.draft.invalidate_recordset()
        self.assertFalse(self.draft.signature)
        self.assertEqual(self.draft.state, "draft")

    def test_signature_is_nobodys_to_write(self):
        for vals in (
            {"signature": PIXEL},
            {"signed_by": "Alva Berg"},
            {"signed_on": "2026-08-20 10:00:00"},
            {"date_sent": "2026-08-20 10:00:00"},
            {"sent_digest": "x"},
            {"signed_digest": "x"},
            {"sent_fee": 1.0},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                self.draft.with_user(self.manager).write(vals)
            with self.subTest(new=vals), self.assertRaises(AccessError):
                self.env["support.contract"].with_user(self.manager).create(
                    {"partner_id": self.customer.id, "terms_id": self.terms.id, **vals}
                )

    def test_only_what_was_sent_is_signed(self):
        text, digest = self._open()
        self.assertIsNone(digest)
        self.assertNotIn("#modalsign", text)
        self.assertIn("error", self._sign(""))
        self._send()
        digest = self._open()[1]
        self.draft.service_ids.price_unit = 2900.0
        text, other = self._open()
        self.assertIsNone(other)
        self.assertNotIn("#modalsign", text)
        self.assertIn("changed", self._sign(digest)["error"])
        self._send()
        # Who still has the former page open has not read this.
        self.assertIn("changed", self._sign(digest)["error"])
        self.assertNotIn("error", self._sign(self._open()[1]))

    def test_sent_is_what_went_to_the_customer(self):
        """A key of the context is no sending, nor is a message of a reader."""
        contract = self.draft.with_user(self.manager)
        contract.with_context(support_mark_sent=True).message_post(
            body="Hello", partner_ids=self.boss.partner_id.ids
        )
        self.assertFalse(self.draft.date_sent)
        self.assertFalse(self.draft.contact_ids)
        with self.assertRaises(AccessError):
            self._send(user=self.consultant)
        self._send(support_mark_sent=False)
        self.assertTrue(self.draft.date_sent)

    def test_draft_terms_are_not_sent(self):
        self.draft.terms_id = self.terms.copy({"version": "3"})
        with self.assertRaisesRegex(UserError, "Publish its terms"):
            self._send()

    def test_link_is_in_the_customers_mail_alone(self):
        composer = self._send()
        token = self.token
        message = self.draft.message_ids[0]
        self.assertNotIn(token, composer.body or "")
        self.assertNotIn(token, message.body)
        mails = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        with_link = mails.filtered(
            lambda mail: re.search(r"access_token=[\w-]{60}", mail.body_html)
        )
        for mail in with_link:  # each their own
            self.assertEqual(len(mail.recipient_ids), 1)
        people = self.boss.partner_id | self.customer
        self.assertEqual(with_link.recipient_ids & people, people)
        self.assertFalse(with_link.recipient_ids - people)
        quoted = self.draft.message_post(
            body=Markup("<p>Why?</p><a href='%s?access_token=%s'>x</a>")
            % (self.page, token),
            author_id=self.boss.partner_id.id,
        )
        self.assertNotIn(token, quoted.body)

    def _sign_without_activating(self):
        self._send()
        self.draft.billed_through = False
        self._sign_what_was_sent()
        self.assertEqual(self.draft.state, "draft")
        self.assertTrue(self.draft.signature)

    def test_change_of_what_was_shown_drops_the_signature(self):
        self._sign_without_activating()
        draft, service = self.draft, self.draft.service_ids
        other = self.customer.copy({"name": "Lövdalen Glas AB"})
        condition = {"contract_id": draft.id, "key": "notice_months", "value": 3}
        new = {"contract_id": draft.id, "date_start": "2026-09-01"}
        changes = {
            "customer": lambda: draft.write({"partner_id": other.id}),
            "name of the customer": lambda: self.customer.write({"name": "Åkerby AB"}),
            "price": lambda: service.write({"price_unit": 1.0}),
            "first day": lambda: service.write({"date_start": "2026-10-01"}),
            "minimum term": lambda: service.write({"date_min_end": "2030-12-31"}),
            "last day": lambda: service.write({"date_end": "2026-12-31"}),
            "another service": lambda: service.create(
                {**new, "type_id": self.type_patch.id}
            ),
            "a service less": service.unlink,
            "condition": lambda: draft.condition_ids.create(condition),
            "terms": lambda: draft.write({"terms_id": self.terms.id}),
            "through the contract": lambda: draft.write(
                {"service_ids": [Command.update(service.id, {"price_unit": 1.0})]}
            ),
        }
        for name, change in changes.items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                change()
                self.assertFalse(draft.signature)
                self.assertFalse(draft.signed_by)
                self.assertFalse(draft.date_signed)
                event = draft.event_ids[0]
                self.assertEqual((event.before, event.after), ("Alva Berg", False))
                with self.assertRaises(UserError):
                    draft.action_activate()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_what_was_not_shown_leaves_the_signature(self):
        self._sign_without_activating()
        draft = self.draft
        draft.note = "Call before noon"
        draft.user_id = self.manager
        draft.billed_through = "2026-08-31"
        draft.with_context(lang="en_US").service_ids.price_unit = 2400.0
        self.assertTrue(draft.signature)
        draft.with_user(self.manager).action_activate()
        self.assertEqual(draft.state, "active")

    def test_estimate_is_that_of_the_day_of_sending(self):
        self._sign_without_activating()
        self.draft._with_permission().sent_fee = 1.0
        self.assertFalse(self.draft.signature)

    def test_change_past_the_orm_is_seen_at_activation(self):
        self._sign_without_activating()
        self.draft.billed_through = "2026-08-31"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE support_contract_service SET date_start = '2026-10-01'"
            " WHERE contract_id = %s",
            [self.draft.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "changed after"):
            self.draft.action_activate()

    def test_manager_records_a_signature_on_paper(self):
        contract = self.draft.with_user(self.manager)
        contract.date_signed = "2026-08-25"
        contract.action_activate()
        self.assertEqual(contract.state, "active")
        self.assertFalse(contract.signature)
        self.assertIn("paper", contract.event_ids[0].note)

    def test_day_of_a_signature_in_the_portal_is_nobodys_to_write(self):
        self._sign_without_activating()
        with self.assertRaisesRegex(UserError, "portal"):
            self.draft.with_user(self.manager).date_signed = "2026-01-01"

    @mute_logger("odoo.sql_db")
    def test_database_keeps_signatures(self):
        self._sign_by_link()
        self.env.flush_all()
        for column, value in (
            ("signed_by", "Somebody Else"),
            ("signed_on", "2020-01-01 00:00:00"),
            ("date_signed", "2020-01-01"),
            ("signed_digest", "x"),
            ("signature", b"eA=="),
        ):
            with (
                self.subTest(column),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(flush=False),
            ):
                self.env.cr.execute(
                    f"UPDATE support_contract SET {column} = %s WHERE id = %s",
                    [value, self.draft.id],
                )
        # A merge of contacts goes through.
        self.env.cr.execute(
            "UPDATE support_contract SET partner_id = %s WHERE id = %s",
            [self.boss.partner_id.id, self.draft.id],
        )

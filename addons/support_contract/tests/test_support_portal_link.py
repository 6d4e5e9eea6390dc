# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import hash_sign

from ..links import DAYS, MOST, PAGE, PAUSE, hide_tokens, make_token, read_token
from ..signing import mark_sent
from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportPortalLink(SupportContractCommon, HttpCase):
    """The link in a mail opens one thing, for one person, until a day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract()
        cls.person = cls.env["res.partner"].create(
            {"name": "Karin", "parent_id": cls.customer.id, "email": "k@example.com"}
        )
        cls.contact = cls.env["support.contract.contact"].create(
            {
                "contract_id": cls.contract.id,
                "partner_id": cls.person.id,
                "role": "administrator",
            }
        )
        cls.customer.email = "office@example.com"
        mark_sent(cls.contract, cls.person)
        cls.public = cls.env.ref("base.public_user")
        cls.token = make_token(cls.contract, cls.person)
        cls.page = f"/my/support/{cls.contract.id}"

    def _get_cards(self, token=None, user=None):
        self.env.invalidate_all()
        contract = self.contract.sudo()
        return contract._get_visible_cards(user or self.public, token or self.token)

    def test_link_is_worth_what_its_person_may(self):
        everything = self._get_cards()
        self.assertIn("sign", everything)
        for action in (
            lambda: self.contact.unlink(),
            lambda: self.person.write({"parent_id": False}),
            lambda: self.person.write({"active": False}),
        ):
            with self.env.cr.savepoint() as savepoint:
                self.assertEqual(self._get_cards(), everything)
                action()
                self.assertFalse(self._get_cards())
                savepoint.rollback()
            self.env.invalidate_all()
        self.contract._with_permission().state = "active"
        self.contact.role = "finance"
        self.assertIn("costs", self._get_cards())
        self.assertNotIn("sign", self._get_cards())

    def test_link_ends_with_the_contract(self):
        for state, opens in (
            ("active", True),
            ("notice", True),
            ("ended", False),
            ("cancelled", False),
        ):
            with self.subTest(state):
                self.contract._with_permission().state = state
                self.assertEqual(bool(self._get_cards()), opens)

    def test_link_ends_by_time(self):
        now = fields.Datetime.now()
        for moment, opens in (
            (now + DAYS - timedelta(minutes=1), True),
            (now + DAYS + timedelta(minutes=1), False),
        ):
            with freeze_time(moment):
                self.assertEqual(bool(self._get_cards()), opens)

    def test_what_we_have_not_signed_opens_nothing(self):
        """Changed, cut, of another record, person, purpose, database or copy of it."""
        other = self._create_contract()
        values = [
            "support.contract",
            self.contract.id,
            self.person.id,
            int((fields.Datetime.now() + DAYS).timestamp()),
        ]
        raw = bytearray(base64.urlsafe_b64decode(self.token + "==="))
        raw[-4] ^= 1
        parameters = self.env["ir.config_parameter"].sudo()
        with patch.object(
            type(parameters), "get_param", lambda self, key, default=False: "another"
        ):
            foreign = hash_sign(self.env(su=True), "support_contract.link", values)
        with freeze_time(fields.Datetime.now()):
            parameters.set_param("database.is_neutralized", "True")
            copied = make_token(self.contract, self.person)
            self.assertTrue(self._get_cards(copied))
            self.assertFalse(self._get_cards())
            parameters.set_param("database.is_neutralized", False)
        for token in (
            base64.urlsafe_b64encode(raw).decode().rstrip("="),
            self.token[:-2],
            "wrong",
            "å",
            self.token[:5] + "å",
            "AQ",
            "None",
            foreign,
            copied,
            hash_sign(self.env(su=True), "another purpose", values),
            make_token(other, self.person),
            make_token(self.contract, self.person.browse(2**30)),
        ):
            with self.subTest(token):
                self.assertFalse(self._get_cards(token))
        # Of a model that is mailed with no link.
        values[0] = "res.partner"
        token = hash_sign(self.env(su=True), "support_contract.link", values)
        self.assertIsNone(read_token(self.env, token))

    def test_link_is_not_for_who_is_logged_in_as_somebody_else(self):
        stranger = new_test_user(self.env, "stranger", groups="base.group_portal")
        colleague = new_test_user(self.env, "colleague", groups="base.group_portal")
        colleague.partner_id.parent_id = self.customer
        self.assertFalse(self._get_cards(user=stranger))
        self.assertTrue(self._get_cards(user=colleague))

    def test_nobody_gets_at_it(self):
        system = new_test_user(
            self.env,
            "system",
            groups="base.group_system,support_contract.group_support_manager",
        )
        for user in (self.consultant, self.manager, system):
            contract = self.contract.with_user(user)
            with self.assertRaises(AccessError):
                get_public_method(contract, "get_portal_url")
            # What a caller says in the context opens nothing.
            forged = contract.with_context(support_link_token="x")
            self.assertFalse(forged.support_link_token)
            for url in (contract.action_preview()["url"], contract._get_share_url()):
                self.assertNotIn("access_token", url)

    def test_chatter_of_a_contract_opens_by_no_link(self):
        threads = self.contract.with_user(self.public)
        for token in (self.token, "", "x"):
            forged = threads.with_context(support_link_token=token)
            for thread in (threads, forged):
                self.assertFalse(
                    thread._get_thread_with_access(self.contract.id, token=token)
                )

    def test_who_writes_the_mail_does_not_see_it(self):
        """What the customer's own mail has: see the tests of signing."""
        template = self.env.ref("support_contract.mail_template_agreement")
        contract = self.contract.with_user(self.manager)
        body = template.with_user(self.manager)._render_field(
            "body_html", contract.ids
        )[contract.id]
        self.assertIn(f"{contract.access_url}?access_token=", body)
        self.assertIsNone(read_token(self.env, body))
        quoted = f"See {self.token} and {'AQ' * 60}"
        self.assertEqual(hide_tokens(self.env, quoted), f"See … and {'AQ' * 60}")

    # === THE PAGE THAT MAILS A NEW ONE === #

    def _ask(self, token):
        page = self.url_open(f"{PAGE}?access_token={token}")
        self.assertIn("opens nothing here", page.text)
        csrf = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        answer = self.url_open(
            f"{PAGE}/new", data={"csrf_token": csrf, "access_token": token}
        )
        return answer.text.split("<main>")[1].split("</main>")[0]

    def _get_mailed(self):
        return self.env["mail.message"].search(
            [("subtype_id", "=", self.env.ref("support_contract.mt_link").id)]
        )

    def test_link_opens_and_other_tokens_open_nothing(self):
        self.assertIn(
            self.contract.name, self.url_open(f"{PAGE}?access_token={self.token}").text
        )
        for token in ("å", self.token[:-2], "wrong"):
            page = self.url_open(f"{self.page}?access_token={token}")
            self.assertIn("opens nothing here", page.text)
            self.assertNotIn(self.contract.name, page.text)
        answer = self.make_jsonrpc_request(
            f"{self.page}/sign", {"access_token": "wrong", "name": "K", "signature": ""}
        )
        self.assertIn("not yours", answer["error"])

    def test_new_link_goes_to_the_address_on_file_and_is_no_oracle(self):
        stranger = make_token(self.contract, self.company.partner_id)
        late = fields.Datetime.now() + DAYS + timedelta(minutes=1)
        with freeze_time(late):
            answers = {self._ask(token) for token in ("wrong", stranger)}
            # Who never had a right to it is not written to; the customer is.
            self.assertEqual(self._get_mailed().partner_ids, self.customer)
            answers.add(self._ask(self.token))
            self.assertEqual(len(answers), 1)
            message = self._get_mailed()[0]
            self.assertEqual(message.partner_ids, self.person)
            self.assertNotIn("access_token", message.body)
            mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
            self.assertEqual(mail.recipient_ids, self.person)
            url = mail.body_html.split(f"{PAGE}?access_token=")[1].split('"')[0]
            self.assertTrue(self._get_cards(url))
            # Once in ten minutes.
            self._ask(self.token)
            self.assertEqual(self._get_mailed()[0], message)
        with freeze_time(late + PAUSE + timedelta(seconds=1)):
            self._ask(self.token)
            self.assertNotEqual(self._get_mailed()[0], message)

    def test_a_person_gets_so_many_in_an_hour(self):
        late = fields.Datetime.now() + DAYS + timedelta(minutes=1)
        contracts = [self._create_contract() for _number in range(MOST + 1)]
        for contract in contracts:
            mark_sent(contract, self.person)
        tokens = [make_token(contract, self.person) for contract in contracts]
        with freeze_time(late):
            for token in tokens:
                read_token(self.env, token).renew()
        self.assertEqual(len(self._get_mailed()), MOST)

    def test_who_is_archived_or_gone_gets_none(self):
        self.person.active = False
        late = fields.Datetime.now() + DAYS + timedelta(minutes=1)
        with freeze_time(late):
            read_token(self.env, self.token).renew()
            self.assertEqual(self._get_mailed().partner_ids, self.customer)
        self.customer.email = False
        with freeze_time(late + PAUSE * 2):
            read_token(self.env, self.token).renew()
            self.assertEqual(len(self._get_mailed()), 1)

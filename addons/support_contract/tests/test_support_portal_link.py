# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import file_open

from ..portal import DRAFT_LINK
from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportPortalLink(SupportContractCommon, HttpCase):
    """The link in a mail ends with what it was sent for, and is nobody's to read."""

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
        cls.token = cls.contract._portal_ensure_token()
        cls.public = cls.env.ref("base.public_user")

    def _opens(self):
        self.env.invalidate_all()
        contract = self.contract.sudo()
        return bool(contract._get_visible_cards(self.public, self.token))

    def test_link_ends_with_the_role(self):
        for action in (
            lambda: self.contact.write({"role": "finance"}),
            lambda: self.contact.unlink(),
            lambda: self.person.write({"parent_id": False}),
            lambda: self.person.write({"active": False}),
        ):
            with self.env.cr.savepoint() as savepoint:
                self.assertTrue(self._opens())
                action()
                self.assertFalse(self._opens())
                savepoint.rollback()
            self.env.invalidate_all()

    def test_link_ends_with_the_contract(self):
        for state, opens in (
            ("active", True),
            ("notice", True),
            ("ended", False),
            ("cancelled", False),
        ):
            with self.subTest(state):
                self.contract._with_permission().state = state
                self.assertEqual(self._opens(), opens)

    def test_link_to_a_draft_ends_by_time(self):
        now = fields.Datetime.now()
        self.contract._with_permission().date_sent = now - DRAFT_LINK + timedelta(1)
        self.assertTrue(self._opens())
        self.contract._with_permission().date_sent = now - DRAFT_LINK - timedelta(1)
        self.assertFalse(self._opens())
        self.contract._with_permission().state = "active"
        self.assertTrue(self._opens())

    def test_nobody_reads_or_writes_it(self):
        system = new_test_user(
            self.env,
            "system",
            groups="base.group_system,support_contract.group_support_manager",
        )
        for user in (self.consultant, self.manager, system):
            contract = self.contract.with_user(user)
            for action in (
                lambda own=contract: own.read(["access_token"]),
                lambda own=contract: own.search([("access_token", "=", self.token)]),
                lambda own=contract: own.write({"access_token": "mine"}),
                lambda own=contract: get_public_method(own, "get_portal_url"),
            ):
                with self.assertRaises(AccessError):
                    action()
            self.assertNotIn(self.token, contract.action_preview()["url"])
            self.assertNotIn(self.token, contract._get_share_url())
        mine = self.env["support.contract"].with_user(self.manager)
        vals = {"partner_id": self.customer.id, "terms_id": self.terms.id}
        with self.assertRaises(AccessError):
            mine.create({**vals, "access_token": "mine"})
        with self.assertRaises(AccessError):
            mine.with_context(default_access_token="mine").create(vals)

    def test_who_writes_the_mail_does_not_see_it(self):
        """What the customer's own mail has: see the tests of signing."""
        template = self.env.ref("support_contract.mail_template_agreement")
        contract = self.contract.with_user(self.manager)
        body = template.with_user(self.manager)._render_field(
            "body_html", contract.ids
        )[contract.id]
        self.assertIn(f"{contract.access_url}?access_token=", body)
        self.assertNotIn(self.token, body)

    def test_other_tokens_open_nothing(self):
        page = f"/my/support/{self.contract.id}"
        self.assertEqual(self.url_open(f"{page}?access_token=å").status_code, 404)
        self.assertEqual(
            self.url_open(f"{page}?access_token={self.token}å").status_code, 404
        )
        answer = self.make_jsonrpc_request(
            f"{page}/sign", {"access_token": "wrong", "name": "K", "signature": "eA=="}
        )
        self.assertIn("not yours", answer["error"])
        self.assertEqual(
            self.url_open(f"{page}?access_token={self.token}").status_code, 200
        )

    def test_copies_of_the_database_have_none(self):
        self.env.flush_all()
        with file_open("support_contract/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.assertFalse(self._opens())

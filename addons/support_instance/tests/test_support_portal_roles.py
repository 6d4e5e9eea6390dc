# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, new_test_user, tagged

from .common import SupportInstanceCommon
from .repository import module_files

CARDS = {
    "lines": 'name="lines"',
    "instances": 'name="instances"',
    "code": 'name="code"',
}
ROLES = {
    "administrator": {"lines", "instances", "code"},
    "key_user": {"instances"},
    "finance": {"lines"},
}


@tagged("post_install", "-at_install")
class TestSupportInstancePortalRoles(SupportInstanceCommon, HttpCase):
    """Who of the customer sees what of the systems and their code."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")]
        )
        repository = cls._create_repository()
        repository.commit(module_files("acme_base", 12))
        cls.instance = cls._create_instance(
            cls.contract, repository, url="https://odoo.example.com"
        )
        cls.contract.action_activate()
        cls.instance.action_count()
        cls.users = {role: cls._create_person(role) for role in ROLES}

    @classmethod
    def _create_person(cls, role):
        user = new_test_user(cls.env, role, groups="base.group_portal")
        user.partner_id.parent_id = cls.customer
        cls.env["support.contract.contact"].create(
            {
                "contract_id": cls.contract.id,
                "partner_id": user.partner_id.id,
                "role": role,
            }
        )
        return user

    def _get_page(self, user):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/my/support/{self.contract.id}/code").text

    def test_each_role_sees_its_cards_and_no_other(self):
        for role, user in self.users.items():
            page = self._get_page(user)
            for card, mark in CARDS.items():
                with self.subTest(role=role, card=card):
                    self.assertEqual(mark in page, card in ROLES[role])
            visible = self.contract._get_visible_cards(user)
            self.assertEqual(visible & CARDS.keys(), ROLES[role])

    def test_page_speaks_everyday_words(self):
        page = self._get_page(self.users["administrator"])
        start = page.index('id="support_contract_content"')
        content = page[start:].lower()
        for word in ("cloc", "commit", "digest", "charge id", "snapshot"):
            self.assertNotIn(word, content)

    def test_address_that_is_no_address_is_no_link(self):
        self.contract.instance_ids.url = "javascript:alert(1)"
        page = self._get_page(self.users["key_user"])
        self.assertNotIn("javascript:alert", page)

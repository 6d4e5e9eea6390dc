# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import SupportUpgradeCommon

ROLES = {"administrator": True, "key_user": True, "finance": False}


@tagged("post_install", "-at_install")
class TestSupportUpgradePortal(SupportUpgradeCommon, HttpCase):
    """What the customer sees of upgrades: what is left, asked for, and to pay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, role, groups="base.group_portal")
            for role in ROLES
        }
        for user in cls.users.values():
            user.partner_id.parent_id = cls.customer
        contacts = [
            Command.create({"partner_id": user.partner_id.id, "role": role})
            for role, user in cls.users.items()
        ]
        cls.contract = cls._create_running(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")],
            contact_ids=contacts,
        )

    def test_roles_that_see_upgrades(self):
        url = f"/my/support/{self.contract.id}"
        for role, shown in ROLES.items():
            with self.subTest(role=role):
                user = self.users[role]
                cards = self.contract._get_visible_cards(user)
                self.assertEqual("upgrades" in cards, shown)
                self.authenticate(role, role)
                found = self.assertIn if shown else self.assertNotIn
                found('name="upgrades"', self.url_open(url).text)

    def test_r08_page_says_what_is_left_and_to_pay(self):
        with self._on("2026-11-10"):
            overview = self.contract._prepare_portal_overview({"upgrades", "costs"})
            entry = overview["upgrade"]["entry"]
            self.assertEqual((entry.left, entry.end), (1, date(2027, 8, 31)))
            amounts = {row["name"]: row["amount"] for row in overview["costs"]}
            self.assertIn("9,900.00", amounts["Starting a version upgrade"])
            upgrade = self._request(self.contract)
            overview = self.contract._prepare_portal_overview({"upgrades"})
        self.assertEqual(overview["upgrade"]["entry"].left, 0)
        self.assertEqual(overview["upgrades"], upgrade)

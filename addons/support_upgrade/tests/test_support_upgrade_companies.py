# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import SupportUpgradeCommon


@tagged("post_install", "-at_install")
class TestSupportUpgradeCompanies(SupportUpgradeCommon):
    """Who works for another company sees and changes no upgrade."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Another Consultancy AB"})
        contract = cls._create_running([("maintenance", cls.company._support_today())])
        cls.upgrade = cls._request(contract, user=cls.env.user)
        # One who works for the other company only, and one who has both, one open.
        cls.stranger = cls._create_manager("stranger", cls.other)
        cls.both = cls._create_manager("both", cls.other | cls.company)

    @classmethod
    def _create_manager(cls, login, companies):
        return new_test_user(
            cls.env,
            login,
            groups="support_contract.group_support_manager",
            company_id=cls.other.id,
            company_ids=[Command.set(companies.ids)],
        )

    def _get_strangers(self):
        """Environments in which only the other company is open."""
        for user in (self.stranger, self.both):
            yield self.env(user=user, context={"allowed_company_ids": self.other.ids})

    def test_upgrade_of_another_company_is_neither_found_nor_read_nor_written(self):
        for env in self._get_strangers():
            with self.subTest(user=env.user.login):
                self.assertFalse(env["support.upgrade"].search([]) & self.upgrade)
                own = self.upgrade.with_env(env)
                with self.assertRaises(AccessError):
                    own.read(["display_name"])
                for operation in ("write", "unlink"):
                    self.assertFalse(own.has_access(operation), operation)

    def test_wizard_reaches_no_upgrade_of_another_company(self):
        for env in self._get_strangers():
            vals = {"upgrade_id": self.upgrade.id, "reason": "Trying"}
            with self.subTest(user=env.user.login):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    env.invalidate_all()
                    env["support.upgrade.cancel"].create(vals).action_confirm()
        self.assertEqual(self.upgrade.state, "requested")

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon
from odoo.addons.support_contract_billing.tests.test_support_years import SLIPS


@tagged("post_install", "-at_install")
class TestSupportOwnReports(SupportBillingCommon):
    """What was computed for one person is no other's to read, and a slip of the
    keyboard is answered with a sentence.
    """

    def test_of_another_company(self):
        self._create_active_contract()
        rival = self.env["res.company"].create({"name": "Rival"})
        other = new_test_user(
            self.env,
            "rival_accountant",
            groups="support_contract.group_support_billing",
            company_id=rival.id,
            company_ids=[Command.set(rival.ids)],
        )
        env = self.env(user=self.accountant)
        with self._on("2026-10-05"):
            env["support.forecast"].action_open()
            env["support.earned"].create({"day": "2026-09-30"}).action_show()
        for model in ("support.forecast", "support.earned", "support.earned.line"):
            with self.subTest(model):
                self.assertTrue(env[model].search([]))
                self.assertFalse(self.env[model].with_user(other).search([]))

    def _show(self, day):
        Earned = self.env["support.earned"].with_user(self.accountant)
        return Earned.create({"day": day}).action_show()

    def test_day_of_another_age_is_refused(self):
        self._create_active_contract()
        for day in SLIPS:
            with self.subTest(day), self.assertRaisesRegex(UserError, "2000"):
                self._show(day)

    def test_outermost_days_are_computed(self):
        self._create_active_contract()
        for day in ("2000-01-01", "2100-12-31"):
            with self.subTest(day), self._on("2026-10-01"):
                self.assertTrue(self._show(day))

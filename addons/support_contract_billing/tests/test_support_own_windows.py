# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportOwnWindows(SupportBillingCommon):
    """What was computed for one person is no other's to read.

    Odoo keeps it in tables that everybody with the same rights can read over RPC,
    those of other companies too.
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
            env["support.billing.preview"].action_open_all()
            env["support.forecast"].action_open()
            env["support.earned"].create({"day": "2026-09-30"}).action_show()
            env["support.reconciliation"].create(
                {"date_start": "2026-09-01", "date_end": "2026-09-30"}
            ).action_show()
        for model in (
            "support.billing.preview",
            "support.billing.preview.invoice",
            "support.billing.preview.line",
            "support.forecast",
            "support.earned",
            "support.earned.line",
            "support.reconciliation",
            "support.reconciliation.line",
        ):
            with self.subTest(model):
                self.assertTrue(env[model].search([]))
                self.assertFalse(self.env[model].with_user(other).search([]))

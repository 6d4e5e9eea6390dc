# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
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
            env["support.reconciliation"].create(
                {"date_start": "2026-09-01", "date_end": "2026-09-30"}
            ).action_show()
        for model in (
            "support.billing.preview",
            "support.billing.preview.invoice",
            "support.billing.preview.line",
            "support.reconciliation",
            "support.reconciliation.line",
        ):
            with self.subTest(model):
                self.assertTrue(env[model].search([]))
                self.assertFalse(self.env[model].with_user(other).search([]))

    def test_what_if_about_a_contract_of_another_company(self):
        """Nobody learns its prices by asking with a service of their own making."""
        contract = self._create_active_contract()
        rival = self.env["res.company"].create({"name": "Rival"})
        other = new_test_user(
            self.env,
            "rival_consultant",
            groups="support_contract.group_support_user",
            company_id=rival.id,
            company_ids=[Command.set(rival.ids)],
        )
        line = {"type_id": self.type_operations.id, "date_start": "2026-09-01"}
        vals = {
            "contract_id": contract.id,
            "month": "2026-12-01",
            "line_ids": [Command.create(line)],
        }
        self.env.flush_all()
        self.env.invalidate_all()
        what_if = self.env["support.what.if"].with_user(other)
        with self.assertRaises(AccessError), self.env.cr.savepoint():
            what_if.create(vals).line_ids.mapped("fee_then")
        with self.assertRaises(AccessError):
            what_if.new(vals).line_ids.mapped("calculation")
        own = what_if.with_user(self.consultant).create(vals)
        self.assertEqual(own.line_ids.fee_then, 2400.0)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.tests import tagged, users

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon

from .common import SupportUpgradeCommon


@tagged("post_install", "-at_install")
class TestSupportUpgradeFee(SupportUpgradeCommon, SupportBillingCommon):
    """What an upgrade costs, and when. Clauses R5, R7, R8."""

    def _start(self, contract, **vals):
        upgrade = self._request(contract, **vals)
        upgrade.action_accept()
        upgrade.action_start()
        return upgrade

    def test_r05_start_charges_the_fee_once(self):
        with self._on("2026-10-05"):
            contract = self._create_running([("operations", "2026-09-01")])
            extra = self._request(contract)
            extra.action_accept()
            self._approve(extra, "extra", price=45000.0)
            extra.action_start()
        self.assertRecordValues(
            extra.charge_ids.sudo(),
            [
                {
                    "kind": "fee",
                    "key": f"fee:support.upgrade:{extra.id}:2026-10-05",
                    "contract_id": contract.id,
                    "product_id": self.env.ref("support_contract.product_upgrade").id,
                    "date": date(2026, 10, 5),
                    "amount": 9900.0,
                    "quantity": 1.0,
                    "price_unit": 9900.0,
                    "state": "pending",
                }
            ],
        )

    def test_r05_fee_goes_out_with_the_next_invoice(self):
        """9,900.00 for the start, 2,400.00 for October's operations."""
        contract = self._create_running(
            [("operations", "2026-10-01"), ("patch", "2026-10-01")],
            billed_through="2026-09-30",
        )
        with self._on("2026-10-05"):
            upgrade = self._request(contract)
            upgrade.action_accept()
            self._approve(upgrade, "extra")
            upgrade.action_start()
        self._run_cron("2026-10-31")
        self.assertFalse(contract.invoice_ids)
        self._run_cron("2026-11-01")
        invoice = contract.invoice_ids
        self.assertRecordValues(
            invoice, [{"state": "posted", "amount_untaxed": 9900.0 + 2400.0 + 495.0}]
        )
        charge = upgrade.sudo().charge_ids
        self.assertEqual(charge.state, "invoiced")
        line = charge.move_line_id
        self.assertIn(upgrade.name, line.name)
        self.assertIn("fixed price 9,900.00", line.name)
        # The auditor finds the customer's yes.
        file = self._open_evidence(invoice)
        [approval] = self._read_table(file, "upgrade_approvals.csv")
        self.assertIn(upgrade.approval_ids.given_by, approval.values())
        self._run_cron("2026-12-01")
        self.assertEqual(upgrade.sudo().charge_ids, charge)
        self.assertEqual(
            charge, contract.charge_ids.filtered(lambda one: one.kind == "fee")
        )

    def test_r05_agreed_fee_is_named(self):
        with self._on("2026-10-05"):
            contract = self._create_running(
                condition_ids=[Command.create({"key": "upgrade_fee", "value": 5000.0})]
            )
            upgrade = self._start(contract)
        charge = upgrade.sudo().charge_ids
        self.assertEqual(charge.amount, 5000.0)
        self.assertIn("Special condition", charge.calculation)

    def test_r05_no_fee_no_charge(self):
        with self._on("2026-10-05"):
            contract = self._create_running(
                condition_ids=[Command.create({"key": "upgrade_fee", "value": 0.0})]
            )
            self.assertFalse(self._start(contract).charge_ids)

    def test_r05_text_is_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.env["ir.module.module"]._load_module_terms(["support_upgrade"], ["sv_SE"])
        self.customer.lang = "sv_SE"
        with self._on("2026-10-05"):
            upgrade = self._start(self._create_running())
        charge = upgrade.sudo().charge_ids
        self.assertIn("9\xa0900,00", charge.calculation)
        swedish = charge.with_context(lang="sv_SE").display_name
        self.assertEqual(charge.name, swedish)
        self.assertNotEqual(charge.name, charge.display_name)
        self.assertIn("One-off fee, upgrade", charge.display_name)

    def test_r07_fee_is_known_before_the_start(self):
        with self._on("2026-10-05"):
            upgrade = self._request(self._create_running())
            self.assertEqual(upgrade.fee, 9900.0)
            self.assertFalse(upgrade.charge_ids)

    def test_r08_extra_is_charged_when_it_is_live(self):
        with self._on("2026-10-05"):
            contract = self._create_counted()
            self._request(contract)
            extra = self._request(contract)
            extra.action_accept()
            self._approve(extra, "extra", price=45000.0)
            extra.action_start()
            self._finish_modules(extra)
            extra._get_switch_instance().action_count()
            extra.action_test()
            self._approve(extra, "acceptance")
            self.assertEqual(extra.sudo().charge_ids.mapped("amount"), [9900.0])
            extra.action_done()
            self.assertEqual(
                sorted(extra.sudo().charge_ids.mapped("amount")), [9900.0, 45000.0]
            )
            for charge in extra.sudo().charge_ids:
                self.assertEqual(charge.display_name, charge.name)
            extra.with_user(self.manager).action_rollback()
            self._approve(extra, "acceptance")
            extra.action_done()
            self.assertEqual(len(extra.sudo().charge_ids), 2)

    def test_r02_acceptance_and_amendment_tell_the_fee(self):
        """250 lines are 3 started hundreds, 190 are 2; 180.00 each, patch 495.00."""
        with self._on("2026-10-05"):
            contract = self._create_counted(
                [("maintenance", "2026-09-01"), ("patch", "2026-09-01")]
            )
            upgrade = self._bring_to_testing(contract)
            self.assertRecordValues(
                upgrade,
                [
                    {
                        "lines_before": 250,
                        "lines_after": 190,
                        "fee_before": 1035.0,
                        "fee_after": 855.0,
                    }
                ],
            )
            accepted = self._approve(upgrade, "acceptance")
            self.assertEqual((accepted.fee_before, accepted.fee_after), (1035.0, 855.0))
            upgrade.action_done()
        reason = contract.amendment_ids.reason
        self.assertIn("1,035.00", reason)
        self.assertIn("855.00", reason)
        # And that is what the next month costs, from its count day on.
        for day in ("2026-10-25", "2026-11-01", "2026-12-01"):
            self._run_cron(day, agreed=True)
        fees = {
            month: sum(
                charge.amount
                for charge in contract.charge_ids
                if charge.kind == "recurring" and charge.period_start.month == month
            )
            for month in (10, 11)
        }
        self.assertEqual(fees, {10: 1_035.0, 11: 855.0})

    @users("support_user")
    def test_r05_consultant_starts_without_rights_on_charges(self):
        with self._on("2026-10-05"):
            contract = self._create_running()
            upgrade = self._start(contract.with_env(self.env), user=self.env.user)
        self.assertEqual(upgrade.charge_count, 1)
        self.assertFalse(self.env["support.charge"].has_access("create"))

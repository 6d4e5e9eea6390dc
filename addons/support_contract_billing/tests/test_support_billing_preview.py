# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.support_instance.tests.repository import module_files

from ..invoicing import bill_batch
from ..previewing import preview_invoices
from ..reconciling import Reconciliation
from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportBillingPreview(SupportBillingCommon):
    """Invoices as they would be: the same to the öre, and nothing written."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        types = cls.type_maintenance | cls.type_operations | cls.type_patch
        # Three lines of x.33 with 12.5 % tell apart who rounds where.
        cls.tax = cls.env["account.tax"].create(
            {"name": "12.5%", "amount": 12.5, "type_tax_use": "sale"}
        )
        types.product_id.taxes_id = [Command.set(cls.tax.ids)]

    def _create_with_lines(self, lines=12_345):
        contract = self._create_contract(
            [
                ("maintenance", "2026-09-12"),
                ("operations", "2026-09-01"),
                ("patch", "2026-09-20"),
            ]
        )
        contract.condition_ids = [
            Command.create(
                {
                    "key": "discount",
                    "value": 3.33,
                    "type_id": self.type_maintenance.id,
                    "date_start": "2026-09-25",
                }
            )
        ]
        repository = self._create_repository()
        repository.commit(module_files("acme_base", lines))
        self._create_instance(contract, repository)
        with self._on("2026-09-01"):
            contract.action_activate()
            contract.instance_ids.action_count()
        return contract

    def test_r07_preview_equals_the_invoice(self):
        contract = self._create_with_lines()
        with self._on("2026-10-01"):
            [preview] = preview_invoices(contract, date(2026, 10, 1))
            expected = [
                (
                    charge.name,
                    charge.calculation,
                    line.quantity,
                    line.price_unit,
                    line.tax_ids.ids,
                    line.price_subtotal,
                    line.price_total,
                )
                for charge, line in preview.lines
            ]
            totals = preview.totals
            # 19 days of maintenance in two prices, operations, 11 days of patch
            self.assertEqual(len(expected), 4)
            move = contract.sudo()._bill()
        lines = move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        ).sorted("sequence")
        by_line = {charge.move_line_id: charge for charge in contract.charge_ids}
        self.assertEqual(
            expected,
            [
                (
                    by_line[line].name,
                    by_line[line].calculation,
                    line.quantity,
                    line.price_unit,
                    line.tax_ids.ids,
                    line.price_subtotal,
                    line.price_total,
                )
                for line in lines
            ],
        )
        self.assertEqual(
            totals, (move.amount_untaxed, move.amount_tax, move.amount_total)
        )

    def test_preview_writes_nothing(self):
        """PostgreSQL refuses writes and sequences in a transaction that only reads."""
        contract = self._create_with_lines()
        self.env.flush_all()
        with self._on("2026-10-01"), self.env.cr.savepoint() as savepoint:
            self.env.cr.execute("SET TRANSACTION READ ONLY")
            [preview] = preview_invoices(contract, date(2026, 10, 1))
            self.env.flush_all()
            self.assertEqual(len(preview.lines), 4)
            savepoint.rollback()
        self.assertFalse(contract.charge_ids)

    def test_preview_of_a_later_day_has_all_its_months(self):
        contract = self._create_active_contract()
        with self._on("2026-09-15"):
            [preview] = preview_invoices(contract, date(2026, 12, 1))
            self.assertFalse(preview_invoices(contract, date(2026, 9, 30)))
        self.assertEqual(
            preview.charges.mapped("period_start"),
            [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)],
        )
        self.assertEqual(preview.totals, (7200.0, 900.0, 8100.0))

    def test_charges_that_wait_are_in_the_preview(self):
        contract = self._create_active_contract()
        self.env["support.charge"].sudo().create(
            {
                "name": "Upgrade fee",
                "contract_id": contract.id,
                "company_id": contract.company_id.id,
                "currency_id": contract.currency_id.id,
                "product_id": self.type_operations.product_id.id,
                "kind": "fee",
                "key": "fee:test:1",
                "date": "2026-09-15",
                "quantity": 1,
                "price_unit": 9900.0,
                "amount": 9900.0,
            }
        )
        with self._on("2026-09-16"):
            self.assertFalse(preview_invoices(contract, date(2026, 9, 16)))
            [preview] = preview_invoices(contract, date(2026, 10, 1))
        self.assertEqual(preview.charges.mapped("amount"), [2400.0, 9900.0])

    def _give_back(self, charge):
        """A correction of 2 October: 100.00 less."""
        return charge.sudo().create(
            {
                "name": "Correction",
                "contract_id": charge.contract_id.id,
                "company_id": charge.company_id.id,
                "currency_id": charge.currency_id.id,
                "service_id": charge.service_id.id,
                "product_id": charge.product_id.id,
                "kind": "correction",
                "corrects_id": charge.id,
                "key": "correction:test:1",
                "date": "2026-10-02",
                "period_start": charge.period_start,
                "period_end": charge.period_end,
                "quantity": -1,
                "price_unit": 100.0,
                "amount": -100.0,
                "calculation": "Less",
            }
        )

    def test_correction_waits_for_the_next_regular_invoice(self):
        """As in the run: nothing on 2 October, 2,400.00 - 100.00 on 1 November."""
        contract = self._create_active_contract()
        self._run_cron("2026-10-01")
        correction = self._give_back(contract.charge_ids)
        Preview = self.env["support.billing.preview"].with_user(self.consultant)
        with self._on("2026-10-02"):
            everything = Preview.browse(Preview.action_open_all()["res_id"])
            self.assertEqual(everything.day, date(2026, 11, 1), "the next one")
            self.assertEqual(everything.invoice_ids.amount_untaxed, 2_300.0)
            everything.day = date(2026, 10, 2)
            everything.action_refresh()
            alone = contract.with_user(self.consultant).action_preview_invoice()
            alone = Preview.browse(alone["res_id"])
        self.assertFalse(everything.invoice_ids)
        self.assertEqual(alone.day, date(2026, 11, 1))
        self.assertEqual(
            alone.line_ids.mapped("amount_untaxed"), [2_400.0, -100.0], "the next one"
        )
        self._run_cron("2026-10-02")
        self.assertEqual(correction.state, "pending")
        self._run_cron("2026-11-01")
        self.assertEqual(correction.move_id.amount_untaxed, 2_300.0)
        self.assertEqual(
            correction.move_id.amount_total, alone.invoice_ids.amount_total
        )

    def test_grace_days_in_the_preview(self):
        contract = self._create_active_contract(billing_grace_days=9)
        with self._on("2026-09-20"):
            self.assertFalse(preview_invoices(contract, date(2026, 10, 9)))
            [preview] = preview_invoices(contract, date(2026, 10, 10))
            action = contract.with_user(self.consultant).action_preview_invoice()
        self.assertEqual(preview.totals[0], 2_400.0)
        Preview = self.env["support.billing.preview"].with_user(self.consultant)
        shown = Preview.browse(action["res_id"])
        self.assertEqual(shown.day, date(2026, 10, 10))
        self.assertEqual(shown.line_ids.amount_untaxed, 2_400.0)

    def test_missed_months_in_the_preview_wait_for_a_person(self):
        contract = self._create_active_contract()
        with self._on("2026-11-02"):
            [preview] = preview_invoices(contract, date(2026, 11, 2))
            self.assertIn("Operations, September 2026: ", preview.error)
            self.assertFalse(preview.lines)
            contract.with_user(self.accountant).action_approve_backlog()
            [preview] = preview_invoices(contract, date(2026, 11, 2))
        self.assertEqual(preview.totals[0], 4_800.0)
        self._run_cron("2026-11-02")
        self.assertEqual(contract.invoice_ids.amount_untaxed, 4_800.0)

    def test_credit_note_in_the_preview(self):
        """100.00 are given back, and nothing comes that they could be taken off."""
        contract = self._create_active_contract()
        with self._on("2026-09-01"):
            contract._give_notice(contract.service_ids, date(2026, 9, 1))
        with self._on("2026-10-01"):
            contract.sudo()._bill()
        correction = self._give_back(contract.charge_ids)
        with self._on("2026-10-02"):
            [preview] = preview_invoices(contract, date(2026, 10, 2))
            self.assertEqual(preview.totals, (-100.0, -12.5, -112.5))
            contract.sudo()._bill()
            self.assertEqual(correction.move_id.move_type, "out_refund")
            self.assertEqual(correction.move_id.amount_total, 112.5)
            # It says what the charge says, so nothing differs.
            self.assertFalse(
                Reconciliation(
                    contract.sudo(), date(2026, 9, 1), date(2026, 9, 30)
                ).get_differences()
            )

    def test_contracts_on_one_invoice(self):
        contracts = self._create_active_contract() + self._create_active_contract(
            [("patch", "2026-09-01")]
        )
        contracts.billing_grouping = "customer"
        with self._on("2026-10-01"):
            [preview] = preview_invoices(contracts, date(2026, 10, 1))
            self.assertEqual(preview.contracts.ids, contracts.ids)
            totals = preview.totals
            outcomes = bill_batch(contracts.sudo(), attended=True)
        [move] = {outcome.moves for outcome in outcomes.values()}
        self.assertEqual(
            totals, (move.amount_untaxed, move.amount_tax, move.amount_total)
        )
        self.assertEqual(totals[0], 2895.0)

    def test_screen_of_everything_shows_what_cannot_be_invoiced(self):
        fine = self._create_active_contract()
        bad = self._create_contract([("maintenance", "2026-09-01")])
        self._create_instance(bad, self._create_repository())
        bad.action_activate()
        with self._on("2026-10-01"):
            Preview = self.env["support.billing.preview"].with_user(self.accountant)
            action = Preview.action_open_all()
        preview = Preview.browse(action["res_id"])
        self.assertEqual(preview.day, date(2026, 10, 1))
        self.assertEqual(preview.ready_ids.contract_id, fine)
        self.assertEqual(preview.failed_ids.contract_id, bad)
        self.assertIn("no approved line count", preview.failed_ids.error)
        self.assertEqual(preview.ready_ids.amount_total, 2700.0)
        self.assertRecordValues(
            preview.line_ids,
            [{"amount_untaxed": 2400.0, "amount_tax": 300.0, "taxes": "12.5%"}],
        )

    def test_consultant_previews_and_a_colleague_does_not(self):
        contract = self._create_active_contract()
        Preview = self.env["support.billing.preview"]
        colleague = new_test_user(self.env, "support_nobody")
        with self._on("2026-10-01"):
            action = contract.with_user(self.consultant).action_preview_invoice()
            self.assertEqual(Preview.browse(action["res_id"]).invoice_count, 1)
            with self.assertRaises(AccessError):
                Preview.with_user(colleague).action_open_all()

    def test_r07_next_invoice_before_it_is_due(self):
        contract = self._create_active_contract()
        with self._on("2026-09-15"):
            action = contract.with_user(self.consultant).action_preview_invoice()
        Preview = self.env["support.billing.preview"].with_user(self.consultant)
        preview = Preview.browse(action["res_id"])
        self.assertEqual(preview.day, date(2026, 10, 1))
        self.assertEqual(preview.line_ids.amount_untaxed, 2400.0)

    def test_other_companies_stay_out(self):
        self._create_active_contract()
        other = self.env["res.company"].create({"name": "Other"})
        self.accountant.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self._on("2026-10-01"):
            Preview = self.env["support.billing.preview"].with_user(self.accountant)
            action = Preview.with_company(other).action_open_all()
        self.assertFalse(Preview.browse(action["res_id"]).invoice_ids)

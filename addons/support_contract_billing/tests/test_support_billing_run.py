# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date
from unittest import mock

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from odoo.addons.base.models import ir_cron
from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportBillingRun(SupportBillingCommon):
    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.commit = self.repository.commit(module_files("acme_base", 12_345))
        self.contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("patch", "2026-09-01")]
        )
        self.instance = self._create_instance(self.contract, self.repository)
        self._create_instance(self.contract, self.repository, name="Test", role="test")
        self.contract.action_activate()

    def test_scheduler_comes_back_until_the_run_is_closed(self):
        """Its time is over after each step, as in a night with many counts."""
        # Odoo's constant, so that seconds of work need not pass here.
        with mock.patch.object(ir_cron, "MIN_TIME_PER_JOB", 0):
            self._run_cron("2026-10-01")
        self.assertEqual(self.contract.invoice_ids.state, "posted")
        run = self.env["support.billing.run"].search([], limit=1)
        self.assertRecordValues(run, [{"state": "done", "done_count": 1}])

    def test_r02_month_is_counted_charged_invoiced_and_posted(self):
        """12,345 lines are 124 started hundreds; 124 × 180.00 = 22,320.00."""
        self._run_cron("2026-10-01")
        count = self.instance.count_ids
        self.assertRecordValues(
            count,
            [
                {
                    "code_lines": 12_345,
                    "state": "approved",
                    "date": date(2026, 10, 1),
                    "revision": self.commit,
                }
            ],
        )
        maintenance, patch = self.contract.service_ids
        september = {
            "period_start": date(2026, 9, 1),
            "period_end": date(2026, 9, 30),
            "date": date(2026, 10, 1),
            "kind": "recurring",
            "state": "invoiced",
        }
        self.assertRecordValues(
            self.contract.charge_ids.sorted("id"),
            [
                {
                    **september,
                    "service_id": maintenance.id,
                    "key": f"recurring:support.contract.service:{maintenance.id}"
                    ":2026-09-01",
                    "quantity": 124.0,
                    "price_unit": 180.0,
                    "amount": 22_320.0,
                    "count_ids": count.ids,
                },
                {
                    **september,
                    "service_id": patch.id,
                    "key": f"recurring:support.contract.service:{patch.id}:2026-09-01",
                    "quantity": 1.0,
                    "price_unit": 495.0,
                    "amount": 495.0,
                    "count_ids": [],
                },
            ],
        )
        invoice = self.contract.invoice_ids
        self.assertRecordValues(
            invoice,
            [
                {
                    "move_type": "out_invoice",
                    "state": "posted",
                    "partner_id": self.customer.id,
                    "invoice_date": date(2026, 10, 1),
                    "invoice_origin": self.contract.name,
                    "amount_untaxed": 22_815.0,
                    "support_charge_count": 2,
                }
            ],
        )
        self.assertRecordValues(
            invoice.invoice_line_ids,
            [
                {
                    "product_id": self.type_maintenance.product_id.id,
                    "quantity": 124.0,
                    "price_unit": 180.0,
                    "price_subtotal": 22_320.0,
                },
                {
                    "product_id": self.type_patch.product_id.id,
                    "quantity": 1.0,
                    "price_unit": 495.0,
                    "price_subtotal": 495.0,
                },
            ],
        )

    def test_invoice_line_explains_itself_and_leads_to_its_count(self):
        self._run_cron("2026-10-01")
        line = self.contract.invoice_ids.invoice_line_ids[0]
        for words in (
            "Maintenance and support, September 2026",
            "12,345 lines → 124 started hundreds × 180.00 = 22,320.00",
            "Production: 12,345 lines counted on 10/01/2026",
            self.commit[:10],
        ):
            self.assertIn(words, line.name)
        action = line.with_user(self.accountant).action_view_support_evidence()
        self.assertEqual(
            (action["res_model"], action["res_id"]),
            ("support.count", self.instance.count_ids.id),
        )

    def test_running_twice_changes_nothing(self):
        self._run_cron("2026-10-01")
        before = (
            self.contract.charge_ids,
            self.contract.invoice_ids,
            self.instance.count_ids,
        )
        self._run_cron("2026-10-01")
        self._run_cron("2026-10-31")
        self.assertEqual(
            before,
            (
                self.contract.charge_ids,
                self.contract.invoice_ids,
                self.instance.count_ids,
            ),
        )

    def test_key_is_unique_in_the_database(self):
        self._run_cron("2026-10-01")
        charge = self.contract.charge_ids[0]
        with (
            self.assertRaisesRegex(Exception, "support_charge_key_uniq"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            charge.sudo().copy({"move_line_id": False, "state": "pending"})

    def test_next_month_uses_the_new_count(self):
        self._run_cron("2026-09-01")
        # 12,345 + 56 lines are 12,401: 125 started hundreds.
        self.repository.commit(module_files("acme_stock", 56))
        self._run_cron("2026-09-24")
        self._run_cron("2026-10-01")
        self._run_cron("2026-11-01")
        self.assertRecordValues(
            self.contract.charge_ids.filtered(
                lambda charge: charge.service_id.type_id == self.type_maintenance
            ).sorted("id"),
            [
                {"period_start": date(2026, 9, 1), "amount": 22_320.0},
                {"period_start": date(2026, 10, 1), "amount": 22_500.0},
            ],
        )
        self.assertEqual(self.contract.invoice_count, 2)

    def test_nothing_is_due_before_the_month_is_over(self):
        self._run_cron("2026-09-30")
        self.assertFalse(self.contract.charge_ids)

    def test_first_of_the_month_begins_in_the_company_s_time_zone(self):
        contract = self._create_active_contract()
        contract.company_id.support_tz = "Europe/Stockholm"
        # Half past midnight on 1 October in Sweden; 30 September in UTC.
        with freeze_time("2026-09-30 22:30:00"), self.enter_registry_test_mode():
            self.cron.sudo().method_direct_trigger()
        self.assertEqual(contract.invoice_ids.invoice_date, date(2026, 10, 1))

    def test_start_in_the_middle_of_a_month_is_pro_rated(self):
        """19 of November's 30 days: 2,400.00 × 19/30 = 1,520.00."""
        contract = self._create_active_contract([("operations", "2026-11-12")])
        self._run_cron("2026-12-01")
        self.assertRecordValues(
            contract.charge_ids,
            [
                {
                    "period_start": date(2026, 11, 12),
                    "period_end": date(2026, 11, 30),
                    "quantity": 1.0,
                    "price_unit": 1_520.0,
                    "amount": 1_520.0,
                }
            ],
        )
        self.assertIn("19/30 days", contract.charge_ids.calculation)
        self.assertEqual(contract.charge_ids.name, "Operations, 12–30 November 2026")

    def test_missed_months_get_a_charge_each(self):
        contract = self._create_active_contract()
        self._run_cron("2026-12-01", agreed=True)
        self.assertEqual(
            contract.charge_ids.sorted("id").mapped("period_start"),
            [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)],
        )

    def test_nothing_up_to_billed_through_is_charged(self):
        contract = self._create_active_contract(billed_through="2026-10-31")
        self._run_cron("2026-12-01")
        self.assertEqual(contract.charge_ids.period_start, date(2026, 11, 1))

    def test_r02_minimum_fee_of_the_terms(self):
        terms = self.terms.copy({"version": "2"})
        price = terms._get_price(self.type_operations)
        price.minimum = 3_000.0
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        self._run_cron("2026-10-01")
        self.assertEqual(contract.charge_ids.amount, 3_000.0)
        self.assertIn("minimum fee", contract.charge_ids.calculation)

    def test_drafts_and_cancelled_contracts_are_left_alone(self):
        draft = self._create_contract([("operations", "2026-09-01")])
        cancelled = self._create_contract([("operations", "2026-09-01")])
        cancelled.action_cancel()
        self._run_cron("2026-10-01")
        self.assertFalse((draft | cancelled).charge_ids)

    @users("support_accountant")
    def test_accountant_bills_one_contract(self):
        contract = self._create_active_contract()
        with self._on("2026-10-01"):
            action = contract.with_env(self.env).action_bill()
            self.assertEqual(action["res_id"], contract.invoice_ids.id)
            self.assertEqual(contract.invoice_ids.state, "posted")
            with self.assertRaisesRegex(UserError, "Nothing is due"):
                contract.with_env(self.env).action_bill()

    def test_line_text_is_in_the_customer_s_language(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.customer.lang = "sv_SE"
        self._run_cron("2026-10-01")
        # No-break space between thousands, decimal comma.
        self.assertIn("22\xa0320,00", self.contract.charge_ids[0].calculation)

    def test_r01_early_end_tells_the_remaining_fee(self):
        """October 2026 to August 2027 are 11 months of 22,320.00."""
        maintenance = self.contract.service_ids[0]
        with self._on("2026-09-20"):
            self.instance.action_count()
            fee = maintenance._get_fee_between(date(2026, 10, 1), date(2027, 8, 31))
            self.assertEqual(fee, 245_520.0)
            # Half of a month of 30 days: 15/30 of 22,320.00.
            fee = maintenance._get_fee_between(date(2026, 11, 16), date(2026, 11, 30))
            self.assertEqual(fee, 11_160.0)
            self.contract._give_notice(
                maintenance, date(2026, 9, 20), date(2026, 9, 30), "Wound up"
            )
        self.assertEqual(maintenance.remaining_fee, 245_520.0)

    def test_r01_ended_service_is_billed_to_its_last_day(self):
        contract = self._create_active_contract([("operations", "2026-09-01")])
        with self._on("2026-10-10"):
            contract._give_notice(contract.service_ids, date(2026, 10, 10))
        self._run_cron("2026-12-01", agreed=True)
        self.assertEqual(
            contract.charge_ids.sorted("id").mapped("period_end"),
            [date(2026, 9, 30), date(2026, 10, 31)],
        )

    def test_r01_amended_price_splits_the_month(self):
        """2,400.00 × 14/30 + 3,000.00 × 16/30 = 1,120.00 + 1,600.00."""
        contract = self._create_active_contract([("operations", "2026-09-01")])
        with self._on("2026-09-10"):
            contract._amend(
                date(2026, 9, 15),
                "Agreed",
                [(contract.service_ids, {"price_unit": 3e3})],
            )
        self._run_cron("2026-10-01")
        self.assertEqual(
            contract.charge_ids.sorted("id").mapped("amount"), [1_120.0, 1_600.0]
        )

    def test_r03_operations_and_patch_are_services_of_their_own(self):
        contract = self._create_active_contract(
            [("operations", "2026-09-01"), ("patch", "2026-10-16")]
        )
        self._run_cron("2026-11-01", agreed=True)
        self.assertEqual(
            sorted(contract.charge_ids.mapped("amount")),
            # 16 of October's 31 days: 495.00 × 16/31 = 255.48.
            [255.48, 2_400.0, 2_400.0],
        )

    def test_accountant_cannot_bill_what_does_not_run(self):
        draft = self._create_contract([("operations", "2026-09-01")])
        cancelled = self._create_contract([("operations", "2026-09-01")])
        cancelled.action_cancel()
        for contract in draft | cancelled:
            with (
                self._on("2026-10-01"),
                self.assertRaisesRegex(UserError, "not running"),
            ):
                contract.with_user(self.accountant).action_bill()

    def test_r02_accountant_bills_the_lines_of_the_count_day(self):
        """What is counted when the button is pressed is in a fee to come."""
        with self._on("2026-09-20"):
            self.instance.action_count()
        self.repository.commit(module_files("acme_stock", 56))
        with self._on("2026-10-01"):
            self.contract.with_user(self.accountant).action_bill()
        self.assertEqual(self.contract.charge_ids[0].amount, 22_320.0)
        self.assertEqual(self.instance.last_count_id.billed_lines, 12_401)

    def test_accountant_bills_a_first_fee_that_nobody_has_counted(self):
        with self._on("2026-10-01"):
            self.contract.with_user(self.accountant).action_bill()
        self.assertEqual(self.contract.charge_ids[0].amount, 22_320.0)

    def test_pending_charge_waits_for_its_day(self):
        contract = self._create_active_contract()
        self._run_cron("2026-10-01")
        charge = contract.charge_ids.sudo().copy(
            {
                "key": "fee:test:1:2026-11-15",
                "date": "2026-11-15",
                "move_line_id": False,
                "state": "pending",
            }
        )
        self._run_cron("2026-11-01")
        self.assertEqual(charge.state, "pending")
        self._run_cron("2026-11-15")
        self.assertEqual(charge.state, "pending", "it waits for the next invoice")
        self._run_cron("2026-12-01")
        self.assertEqual(charge.state, "invoiced")

    def test_fee_after_the_last_period_gets_an_invoice_of_its_own(self):
        contract = self._create_active_contract()
        with self._on("2026-10-10"):
            contract._give_notice(contract.service_ids, date(2026, 10, 10))
        self._run_cron("2026-11-01", agreed=True)
        charge = contract.charge_ids[0].sudo()
        charge = charge.copy(
            {
                "key": "fee:test:2:2026-11-05",
                "date": "2026-11-05",
                "move_line_id": False,
                "state": "pending",
            }
        )
        self._run_cron("2026-11-05")
        self.assertEqual(charge.state, "invoiced")

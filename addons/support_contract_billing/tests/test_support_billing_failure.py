# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.support_instance.tests.repository import module_files

from ..billing import is_conflict
from .common import SupportBillingCommon

FAILED = ["support_contract_billing.activity_billing_failed"]


@tagged("post_install", "-at_install")
class TestSupportBillingFailure(SupportBillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.healthy = cls._create_active_contract()
        cls.broken = cls._create_contract([("maintenance", "2026-09-01")])
        cls.instance = cls._create_instance(
            cls.broken,
            source_ids=[
                (0, 0, {"url": "file:///nowhere/at/all.git", "branch": "main"})
            ],
        )
        cls.broken.action_activate()

    def _assert_only_healthy_is_billed(self):
        self.assertEqual(self.healthy.invoice_ids.state, "posted")
        self.assertFalse(self.broken.charge_ids)
        self.assertTrue(self.broken.billing_error)
        activity = self.broken.activity_search(FAILED)
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.broken.user_id)
        return activity

    def test_unreachable_source_without_a_count(self):
        self._run_cron("2026-10-01")
        activity = self._assert_only_healthy_is_billed()
        self.assertIn("no approved line count", activity.note)
        self.assertTrue(self.instance.count_error)

    def test_failure_is_told_in_the_language_of_the_company(self):
        """What happens at night is read by the company's own people."""
        self.env["res.lang"]._activate_lang("sv_SE")
        # Those who run the server are the first company's.
        self.cron.user_id.company_id.partner_id.lang = "sv_SE"
        self.broken.partner_id.lang = "en_US"
        self._run_cron("2026-10-01")
        self.assertIn("godkänd radräkning", self.broken.billing_error)

    def test_failure_is_one_activity_and_success_clears_it(self):
        self._run_cron("2026-10-01")
        self._run_cron("2026-10-02")
        self._assert_only_healthy_is_billed()
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 100))
        self._read_from(self.instance.source_ids, url=repository.url)
        self._run_cron("2026-10-03")
        self.assertRecordValues(self.broken, [{"billing_error": False}])
        self.assertFalse(self.broken.activity_search(FAILED))
        self.assertFalse(self.instance.count_error)
        self.assertEqual(self.broken.invoice_ids.amount_untaxed, 180.0)

    def test_unreachable_source_bills_the_last_approved_count(self):
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 101))
        self._read_from(self.instance.source_ids, url=repository.url)
        with self._on("2026-09-20"):
            self.instance.action_count()
        self._read_from(self.instance.source_ids, url="file:///nowhere/at/all.git")
        self._run_cron("2026-10-01")
        self.assertEqual(self.broken.charge_ids.amount, 360.0)
        self.assertIn("counted on 09/20/2026", self.broken.charge_ids.calculation)
        self.assertTrue(self.instance.count_error)

    def test_missing_income_account(self):
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 100))
        self._read_from(self.instance.source_ids, url=repository.url)
        product = self.type_maintenance.product_id
        product.categ_id = self.env["product.category"].create({"name": "No account"})
        product.categ_id.property_account_income_categ_id = False
        product.property_account_income_id = False
        self.healthy.service_ids.type_id.product_id.property_account_income_id = (
            self.company_data["default_account_revenue"]
        )
        self.company_data["default_journal_sale"].default_account_id = False
        self.company.income_account_id = False
        self._run_cron("2026-10-01")
        activity = self._assert_only_healthy_is_billed()
        self.assertIn("has no income account", activity.note)

    def test_contract_without_a_manager_still_gets_its_activity(self):
        self.broken.user_id = False
        self._run_cron("2026-10-01")
        user = self.broken.activity_search(FAILED).user_id
        self.assertTrue(user.active)
        self.assertTrue(user.has_group("support_contract.group_support_billing"))

    def test_failed_contract_is_not_tried_again_the_same_day(self):
        with self._on("2026-10-01"):
            self.assertTrue(self.broken._get_due_contracts())
        self._run_cron("2026-10-01")
        with self._on("2026-10-01"):
            self.assertFalse(self.broken._get_due_contracts())
            self.env["support.contract"].with_user(self.accountant).action_run_billing()
            self.assertTrue(self.broken._get_due_contracts(), "a person asked")
        self._run_cron("2026-10-01")
        with self._on("2026-10-02"):
            self.assertTrue(self.broken._get_due_contracts())

    def test_clock_a_month_ahead_and_back_holds_nothing_up(self):
        """What failed by the wrong clock is tried again by the right one."""
        self._run_cron("2026-10-30")
        self._assert_only_healthy_is_billed()
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 100))
        with self._on("2026-10-01"):
            self._read_from(self.instance.source_ids, url=repository.url)
        self._run_cron("2026-10-01")
        self.assertFalse(self.broken.billing_error)
        self.assertEqual(self.broken.invoice_ids.amount_untaxed, 180.0)
        self.assertFalse(self.broken.activity_search(FAILED))
        self.assertEqual(len(self.healthy.invoice_ids), 1)

    def test_tax_included_in_the_price_is_refused(self):
        tax = self.company_data["default_tax_sale"].copy(
            {"name": "Included", "price_include_override": "tax_included"}
        )
        self.healthy.service_ids.type_id.product_id.taxes_id = tax
        self._run_cron("2026-10-01")
        self.assertFalse(self.healthy.invoice_ids)
        self.assertIn("not included in the price", self.healthy.billing_error)

    def test_company_whose_prices_include_tax(self):
        """The tax is named, and what to do about it works."""
        self.company.account_price_include = "tax_included"
        tax = self.healthy.service_ids.type_id.product_id.taxes_id
        self._run_cron("2026-10-01")
        self.assertFalse(self.healthy.invoice_ids)
        self.assertIn(f"include the tax {tax.name}.", self.healthy.billing_error)
        tax.price_include_override = "tax_excluded"
        self._run_cron("2026-10-02")
        self.assertEqual(self.healthy.invoice_ids.amount_untaxed, 2_400.0)

    def test_only_the_key_of_charges_means_that_another_was_first(self):
        self._run_cron("2026-10-01")
        charge = self.healthy.charge_ids
        for make, conflict in (
            (
                lambda: charge.sudo().copy({"move_line_id": False, "state": "pending"}),
                1,
            ),
            (lambda: self.terms.price_ids[0].type_id.copy({"code": "patch"}), 0),
        ):
            with mute_logger("odoo.sql_db"), self.assertRaises(UniqueViolation) as got:
                with self.env.cr.savepoint():
                    make()
            self.assertEqual(is_conflict(got.exception), bool(conflict))

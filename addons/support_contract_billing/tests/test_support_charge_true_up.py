# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import tagged

from odoo.addons.support_instance.tests.repository import module_files

from .test_support_count_day import SupportCountDayCommon


@tagged("post_install", "-at_install")
class TestSupportChargeTrueUp(SupportCountDayCommon):
    """What an old count was charged for is put right when the code can be read. R2."""

    def setUp(self):
        super().setUp()
        self._commit(12_345)
        self._run_cron("2026-09-01")
        self._kill_source()
        # September by its own count; October, charged on 1 November, by an old one.
        for day in ("2026-09-24", "2026-10-01", "2026-11-01"):
            self._run_cron(day)
        self.october = self._charges()[1]

    def _correction(self):
        return self.october.correction_ids

    def test_overview_shows_it_until_it_is_put_right(self):
        """October's 124 × 180.00 = 22,320.00, by the count of September."""

        def rows(day):
            with self._on(day):
                Overview = self.env["support.billing.overview"]
                Overview = Overview.with_user(self.accountant)
                overview = Overview.browse(Overview.action_open()["res_id"])
                return overview.waiting_ids.filtered(
                    lambda line: line.name == "Charged by an old count"
                )

        row = rows("2026-11-02")
        self.assertEqual((row.number, row.res_domain), (1, self._domain(self.october)))
        self.assertIn("22,320.00", row.amounts)
        self._revive_source()
        self._run_cron("2026-11-05")
        self.assertFalse(rows("2026-11-05"))

    def _domain(self, records):
        return [["id", "in", records.ids]]

    def test_r02_more_lines_are_charged_with_the_next_invoice(self):
        """12,401 lines: 125 × 180.00 = 22,500.00, so 180.00 more."""
        self.assertTrue(self.october.provisional)
        self._revive_source()
        self._commit(12_401)
        self._run_cron("2026-11-05")
        correction = self._correction()
        self.assertRecordValues(
            correction,
            [
                {
                    "amount": 180.0,
                    "state": "pending",
                    "period_start": date(2026, 10, 1),
                    "provisional": False,
                }
            ],
        )
        self.assertEqual(correction.count_ids.date, date(2026, 11, 5))
        self.assertFalse(self.october.provisional)
        for day in ("2026-11-06", "2026-11-24", "2026-12-01"):
            self._run_cron(day)
        self.assertEqual(len(self._correction()), 1)
        self.assertEqual(correction.state, "invoiced")
        event = self.env["support.event"].search(
            [("contract_id", "=", self.contract.id), ("kind", "=", "charge")], limit=1
        )
        self.assertIn("could not be counted", event.note)

    def test_tax_is_that_of_what_it_corrects(self):
        """180.00 more of October with its tax; November without, by its position."""
        october = self.october.move_line_id
        self.assertTrue(october.tax_ids)
        self._revive_source()
        self._commit(12_401)
        self._run_cron("2026-11-05")
        correction = self._correction()
        self.customer.property_account_position_id = self.env[
            "account.fiscal.position"
        ].create({"name": "Untaxed"})
        self._run_cron("2026-11-24")
        self._run_cron("2026-12-01")
        november = self._charges().filtered(
            lambda one: one.period_start == date(2026, 11, 1)
        )
        self.assertFalse(november.move_line_id.tax_ids)
        self.assertEqual(correction.move_line_id.tax_ids, october.tax_ids)
        self.assertEqual(correction.move_line_id.account_id, october.account_id)
        self.assertFalse(correction.move_id.fiscal_position_id)
        self.assertNotEqual(correction.move_id, november.move_id)

    def test_r02_fewer_lines_are_given_back(self):
        """10,000 lines: 100 × 180.00 = 18,000.00, so −4,320.00."""
        self._revive_source()
        self._commit(10_000)
        self._run_cron("2026-11-05")
        self.assertEqual(self._correction().amount, -4_320.0)

    def test_r02_same_code_or_price_is_no_correction(self):
        for lines in (None, 12_350):
            with self.subTest(lines), self.env.cr.savepoint() as savepoint:
                self._revive_source()
                if lines:
                    self._commit(lines)
                self._run_cron("2026-11-05")
                self.assertFalse(self._correction())
                self.assertFalse(self.october.provisional)
                savepoint.rollback()
                self.env.invalidate_all()
                self._kill_source()

    def test_r02_waits_until_the_count_is_approved(self):
        self._revive_source()
        self._commit(30_000)  # more than twice as many
        self._run_cron("2026-11-05")
        self.assertTrue(self.october.provisional)
        count = self.instance.count_ids.filtered(lambda c: c.state == "to_review")
        with self._on("2026-11-07"):
            count.with_user(self.approver).action_approve()
        self._run_cron("2026-11-08")
        # 300 × 180.00 less 22,320.00.
        self.assertEqual(self._correction().amount, 31_680.0)
        self.assertFalse(self.october.provisional)

    def test_r02_what_a_person_corrected_stays(self):
        with self._on("2026-11-03"):
            self._revive_source()
            self._commit(10_000)
            count = self.instance._record_count(self.instance._read_sources())
            self.october._correct(count, "Agreed with the customer")
        self._run_cron("2026-11-05")
        self.assertEqual(len(self._correction()), 1)
        self.assertFalse(self._correction().correction_ids)
        self.assertFalse(self.october.provisional)

    def test_r02_waived_is_settled(self):
        self.october.move_id.button_draft()
        self.october.move_id.button_cancel()
        self.october.with_user(self.manager)._decide("waive", "Goodwill")
        self._revive_source()
        self._commit(12_401)
        self._run_cron("2026-11-05")
        self.assertFalse(self._correction())
        self.assertFalse(self.october.provisional)

    def test_r02_dead_for_two_months(self):
        """November's charge is not provisional: the code was read before it was made.

        It begins with the count of 5 December too, the first from its count day on.
        """
        self._run_cron("2026-12-01")
        november = self._charges().filtered(
            lambda one: one.period_start == date(2026, 11, 1)
        )
        self.assertTrue(november.provisional)
        self._revive_source()
        self._commit(12_401)
        self._run_cron("2026-12-05")
        corrections = self._charges().filtered(lambda c: c.kind == "correction")
        self.assertEqual(corrections.corrects_id, self.october | november)
        self.assertEqual(corrections.mapped("amount"), [180.0, 180.0])
        self._run_cron("2027-01-01")
        december = self._charges().filtered(lambda c: c.period_start.month == 12)
        self.assertEqual(december.amount, 22_500.0)
        self.assertFalse(december.provisional)

    def test_r02_what_goes_wrong_is_a_to_do_and_nothing_else(self):
        self._revive_source()
        self._commit(12_401)
        other = self._create_active_contract()
        price = self.terms.price_ids.filtered(
            lambda line: line.type_id == self.type_maintenance
        )
        with self._unguarded():
            self.env.cr.execute(
                "DELETE FROM support_terms_price WHERE id = %s", [price.id]
            )
        for day in ("2026-11-05", "2026-11-06"):
            self._run_cron(day, agreed=True)
        activity = self.contract.activity_search(
            ["support_contract_billing.activity_count_day_failed"]
        )
        self.assertEqual(len(activity), 1)
        self.assertIn("has no price", activity.note)
        self.assertTrue(self.october.provisional)
        self.assertTrue(other.charge_ids)

    def test_r02_one_of_two_instances(self):
        """Only the one that could not be read is replaced."""
        second_repository = self._create_repository()
        second_repository.commit(module_files("acme_shop", 1_000))
        contract = self._create_contract()
        first = self._create_instance(contract, second_repository, name="Shop")
        self._create_instance(contract, self.repository, name="Old")
        contract.action_activate()
        self._revive_source()
        self._commit(500)
        self._run_cron("2026-09-02", agreed=True)
        self._kill_source()
        for day in ("2026-09-24", "2026-10-01", "2026-11-01"):
            self._run_cron(day)
        october = contract.charge_ids.filtered(lambda c: c.period_start.month == 10)
        self.assertEqual(len(october), 1)
        # 15 × 180.00
        self.assertEqual(october.amount, 2_700.0)
        self.assertTrue(october.provisional)
        self._revive_source()
        self._commit(601)
        self._run_cron("2026-11-05")
        # 1,601 lines: 17 × 180.00 = 3,060.00.
        self.assertEqual(october.correction_ids.amount, 360.0)
        self.assertIn(first, october.correction_ids.count_ids.instance_id)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time
from psycopg2 import errors

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.support_instance.tests.repository import module_files

from ..due import prefetch_counts
from .common import SupportBillingCommon


class SupportCountDayCommon(SupportBillingCommon):
    """Calendar months in arrears, counted seven days before, from September on."""

    def setUp(self):
        super().setUp()
        self.company.support_tz = "Europe/Stockholm"
        self.repository = self._create_repository()
        self.lines = None
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.contract.action_activate()
        self.service = self.contract.service_ids

    def _commit(self, lines):
        if lines != self.lines:  # Git makes no commit of nothing
            self.repository.commit(module_files("acme_base", lines))
        self.lines = lines

    def _count(self, lines, day, time="03:00", instance=None):
        """What a reading of that many lines finds on a day."""
        self._commit(lines)
        with freeze_time(f"{day} {time}:00"):
            instance = instance or self.instance
            return instance._record_count(instance._read_sources())

    def _fee(self, day, on):
        """What the period of `day` costs, as it is known on another day."""
        with self._on(on):
            self.env.invalidate_all()
            quantity = self.service._get_quantity(date.fromisoformat(day))
        return quantity

    def _charges(self):
        return self.contract.charge_ids.sorted("id")

    def _amounts(self):
        return [(str(c.period_start), c.amount) for c in self._charges()]

    def _kill_source(self):
        self.folder = self.repository.bare
        self.folder.rename(self.folder.with_suffix(".gone"))
        self.addCleanup(self._revive_source)

    def _revive_source(self):
        gone = self.folder.with_suffix(".gone")
        if gone.exists():
            gone.rename(self.folder)


@tagged("post_install", "-at_install")
class TestSupportCountDay(SupportCountDayCommon):
    """The fee of a period comes from the count of its count day. R2."""

    def test_line_counts_are_read_for_all_contracts_at_once(self):
        """Three contracts more are priced with as many queries as those before."""
        contracts = self.contract

        def price(number):
            nonlocal contracts
            for _index in range(number):
                contract = self._create_contract()
                instance = self._create_instance(contract, self.repository)
                contract.action_activate()
                self._count(12_345, "2026-09-24", instance=instance)
                contracts += contract
            self.env.flush_all()
            self.env.invalidate_all()
            with self._on("2026-10-01"):
                before = self.env.cr.sql_log_count
                due = {one: one._get_due_periods() for one in contracts}
                prefetch_counts(
                    self.env,
                    [
                        (service, part.full)
                        for own in due.values()
                        for service, parts in own.items()
                        for part in parts
                    ],
                )
                for contract, periods in due.items():
                    (vals,) = contract._prepare_due_charge_vals(periods)
                    self.assertEqual(vals["amount"], 22_320.0)
            return self.env.cr.sql_log_count - before

        self._count(12_345, "2026-09-24")
        price(1)  # what is read once per process
        few, many = price(3), price(3)
        self.assertEqual(many, few)

    def test_r02_fee_comes_from_the_count_of_the_count_day(self):
        """12,345 lines are 124 × 180.00 = 22,320.00, 12,401 lines 125 × 180.00.

        September by the first count; October by the count of 24 September, seven days
        before; what is written later is in November's fee.
        """
        self._commit(12_345)
        self._run_cron("2026-09-01")
        self._commit(12_401)
        self._run_cron("2026-09-24")
        self._commit(20_000)
        for day in ("2026-09-25", "2026-09-30", "2026-10-01", "2026-10-24"):
            self._run_cron(day)
        self.assertEqual(len(self.instance.count_ids), 2, "read on the count day only")
        self._run_cron("2026-10-25")
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._amounts(), [("2026-09-01", 22_320.0), ("2026-10-01", 22_500.0)]
        )
        charge = self._charges()[1]
        self.assertEqual(charge.count_ids.date, date(2026, 9, 24))
        self.assertFalse(charge.provisional)

    def test_r02_first_fee_comes_from_the_first_count(self):
        self._commit(12_345)
        self._run_cron("2026-10-01")
        self.assertEqual(self._amounts(), [("2026-09-01", 22_320.0)])
        self.assertEqual(self.instance.count_ids.date, date(2026, 10, 1))

    def test_r02_same_code_is_read_again_and_says_so(self):
        """Nothing changes for months: neither provisional nor too old."""
        self._commit(12_345)
        for month in range(9, 13):
            for day in ("01", "25"):
                self._run_cron(f"2026-{month:02}-{day}")
        count = self.instance.count_ids
        self.assertRecordValues(
            count, [{"date": date(2026, 9, 1), "date_confirmed": date(2026, 12, 25)}]
        )
        self._run_cron("2027-01-01")
        self.assertEqual(len(self._charges()), 4)
        self.assertFalse(self._charges().filtered("provisional"))

    def test_r02_approved_in_the_last_minute_before_the_period(self):
        """23:59 in Stockholm on 31 October is 22:59 UTC; a minute later is too late."""
        self._count(12_345, "2026-09-01")
        for moment, expected in (("22:59", 30_000), ("23:00", 12_345)):
            with self.subTest(moment), self.env.cr.savepoint() as savepoint:
                # More than twice as many lines: somebody has to look at them.
                count = self._count(30_000, "2026-10-25")
                self.assertEqual(count.state, "to_review")
                with freeze_time(f"2026-10-31 {moment}:00"):
                    count.with_user(self.approver).action_approve()
                found = self._fee("2026-11-30", "2026-12-01")
                self.assertEqual(found.value, expected)
                self.assertFalse(found.provisional)
                # From the next period on it holds in any case.
                self.assertEqual(self._fee("2026-12-31", "2026-12-01").value, 30_000)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_r02_count_day_is_a_day_of_the_company(self):
        """22:30 UTC on 24 October is half past midnight on the 25th in Stockholm."""
        self._count(12_345, "2026-09-01")
        self._count(20_000, "2026-10-24", "22:30")
        self.assertEqual(self._fee("2026-11-30", "2026-12-01").value, 20_000)
        self.assertEqual(self.instance.last_count_id.date, date(2026, 10, 25))

    def test_r02_dead_source_is_charged_provisionally_and_says_so(self):
        self._commit(12_345)
        self._run_cron("2026-09-01")
        self._kill_source()
        for day in ("2026-09-24", "2026-10-01", "2026-11-01"):
            self._run_cron(day)
        september, october = self._charges()
        self.assertFalse(september.provisional)
        self.assertTrue(october.provisional)
        self.assertEqual(october.amount, 22_320.0)
        self.assertIn(
            "Provisional: the code of Production could not be counted from 09/24/2026",
            october.move_line_id.name,
        )

    def test_r02_too_old_a_count_is_skipped_loudly_until_it_can_be_read(self):
        """92 days before 1 January 2027 is 1 October; read last on 24 September."""
        self._commit(12_345)
        self._run_cron("2026-09-01")
        self._run_cron("2026-09-24")
        self._kill_source()
        for day in ("2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01"):
            self._run_cron(day)
        self.assertEqual(len(self._charges()), 4)
        for day in ("2027-02-01", "2027-02-02"):
            self._run_cron(day)
            self.assertEqual(len(self._charges()), 4)
            self.assertIn("too long before", self.contract.billing_error)
            self.assertIn("Oldest line count", self.contract.billing_error)
            self.assertEqual(len(self.contract.activity_ids), 1)
        self._revive_source()
        self._commit(12_401)
        self._run_cron("2027-02-03")
        january = self._charges().filtered(lambda c: c.period_start.year == 2027)
        self.assertRecordValues(january, [{"amount": 22_500.0, "provisional": False}])
        self.assertFalse(self.contract.billing_error)
        self.assertFalse(self.contract.activity_ids)

    def test_r02_age_limit_can_be_agreed_differently(self):
        self._count(12_345, "2026-09-01")
        with self.assertRaisesRegex(UserError, "too long before"):
            self._fee("2027-01-31", "2027-02-01")
        self.contract._amend(
            date(2026, 9, 1),
            "Slow customer",
            [
                (
                    self.env["support.contract.condition"],
                    {
                        "contract_id": self.contract.id,
                        "key": "count_max_age",
                        "value": 200,
                    },
                )
            ],
        )
        self.assertEqual(self._fee("2027-01-31", "2027-02-01").value, 12_345)

    def test_r02_count_day_can_be_agreed_differently(self):
        Condition = self.env["support.contract.condition"]
        vals = {"contract_id": self.contract.id, "key": "count_day", "value": 14}
        with self.assertRaises(ValidationError):
            self.contract._amend(
                date(2026, 9, 1), "No", [(Condition, vals | {"value": 29})]
            )
        self.contract._amend(date(2026, 9, 1), "Early", [(Condition, vals)])
        self._commit(12_345)
        self._run_cron("2026-09-01")
        # 1 October less 14 days is 17 September.
        self._commit(12_401)
        self._run_cron("2026-09-16")
        self.assertEqual(len(self.instance.count_ids), 1)
        self._run_cron("2026-09-17")
        self.assertEqual(len(self.instance.count_ids), 2)
        self.assertEqual(self._fee("2026-10-31", "2026-11-01").value, 12_401)

    def test_r02_backlog_of_three_months_has_each_its_own_count(self):
        self._count(12_345, "2026-09-01")
        self._count(13_000, "2026-09-24")
        self._count(14_000, "2026-10-26")
        self._count(15_000, "2026-11-05")
        self._run_cron("2026-12-01", agreed=True)
        self.assertEqual(
            self._amounts(),
            # 124, 130 and 140 started hundreds.
            [
                ("2026-09-01", 22_320.0),
                ("2026-10-01", 23_400.0),
                ("2026-11-01", 25_200.0),
            ],
        )

    def test_r02_anniversaries_on_the_31st_do_not_drift(self):
        """Periods from 31 January: 28 February, 31 March 2027; count days before."""
        terms = self.terms.copy({"version": "anniversary", "calendar": "anniversary"})
        terms.action_publish()
        contract = self._create_contract(
            [("maintenance", "2027-01-31")],
            terms_id=terms.id,
            billed_through="2027-01-30",
        )
        instance = self._create_instance(contract, self.repository)
        with self._on("2027-01-20"):
            contract.action_activate()
        self.service = contract.service_ids
        for lines, day in (
            (1_000, "2027-01-24"),
            (1_100, "2027-02-20"),
            (1_200, "2027-02-21"),
            (1_300, "2027-03-24"),
        ):
            self._count(lines, day, instance=instance)
        for day, lines in (
            ("2027-02-27", 1_000),
            ("2027-02-28", 1_200),
            ("2027-03-30", 1_200),
            ("2027-03-31", 1_300),
        ):
            self.assertEqual(self._fee(day, "2027-05-01").value, lines, day)

    def test_r02_29_february(self):
        """Periods from 29 February 2028: the next begins on 29 March, 22 before."""
        terms = self.terms.copy({"version": "leap", "calendar": "anniversary"})
        terms.action_publish()
        contract = self._create_contract(
            [("maintenance", "2028-02-29")],
            terms_id=terms.id,
            billed_through="2028-02-28",
        )
        instance = self._create_instance(contract, self.repository)
        with self._on("2028-02-25"):
            contract.action_activate()
        self.service = contract.service_ids
        self._count(1_000, "2028-02-22", instance=instance)
        self._count(1_100, "2028-03-22", instance=instance)
        self._count(1_200, "2029-02-21", instance=instance)
        self.assertEqual(self._fee("2028-03-28", "2029-04-01").value, 1_000)
        self.assertEqual(self._fee("2028-03-29", "2029-04-01").value, 1_100)
        self.assertEqual(self._fee("2029-02-28", "2029-04-01").value, 1_200)

    def test_r02_in_advance_is_known_on_the_first_day(self):
        terms = self.terms.copy({"version": "advance", "timing": "advance"})
        terms.action_publish()
        contract = self._create_contract(terms_id=terms.id)
        instance = self._create_instance(contract, self.repository)
        contract.action_activate()
        self._commit(12_345)
        self._run_cron("2026-09-01")
        self._commit(12_401)
        self._run_cron("2026-09-24")
        self._commit(20_000)
        self._run_cron("2026-10-01")
        self.assertEqual(
            contract.charge_ids.sorted("id").mapped("amount"), [22_320.0, 22_500.0]
        )
        self.assertEqual(instance.last_count_id.billed_lines, 12_401)

    def test_r02_counted_on_the_first_day_itself(self):
        """A count day of 0: the lines of the first day, in arrears and in advance."""
        for timing in ("arrears", "advance"):
            with self.subTest(timing):
                terms = self.terms.copy(
                    {"version": f"0 {timing}", "timing": timing, "count_day": 0}
                )
                terms.action_publish()
                contract = self._create_contract(terms_id=terms.id)
                self._create_instance(contract, self.repository)
                contract.action_activate()
                self._commit(12_345)
                self._run_cron("2026-09-01")
                self._run_cron("2026-09-30")
                self._commit(12_401)
                self._run_cron("2026-10-01")
                self._commit(20_000)
                self._run_cron("2026-11-01")
                charges = contract.charge_ids.sorted("id")[:2]
                self.assertEqual(charges.mapped("amount"), [22_320.0, 22_500.0])
                self.assertFalse(any(charges.mapped("provisional")))

    def test_r02_instance_that_opens_or_closes_counts_from_the_next_period(self):
        second = self._create_repository()
        second.commit(module_files("acme_other", 1_000))
        with self._on("2026-09-20"):
            shop = self._create_instance(
                self.contract, second, name="Shop", billed=False
            )
        with self._on("2026-10-10"):
            self.contract._amend(
                date(2026, 10, 10), "New shop", [(shop, {"billed": True})]
            )
            shop._record_count(shop._read_sources())
        self._count(12_345, "2026-09-24")
        october = self._fee("2026-10-31", "2026-11-01")
        self.assertEqual(october.count_ids.instance_id, self.instance)
        november = self._fee("2026-11-30", "2026-12-01")
        self.assertEqual(november.value, 13_345)
        with self._on("2026-12-15"):
            self.contract._amend(
                date(2026, 12, 15), "Closed", [(shop, {"date_end": "2026-12-15"})]
            )
        december = self._fee("2026-12-31", "2027-01-01")
        self.assertEqual(december.count_ids.instance_id, self.instance | shop)
        self._count(12_400, "2026-12-25")
        january = self._fee("2027-01-31", "2027-01-31")
        self.assertEqual(january.count_ids.instance_id, self.instance)

    def test_r02_two_instances_of_which_one_could_not_be_read(self):
        """The same module in both counts once; the missing one makes it provisional."""
        contract = self._create_contract()
        other = self._create_repository()
        self._commit(12_345)
        other.commit(module_files("acme_base", 12_345))
        first = self._create_instance(contract, self.repository)
        second = self._create_instance(contract, other, name="Second")
        contract.action_activate()
        self.service = contract.service_ids
        with self._on("2026-09-01"):
            (first | second).action_count()
        with self._on("2026-09-24"):
            first.action_count()
        october = self._fee("2026-10-31", "2026-11-01")
        self.assertEqual(october.value, 12_345)
        self.assertTrue(october.provisional)
        self.assertEqual(len(october.notes), 1)
        self.assertIn("Second", october.notes[0])

    def test_r02_forecast_is_no_older_than_what_is_known(self):
        """Days that have not been make no count too old."""
        self._count(12_345, "2026-09-01")
        with self._on("2026-09-02"):
            pieces = self.service._get_fee_pieces(date(2026, 9, 1), date(2027, 8, 31))
            self.assertEqual(len(pieces), 12)
            self.assertEqual({float(fee.price.amount) for fee in pieces}, {22_320.0})

    def test_r02_forecast_knows_the_coming_fee(self):
        self._count(12_345, "2026-09-01")
        self._count(12_401, "2026-09-24")
        with self._on("2026-09-25"):
            pieces = self.service._get_fee_pieces(date(2026, 9, 1), date(2026, 11, 30))
            amounts = [float(fee.price.amount) for fee in pieces]
            self.assertEqual(amounts, [22_320.0, 22_500.0, 22_500.0])
            self.assertEqual(self.contract._get_monthly_fee(), 22_320.0)
            self.contract.invalidate_recordset()
            shown = self.contract.with_user(self.consultant).monthly_fee
            self.assertEqual(shown, 22_320.0)

    def test_kept_fee_is_right_on_every_day(self):
        """Over the first day of a price the nightly pass renews what lists add up."""
        self._count(12_345, "2026-09-01")
        cron = self.env.ref("support_contract.ir_cron_keep")

        def on(day):
            with self._on(day), self.enter_registry_test_mode():
                cron.method_direct_trigger()
            self.env.invalidate_all()
            [(fee,)] = self.env["support.contract"]._read_group(
                [("id", "=", self.contract.id)], [], ["monthly_fee:sum"]
            )
            return fee

        self.assertEqual(on("2026-09-02"), 22_320.0)
        with self._on("2026-09-02"):
            self.contract._amend(
                date(2026, 12, 1), "Review", [(self.service, {"price_unit": 200.0})]
            )
            self.assertEqual(self.contract.monthly_fee, 22_320.0)
        self.assertEqual(on("2026-11-30"), 22_320.0)
        self.assertEqual(on("2026-12-01"), 24_800.0)

    def test_r02_agreement_works_an_example_out(self):
        """With what was counted and its sum; with assumed lines, and none, before."""
        with self._on("2026-09-01"):
            [(_service, example)] = self.contract._get_agreement().rows
            self.assertIn("For example: 12,345 lines", example.text)
            self.assertIn("22,320.00", example.text)
            self.assertIsNone(example.amount)
        self._count(12_401, "2026-09-01")
        with self._on("2026-09-02"):
            agreement = self.contract._get_agreement()
            [(_service, example)] = agreement.rows
            self.assertEqual((example.amount, agreement.total), (22_500.0, 22_500.0))
            self.assertIn("12,401 lines", example.text)

    def test_r02_price_change_inside_a_period_does_not_change_its_count(self):
        self._count(12_345, "2026-09-01")
        self._count(12_401, "2026-09-24")
        with self._on("2026-09-26"):
            self.contract._amend(
                date(2026, 10, 16), "Agreed", [(self.service, {"price_unit": 200.0})]
            )
        self._count(20_000, "2026-10-10")
        self._run_cron("2026-11-01", agreed=True)
        october = self._charges().filtered(lambda c: c.period_start.month == 10)
        self.assertEqual(len(october), 2)
        self.assertEqual(set(october.count_ids.mapped("billed_lines")), {12_401})

    def test_r02_clock_that_was_a_month_ahead(self):
        """What was counted then was counted, and is read again on the count day."""
        self._count(12_345, "2026-10-30")
        self._run_cron("2026-09-01")
        self.assertEqual(self.instance.count_ids.date_confirmed, date(2026, 9, 1))
        self._run_cron("2026-09-24")
        self._run_cron("2026-10-01")
        self.assertEqual(self._amounts(), [("2026-09-01", 22_320.0)])
        self._commit(12_401)
        self._run_cron("2026-10-25")
        self.assertEqual(self._fee("2026-11-30", "2026-12-01").value, 12_401)

    def test_copy_of_the_terms_keeps_the_age_limit(self):
        terms = self.terms.copy({"version": "old", "count_max_age": 30})
        self.assertEqual(terms.copy({"version": "older"}).count_max_age, 30)
        with (
            self.assertRaises(errors.CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            terms.count_max_age = -1
            terms.flush_recordset()

    def test_instance_billed_on_two_contracts_is_none_of_the_other_s(self):
        """Another contract's counts never enter a fee."""
        other = self._create_contract(
            service_ids=[
                Command.create(
                    {"type_id": self.type_maintenance.id, "date_start": "2026-09-01"}
                )
            ]
        )
        self._create_instance(other, self.repository, name="Other")
        self._count(12_345, "2026-09-01")
        self.service = other.service_ids
        with self.assertRaisesRegex(UserError, "no approved line count"):
            self._fee("2026-09-30", "2026-10-01")

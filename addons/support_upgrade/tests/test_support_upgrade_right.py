# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from ..cancellation import Cancellation
from ..upgrade_ledger import UpgradePeriod
from .common import SupportUpgradeCommon


@tagged("post_install", "-at_install")
class TestSupportUpgradeRight(SupportUpgradeCommon):
    """Who has a right to an upgrade, and when. Clause R8."""

    def test_r08_request_reserves_the_right_of_its_period(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            self.assertRecordValues(
                upgrade,
                [
                    {
                        "state": "requested",
                        "period_start": date(2026, 9, 1),
                        "right_no": 1,
                        "right_count": 1,
                        "right_status": "reserved",
                        "from_series": "17.0",
                        "instance_id": contract.instance_ids.id,
                    }
                ],
            )
            self.assertRegex(upgrade.name, r"^UPG\d{5}$")
            self.assertEqual(
                self._get_periods(contract, date(2027, 12, 31)),
                [
                    UpgradePeriod(date(2026, 9, 1), date(2027, 8, 31), 1, 0, 1, 0),
                    UpgradePeriod(date(2027, 9, 1), date(2028, 8, 31), 1, 0, 0, 0),
                ],
            )

    def test_r08_second_upgrade_in_same_period_is_refused(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            self._request(contract)
            verdict = contract._right("upgrade")
            self.assertFalse(verdict)
            self.assertEqual(verdict.clause, "R8")
            self.assertEqual(verdict.changes_on, date(2027, 9, 1))
            second = self._request(contract)
            self.assertEqual(second.right_status, "none")
            second.action_accept()
            with self.assertRaisesRegex(UserError, "can be had from 09/01/2027"):
                second.action_start()
            self.assertEqual(second.state, "accepted")
            self.assertFalse(second.upgrade_instance_ids)

    def test_r08_refused_upgrade_takes_the_right_of_the_next_period(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            self._request(contract)
            second = self._request(contract)
            second.action_accept()
        with self._on("2027-09-01"):
            second.invalidate_recordset()
            second.action_start()
            self.assertRecordValues(
                second,
                [
                    {
                        "right_status": "used",
                        "period_start": date(2027, 9, 1),
                        "date_reserved": date(2027, 9, 1),
                    }
                ],
            )

    def test_r08_request_in_time_keeps_its_right_however_long_the_queue_is(self):
        with self._on("2027-08-31"):
            contract = self._create_running(billed_through="2027-07-31")
            upgrade = self._request(contract)
            upgrade.action_accept()
        with self._on("2029-01-15"):
            upgrade.action_start()
            self.assertEqual(upgrade.period_start, date(2026, 9, 1))
            self.assertEqual(
                self._get_periods(contract, date(2029, 1, 15)),
                [
                    UpgradePeriod(date(2026, 9, 1), date(2027, 8, 31), 1, 1, 0, 0),
                    UpgradePeriod(date(2027, 9, 1), date(2028, 8, 31), 1, 0, 0, 1),
                    UpgradePeriod(date(2028, 9, 1), date(2029, 8, 31), 1, 0, 0, 0),
                ],
            )

    def test_r08_unused_right_lapses_with_its_period(self):
        with self._on("2027-08-31"):
            contract = self._create_running(billed_through="2027-07-31")
            self.assertTrue(contract._right("upgrade"))
        with self._on("2027-09-01"):
            first, second = self._get_periods(contract, date(2027, 9, 1))
            self.assertEqual((first.lapsed, second.left), (1, 1))

    def test_r08_request_that_is_entered_late_keeps_the_right_of_its_day(self):
        with self._on("2027-09-02"):
            contract = self._create_running(billed_through="2027-08-31")
            upgrade = self._request(contract, day="2027-08-31")
            self.assertEqual(upgrade.period_start, date(2026, 9, 1))
            self.assertTrue(contract._right("upgrade"))
            with self.assertRaisesRegex(ValidationError, "a day to come"):
                self._request(contract, day="2027-09-03")

    def test_r08_several_versions_at_once_count_as_one(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract, from_series="15.0")
            self.assertEqual(upgrade.version_steps, 4)
            self.assertEqual(upgrade.right_count, 1)

    def test_r08_terms_can_count_every_version(self):
        terms = self._publish_terms(
            upgrade_counting="version_step", upgrades_per_period=3
        )
        with self._on("2027-03-01"):
            contract = self._create_running(
                billed_through="2027-02-28", terms_id=terms.id
            )
            upgrade = self._request(contract)
            self.assertEqual((upgrade.version_steps, upgrade.right_count), (2, 2))
            [period] = self._get_periods(contract, date(2027, 3, 1))
            self.assertEqual((period.reserved, period.left), (2, 1))
            other = self._request(contract)
            self.assertEqual(other.right_status, "none")
            self.assertIn("needs 2 rights", other.right_text)
            # Asking for one version less needs one right less.
            other.to_series = "18.0"
            self.assertEqual((other.right_no, other.right_count), (3, 1))

    def test_r08_scattered_rights_are_moved_together(self):
        terms = self._publish_terms(
            upgrade_counting="version_step", upgrades_per_period=3
        )
        with self._on("2027-03-01"):
            contract = self._create_running(
                billed_through="2027-02-28", terms_id=terms.id
            )
            steps = [self._request(contract, to_series="18.0") for _number in range(3)]
            self.assertEqual([step.right_no for step in steps], [1, 2, 3])
            Cancellation(steps[0]).run("withdrawn", "Not now")
            Cancellation(steps[2]).run("withdrawn", "Not now")
            wide = self._request(contract)
            self.assertEqual((wide.right_no, wide.right_count), (2, 2))
            self.assertEqual(steps[1].right_no, 1)

    def test_r08_periods_follow_special_conditions(self):
        with self._on("2027-03-01"):
            contract = self._create_running(
                billed_through="2027-02-28",
                condition_ids=[
                    Command.create({"key": "upgrade_period_months", "value": 24}),
                    Command.create({"key": "upgrades_per_period", "value": 2}),
                ],
            )
            [period] = self._get_periods(contract, date(2028, 8, 31))
            self.assertEqual(period.end, date(2028, 8, 31))
            self.assertEqual(period.left, 2)

    def test_r08_rights_that_were_used_before_the_takeover_are_gone(self):
        with self._on("2027-03-01"):
            contract = self._create_running(
                billed_through="2027-02-28", upgrades_used_before=1
            )
            verdict = contract._right("upgrade")
            self.assertFalse(verdict)
            self.assertEqual(verdict.changes_on, date(2027, 9, 1))

    def test_r08_contract_without_maintenance_has_no_right(self):
        with self._on("2026-09-01"):
            contract = self._create_running([("operations", "2026-09-01")])
            self.assertFalse(contract._right("upgrade"))
            self.assertFalse(self._get_periods(contract, date(2027, 1, 1)))

    def test_r08_reservation_ends_with_the_service(self):
        with self._on("2027-03-01"):
            contract = self._create_running(
                [("maintenance", "2026-09-01"), ("operations", "2026-09-01")],
                billed_through="2027-02-28",
            )
            upgrade = self._request(contract)
            upgrade.action_accept()
            maintenance = contract.service_ids.filtered(
                lambda service: service.type_id == self.type_maintenance
            )
            contract._amend(
                date(2027, 3, 1), "Test", [(maintenance, {"date_end": "2027-08-31"})]
            )
            self.assertTrue(
                contract._right("upgrade", date(2027, 8, 31), upgrade=upgrade)
            )
        with self._on("2027-09-01"):
            with self.assertRaisesRegex(UserError, "ended on 08/31/2027"):
                upgrade.action_start()

    def test_r08_answer_of_the_past_leaves_later_requests_out(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
        with self._on("2027-04-01"):
            Cancellation(upgrade).run("withdrawn", "Waits for the next version")
        verdict = contract._right("upgrade", date(2027, 2, 28))
        self.assertEqual((bool(verdict), verdict.changes_on), (True, date(2027, 3, 1)))
        verdict = contract._right("upgrade", date(2027, 3, 1))
        self.assertEqual((bool(verdict), verdict.changes_on), (False, date(2027, 4, 1)))

    def test_r08_at_most_n_upgrades_in_each_period(self):
        """Requests, withdrawals and starts of any kind, on any day of four years."""
        days = st.integers(0, 4 * 366)
        step = st.tuples(
            days, st.sampled_from(("request", "late", "cancel", "start")), days
        )
        terms = self._publish_terms(
            upgrades_per_period=2, upgrade_counting="version_step"
        )

        @settings(max_examples=6, deadline=None, database=None)
        @given(st.lists(step, min_size=4, max_size=8))
        def check(steps):
            first = date(2026, 8, 31)
            with self._on(first):
                contract = self._create_running(
                    [("maintenance", first)],
                    billed_through="2026-08-30",
                    terms_id=terms.id,
                )
            for offset, kind, other in sorted(steps):
                with self._on(first + timedelta(days=offset)):
                    self._do_step(contract, kind, other)
            holders = contract.upgrade_ids.filtered(lambda one: one._holds_right())
            later = date(2031, 1, 1)
            for period in self._get_periods(contract, later, later):
                numbers = [
                    number
                    for one in holders
                    if period.start <= one.period_start <= period.end
                    for number in range(one.right_no, one.right_no + one.right_count)
                ]
                self.assertLessEqual(len(numbers), 2)
                self.assertEqual(len(numbers), len(set(numbers)))
                self.assertLessEqual(set(numbers), {1, 2})
                self.assertEqual(len(numbers), period.used + period.reserved)

        check()

    def _do_step(self, contract, kind, number):
        """One thing that staff does; ``number`` chooses how or with what."""
        today = contract.company_id._support_today()
        waiting = contract.upgrade_ids.filtered(
            lambda one: one.state in ("requested", "started")
        )
        if kind in ("request", "late"):
            days = number if kind == "late" else 0
            day = max(today - timedelta(days=days), contract.date_start)
            self._request(contract, day=day, to_series=("18.0", "19.0")[number % 2])
        elif waiting and kind == "cancel":
            upgrade = waiting[number % len(waiting)].with_user(self.manager)
            Cancellation(upgrade).run("withdrawn", "Test", return_right=number % 3 == 0)
        elif waiting:
            upgrade = waiting[number % len(waiting)]
            try:
                with self.env.cr.savepoint():
                    upgrade.action_accept()
                    upgrade.action_start()
            except UserError:
                return

    # -- database -----

    def test_r08_database_refuses_the_same_right_twice(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            first, second = self._request(contract), self._request(contract)
        right = {
            "period_start": first.period_start,
            "right_no": 1,
            "right_count": 1,
            "date_reserved": first.date_reserved,
        }
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            second.sudo()._with_permission().write(right)
            self.env.flush_all()

    def test_r08_constraints_are_in_the_database(self):
        # A constraint or an index that cannot be created is only logged.
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = %s",
            ("support_upgrade_right_uniq",),
        )
        [(definition,)] = self.env.cr.fetchall()
        self.assertIn("UNIQUE", definition)
        self.assertIn("cancelled", definition)
        self.env.cr.execute(
            "SELECT contype FROM pg_constraint WHERE conname = %s",
            ("support_upgrade_rights_no_overlap",),
        )
        self.assertEqual(self.env.cr.fetchall(), [("x",)])

    def test_r08_two_extras_in_one_period_are_possible(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            self._request(contract)
            second = self._create_instance(
                contract, name="Branch", series="17.0", billed=False
            )
            production = contract.instance_ids - second
            extras = [
                self._request(contract, instance_id=production.id),
                self._request(contract, instance_id=second.id),
            ]
            for extra in extras:
                extra.action_accept()
                self._approve(extra, "extra")
                extra.action_start()
            self.env.flush_all()
            self.assertEqual([extra.right_status for extra in extras], ["extra"] * 2)

    # -- withdrawn, declined, stopped -----

    def test_r08_withdrawn_before_the_start_gives_the_right_back(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            for kind, accept in (("withdrawn", False), ("declined", True)):
                upgrade = self._request(contract)
                if accept:
                    upgrade.action_accept()
                Cancellation(upgrade).run(kind, "Later")
                self.assertEqual(upgrade.right_status, "returned")
                self.assertTrue(contract._right("upgrade"))

    def test_r08_stopped_after_the_start_keeps_the_right_used(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
            with self.assertRaisesRegex(AccessError, "Only a manager"):
                Cancellation(upgrade).run(
                    "withdrawn", "No money left", return_right=True
                )
            Cancellation(upgrade).run("withdrawn", "No money left")
            self.assertEqual(upgrade.right_status, "used")
            self.assertFalse(contract._right("upgrade"))
            self.assertEqual(
                set(upgrade.upgrade_instance_ids.mapped("date_end")),
                {date(2027, 3, 1)},
            )
            # Somebody else cannot take it either.
            self.assertEqual(self._request(contract).right_status, "none")

    def test_r08_manager_gives_the_right_back_for_a_reason(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
            Cancellation(upgrade).run("declined", "Our mistake")
            with self.assertRaisesRegex(AccessError, "Only a manager"):
                Cancellation(upgrade).return_right("Please")
            own = upgrade.with_user(self.manager)
            with self.assertRaisesRegex(UserError, "Say why"):
                Cancellation(own).return_right(" ")
            Cancellation(own).return_right("We stopped it ourselves")
            self.assertEqual(upgrade.right_status, "returned")
            self.assertTrue(contract._right("upgrade"))
            event = contract.event_ids[0]
            self.assertEqual(event.kind, "override")
            self.assertIn("We stopped it ourselves", event.note)
            self.assertEqual(event.user_id, self.manager)

    @users("support_user")
    def test_cancelling_asks_why_and_says_what_becomes_of_the_right(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract).with_env(self.env)
            action = upgrade.action_cancel()
            wizard = Form(
                self.env[action["res_model"]].with_context(**action["context"])
            )
            self.assertIn("comes back and can be used", wizard.consequence)
            wizard.reason = "Waits for 20.0"
            wizard.save().action_confirm()
            self.assertRecordValues(
                upgrade,
                [
                    {
                        "state": "cancelled",
                        "cancel_kind": "withdrawn",
                        "cancel_reason": "Waits for 20.0",
                        "date_cancelled": date(2027, 3, 1),
                    }
                ],
            )

    def test_cancelling_warns_when_the_right_would_lapse(self):
        with self._on("2027-08-01"):
            contract = self._create_running(billed_through="2027-07-31")
            upgrade = self._request(contract)
        with self._on("2027-09-01"):
            wizard = self.env["support.upgrade.cancel"].create(
                {"upgrade_id": upgrade.id, "reason": "Test"}
            )
            self.assertIn("so it lapses", wizard.consequence)

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

from ..models.support_upgrade import STEP
from ..upgrade_ledger import UpgradePeriod
from .common_upgrade import SupportUpgradeCommon


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
                contract._get_upgrade_periods(date(2027, 12, 31)),
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
                contract._get_upgrade_periods(date(2029, 1, 15)),
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
            first, second = contract._get_upgrade_periods(date(2027, 9, 1))
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
            [period] = contract._get_upgrade_periods(date(2027, 3, 1))
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
            steps[0]._cancel("withdrawn", "Not now")
            steps[2]._cancel("withdrawn", "Not now")
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
            [period] = contract._get_upgrade_periods(date(2028, 8, 31))
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
            self.assertFalse(contract._get_upgrade_periods(date(2027, 1, 1)))

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
            self.assertTrue(upgrade._get_upgrade_verdict(date(2027, 8, 31)))
        with self._on("2027-09-01"):
            with self.assertRaisesRegex(UserError, "ended on 08/31/2027"):
                upgrade.action_start()

    def test_r08_answer_of_the_past_leaves_later_requests_out(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
        with self._on("2027-04-01"):
            upgrade._cancel("withdrawn", "Waits for the next version")
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
            for period in contract._get_upgrade_periods(later, later):
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
            upgrade._cancel("withdrawn", "Test", return_right=number % 3 == 0)
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
            second.sudo().with_context(support_upgrade_step=STEP).write(right)
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
                upgrade._cancel(kind, "Later")
                self.assertEqual(upgrade.right_status, "returned")
                self.assertTrue(contract._right("upgrade"))

    def test_r08_stopped_after_the_start_keeps_the_right_used(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
            with self.assertRaisesRegex(AccessError, "Only a manager"):
                upgrade._cancel("withdrawn", "No money left", return_right=True)
            upgrade._cancel("withdrawn", "No money left")
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
            upgrade._cancel("declined", "Our mistake")
            with self.assertRaisesRegex(AccessError, "Only a manager"):
                upgrade._return_right_after_start("Please")
            own = upgrade.with_user(self.manager)
            with self.assertRaisesRegex(UserError, "Say why"):
                own._return_right_after_start(" ")
            own._return_right_after_start("We stopped it ourselves")
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


@tagged("post_install", "-at_install")
class TestSupportUpgradeSteps(SupportUpgradeCommon):
    """The way from the request to production. Clauses R5, R8, R9, R12."""

    def test_r05_r12_start_sets_up_instances_and_records_the_fee(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            production = contract.instance_ids
            upgrade = self._request(contract)
            self.assertEqual(upgrade.fee, 9900.0)
            upgrade.action_accept()
            self.assertEqual(upgrade.fee_due, 0.0)
            upgrade.action_start()
        self.assertRecordValues(
            upgrade,
            [
                {
                    "state": "started",
                    "date_started": date(2027, 3, 1),
                    "right_status": "used",
                    "fee_due": 9900.0,
                    "fee": 9900.0,
                }
            ],
        )
        self.assertRecordValues(
            upgrade.upgrade_instance_ids.sorted("role"),
            [
                {"role": "development", "series": "19.0", "billed": False},
                {"role": "test", "series": "19.0", "billed": False},
            ],
        )
        self.assertEqual(upgrade.upgrade_instance_ids.contract_id, contract)
        # The branch of the new version, in the same repository.
        sources = upgrade.upgrade_instance_ids.source_ids
        self.assertEqual(set(sources.mapped("branch")), {"19.0"})
        self.assertEqual(set(sources.mapped("url")), {production.source_ids.url})

    def test_r05_special_condition_on_the_fee(self):
        with self._on("2027-03-01"):
            contract = self._create_running(
                billed_through="2027-02-28",
                condition_ids=[Command.create({"key": "upgrade_fee", "value": 5000.0})],
            )
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
            self.assertEqual(upgrade.fee_due, 5000.0)
            self.assertIn("special condition", upgrade.fee_source)

    def test_r09_every_module_gets_an_outcome_with_who_and_state(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
        self.assertRecordValues(
            upgrade.module_ids.sorted("name"),
            [
                {"name": "acme_base", "lines_before": 120, "state": "todo"},
                {"name": "acme_old", "lines_before": 50, "state": "todo"},
                {"name": "acme_sale", "lines_before": 80, "state": "todo"},
            ],
        )
        module = upgrade.module_ids[0]
        module.write({"user_id": self.consultant.id, "outcome": "migrated"})
        module.state = "done"
        self.assertEqual(upgrade.modules_left, 2)

    def test_trial_rounds_are_numbered(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
        upgrade.trial_ids = [
            Command.create({"result": "failed", "note": "Stock moves are missing"}),
            Command.create({"result": "passed"}),
        ]
        self.assertEqual(upgrade.trial_ids.mapped("number"), [1, 2])

    def test_extra_needs_the_customer_s_approval_on_record(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            self._request(contract)
            extra = self._request(contract)
            extra.action_accept()
            with self.assertRaisesRegex(ValidationError, "Attach the mail"):
                self._approve(extra, "extra", attachment_ids=False)
            with self.assertRaisesRegex(ValidationError, "what was said"):
                self._approve(extra, "extra", how="phone")
            approval = self._approve(extra, "extra", price=45000.0)
            self.assertRecordValues(
                approval,
                [
                    {
                        "given_by": "Head of finance",
                        "date": date(2027, 3, 1),
                        "how": "mail",
                        "user_id": self.consultant.id,
                        "price": 45000.0,
                    }
                ],
            )
            extra.action_start()
            self.assertRecordValues(
                extra, [{"state": "started", "right_no": 0, "right_status": "extra"}]
            )
            [period] = contract._get_upgrade_periods(date(2027, 3, 1))
            self.assertEqual((period.used, period.reserved), (0, 1))

    def test_approval_is_evidence(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            approval = self._approve(self._request(contract), "extra")
        for user in (self.consultant, self.manager):
            own = approval.with_user(user)
            with self.assertRaises(UserError):
                own.price = 1.0
            with self.assertRaises(UserError):
                own.unlink()
        with self.assertRaises(UserError):
            approval.sudo().given_by = "Somebody else"
        with self.assertRaises(UserError):
            approval.sudo().unlink()
        self.assertEqual(approval.attachment_ids.res_model, approval._name)
        with self.assertRaises(AccessError):
            approval.attachment_ids.with_user(self.consultant).unlink()

    # -- going live -----

    def test_done_needs_the_customer_s_acceptance(self):
        with self._on("2027-03-01"):
            upgrade = self._bring_to_testing(
                self._create_counted(billed_through="2027-02-28")
            )
            with self.assertRaisesRegex(UserError, "acceptance on record"):
                upgrade.action_done()
            self.assertEqual(upgrade.state, "testing")

    def test_done_needs_every_module(self):
        with self._on("2027-03-01"):
            upgrade = self._bring_to_testing(
                self._create_counted(billed_through="2027-02-28")
            )
            self._approve(upgrade, "acceptance")
            upgrade.module_ids[0].state = "doing"
            with self.assertRaisesRegex(UserError, "acme_base"):
                upgrade.action_done()

    def test_done_compares_modules_with_the_counted_code(self):
        with self._on("2027-03-01"):
            upgrade = self._bring_to_testing(
                self._create_counted(billed_through="2027-02-28")
            )
            modules = {module.name: module for module in upgrade.module_ids}
            modules["acme_old"].outcome = "migrated"
            modules["acme_sale"].outcome = "replaced"
            self.assertIn("not in the counted code: acme_old", upgrade.obstacles)
            self.assertIn("would be billed: acme_sale", upgrade.obstacles)

    def test_done_switches_in_one_amendment_that_tells_lines(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            production = contract.instance_ids
            upgrade = self._bring_to_testing(contract)
            self.assertEqual((upgrade.lines_before, upgrade.lines_after), (250, 190))
            accepted = self._approve(upgrade, "acceptance")
            self.assertEqual((accepted.lines_before, accepted.lines_after), (250, 190))
        with self._on("2027-03-05"):
            upgrade.action_done()
        self.assertRecordValues(
            upgrade,
            [
                {
                    "state": "done",
                    "date_done": date(2027, 3, 5),
                    "lines_before": 250,
                    "lines_after": 190,
                    "date_instances_end": date(2027, 4, 4),
                }
            ],
        )
        self.assertEqual(
            set(upgrade.upgrade_instance_ids.mapped("date_end")), {date(2027, 4, 4)}
        )
        self.assertEqual(production.series, "19.0")
        self.assertEqual(production.source_ids.branch, "19.0")
        amendment = contract.amendment_ids
        self.assertEqual(amendment, upgrade.amendment_id)
        self.assertEqual(amendment.user_id, self.consultant)
        self.assertIn("250 before, 190 after", amendment.reason)
        self.assertIn("accepted by Head of finance on 2027-03-01", amendment.reason)
        self.assertEqual(
            {(line.model, line.field_name) for line in amendment.line_ids},
            {
                ("support.instance", "series"),
                ("support.source", "active"),
                ("support.instance.module", "covered"),
            },
        )
        self.assertEqual(production._value_on("series", date(2027, 3, 4)), "17.0")
        self.assertEqual(
            production.module_ids.filtered("covered").mapped("name"),
            ["acme_base", "acme_sale"],
        )
        production.action_count()
        self.assertEqual(contract.billed_lines, 190)

    def test_done_keeps_what_is_not_covered_out_of_the_fee(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            production = contract.instance_ids
            sale = production.module_ids.filtered(lambda mod: mod.name == "acme_sale")
            contract._amend(date(2027, 3, 1), "Not ours", [(sale, {"covered": False})])
            production.action_count()
            self.assertEqual(contract.billed_lines, 170)
            upgrade = self._bring_to_testing(contract)
            self.assertEqual(
                sorted(upgrade.module_ids.mapped("name")), ["acme_base", "acme_old"]
            )
            self.assertEqual((upgrade.lines_before, upgrade.lines_after), (170, 110))
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
            self.assertFalse(sale.covered)
            production.action_count()
            self.assertEqual(contract.billed_lines, 110)

    def test_done_refuses_other_figures_than_the_accepted_ones(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            self._approve(upgrade, "acceptance")
            # Production loses a module meanwhile: what was shown is not true any more.
            upgrade.upgrade_instance_ids.source_ids.sudo().branch = "17.0"
            upgrade._get_switch_instance().action_count()
            upgrade.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "not those that the customer"):
                upgrade.action_done()
            self.assertEqual(contract.instance_ids[0].series, "17.0")

    def test_acceptance_needs_the_figures(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
            upgrade.action_test()
            with self.assertRaisesRegex(UserError, "Count the test instance"):
                self._approve(upgrade, "acceptance")

    def test_rollback_restores_the_old_and_asks_again(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            production = contract.instance_ids
            upgrade = self._bring_to_testing(contract)
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
            with self.assertRaisesRegex(AccessError, "Only a manager"):
                upgrade.action_rollback()
        with self._on("2027-03-03"):
            upgrade.with_user(self.manager).action_rollback()
        self.assertEqual(production.series, "17.0")
        self.assertEqual(production.source_ids.branch, "17.0")
        self.assertTrue(all(production.module_ids.mapped("covered")))
        self.assertRecordValues(
            upgrade,
            [{"state": "testing", "date_done": False, "is_accepted": False}],
        )
        self.assertEqual(upgrade.rollback_id.undoes_id, upgrade.amendment_id)
        self.assertFalse(any(upgrade.upgrade_instance_ids.mapped("date_end")))
        # The right stays used: the work goes on.
        self.assertEqual(upgrade.right_status, "used")
        with self._on("2027-03-04"):
            production.action_count()
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
        self.assertEqual(production.series, "19.0")
        self.assertEqual(production.source_ids.branch, "19.0")
        # The sources of the first attempt are used again, not copied once more.
        everything = production.with_context(active_test=False).source_ids
        self.assertEqual(sorted(everything.mapped("branch")), ["17.0", "19.0"])

    def test_undoing_the_amendment_is_a_rollback_too(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
            action = upgrade.amendment_id.with_user(self.manager).action_undo()
            wizard = (
                self.env[action["res_model"]]
                .with_user(self.manager)
                .with_context(**action["context"])
                .create({"reason": "The stock was wrong"})
            )
            wizard.action_confirm()
        self.assertEqual(upgrade.instance_id.series, "17.0")
        self.assertRecordValues(
            upgrade, [{"state": "testing", "is_accepted": False, "date_done": False}]
        )
        self.assertEqual(upgrade.rollback_id.reason, "The stock was wrong")

    def test_rework_asks_the_customer_again(self):
        with self._on("2027-03-01"):
            upgrade = self._bring_to_testing(
                self._create_counted(billed_through="2027-02-28")
            )
            self._approve(upgrade, "acceptance")
            self.assertTrue(upgrade.is_accepted)
            upgrade.action_rework()
            self.assertFalse(upgrade.is_accepted)
            self.assertTrue(upgrade.approval_ids.void)

    # -- guards -----

    def test_steps_are_not_written_by_hand(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            for user in (self.consultant, self.manager):
                for vals in (
                    {"state": "done"},
                    {"right_no": 2},
                    {"fee_due": 1.0},
                    {"period_start": "2025-09-01"},
                ):
                    with self.assertRaisesRegex(UserError, "through its buttons only"):
                        upgrade.with_user(user).write(vals)
            with self.assertRaisesRegex(UserError, "through its buttons only"):
                self._request(contract, state="done")
            second = (
                self.env["support.upgrade"]
                .with_user(self.consultant)
                .with_context(default_state="done", default_right_no=1)
                .create({"contract_id": contract.id, "to_series": "19.0"})
            )
            self.assertRecordValues(second, [{"state": "requested", "right_no": 0}])

    def test_what_was_asked_for_stays_once_the_work_has_started(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            with self.assertRaisesRegex(UserError, "Only a manager can correct"):
                upgrade.date_requested = "2027-02-01"
            upgrade.with_user(self.manager).date_requested = "2027-02-01"
            upgrade.action_accept()
            upgrade.action_start()
            with self.assertRaisesRegex(UserError, "work has started"):
                upgrade.to_series = "18.0"

    def test_one_instance_is_upgraded_once_at_a_time(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            first, second = self._request(contract), self._request(contract)
            for upgrade in (first, second):
                upgrade.action_accept()
            self._approve(second, "extra")
            first.action_start()
            with self.assertRaisesRegex(UserError, f"{first.name} is upgrading"):
                second.action_start()
            first._cancel("declined", "Test")
            contract.instance_ids.filtered(
                lambda instance: instance.role == "production"
            ).series = "18.0"
            with self.assertRaisesRegex(UserError, "runs 18.0, not 17.0"):
                second.action_start()

    def test_modules_and_trials_of_a_finished_upgrade_stay(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            upgrade.trial_ids = [Command.create({"result": "passed"})]
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
            for change in (
                lambda: upgrade.trial_ids.write({"result": "failed"}),
                lambda: upgrade.module_ids[0].write({"outcome": "dropped"}),
                lambda: upgrade.module_ids[0].unlink(),
                lambda: upgrade.trial_ids.copy(),
            ):
                with self.assertRaisesRegex(UserError, "The upgrade is over"):
                    change()
            # The instances may stay longer, or go earlier.
            upgrade.date_instances_end = "2027-03-15"
            self.assertEqual(
                set(upgrade.upgrade_instance_ids.mapped("date_end")),
                {date(2027, 3, 15)},
            )

    def test_r08_notice_says_which_upgrades_are_lost(self):
        with self._on("2027-10-20"):
            contract = self._create_running(
                [("maintenance", "2026-09-01"), ("operations", "2026-09-01")],
                billed_through="2027-09-30",
            )
            maintenance = contract.service_ids.filtered(
                lambda service: service.type_id == self.type_maintenance
            )
            lost = contract._get_rights_lost(maintenance)
            self.assertIn("One upgrade that has not been asked for", lost)
            self.assertIn("User support", lost)
            # Operations go on granting the discount.
            self.assertNotIn("Discount on hourly rates", lost)
            upgrade = self._request(contract)
            lost = contract._get_rights_lost(maintenance)
            self.assertNotIn("One upgrade that has not been asked for", lost)
            text = f"Upgrade {upgrade.name} to version 19.0, unless the work starts"
            self.assertIn(f"{text} before", lost)

    def test_draft_contract_gets_no_upgrade(self):
        contract = self._create_contract()
        instance = self._create_instance(contract, series="17.0")
        with self.assertRaisesRegex(UserError, "is not running"):
            self._request(contract, instance_id=instance.id)

    def test_versions_are_checked(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            for series, message in (
                ("seventeen", "Write versions"),
                ("17.0", "not newer"),
                ("9.0", "not newer"),
            ):
                with self.assertRaisesRegex(ValidationError, message):
                    self._request(contract, to_series=series)
            upgrade = self._request(contract, to_series="saas~18.2")
            self.assertEqual(upgrade.version_steps, 1)

    def test_step_out_of_turn_says_where_the_upgrade_is(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            with self.assertRaisesRegex(UserError, "is Requested"):
                upgrade.action_start()
            upgrade.action_accept()
            with self.assertRaisesRegex(UserError, "is Accepted"):
                upgrade.action_accept()

    def test_decided_request_is_not_deleted(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            with self.assertRaises(AccessError):
                upgrade.unlink()
            upgrade.action_accept()
            with self.assertRaisesRegex(UserError, "Cancel"):
                upgrade.with_user(self.manager).unlink()

    def test_every_step_is_in_the_event_log(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
        events = contract.event_ids.filtered(
            lambda event: (event.model, event.res_id) == (upgrade._name, upgrade.id)
        ).sorted("id")
        moves = [(event.before, event.after) for event in events if event.after]
        self.assertEqual(
            moves,
            [
                ("Requested", "Accepted"),
                ("Accepted", "Started"),
                ("Started", "Testing"),
                ("Testing", "Done"),
            ],
        )
        self.assertEqual(events.user_id, self.consultant)

    def test_account_manager_is_asked_to_decide(self):
        with self._on("2027-03-01"):
            contract = self._create_running(
                billed_through="2027-02-28", user_id=self.manager.id
            )
            upgrade = self._request(contract)
            self.assertEqual(upgrade.activity_ids.user_id, self.manager)
            upgrade.action_accept()
            self.assertFalse(upgrade.activity_ids)

    @users("support_user")
    def test_contract_form_shows_a_line_of_years(self):
        with self._on("2028-03-01"):
            contract = self._create_running(billed_through="2028-02-29")
            self._request(contract)
            html = str(contract.with_env(self.env).upgrade_years)
        self.assertEqual(html.count("o_support_year "), 3)
        self.assertEqual(html.count("o_support_lapsed"), 1)
        self.assertEqual(html.count("o_support_reserved"), 1)
        self.assertEqual(html.count("o_support_left"), 1)
        self.assertIn("17.0", html)

    @users("support_user")
    def test_request_from_the_contract_fills_itself_in(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            action = contract.with_env(self.env).action_request_upgrade()
            form = Form(self.env[action["res_model"]].with_context(**action["context"]))
            self.assertEqual(form.from_series, "17.0")
            self.assertEqual(form.instance_id, contract.instance_ids)
            self.assertEqual(form.date_requested, date(2027, 3, 1))
            form.to_series = "19.0"
            self.assertEqual(form.save().right_status, "reserved")

    def test_other_company_sees_nothing(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            upgrade.trial_ids = [Command.create({"result": "passed"})]
            self._approve(upgrade, "acceptance")
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        stranger = self.manager.copy(
            {
                "login": "upgrade_stranger",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
        )
        for record in (
            upgrade,
            upgrade.trial_ids,
            upgrade.module_ids,
            upgrade.approval_ids,
        ):
            with self.subTest(model=record._name):
                found = self.env[record._name].with_user(stranger).search([])
                self.assertFalse(found & record.with_user(stranger))

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter

from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import tagged

from ..approving import release
from ..timekeeping import TimeCharges
from .test_support_scope_approval import SupportApprovalCommon
from .test_support_scope_properties import few

# Which of two tasks, the day of September, minutes.
ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 4), st.integers(5, 120)),
    min_size=1,
    max_size=5,
)
LIMITS = st.integers(1, 8)


@tagged("post_install", "-at_install")
class TestSupportScopeRelease(SupportApprovalCommon):
    """A yes covers the earliest days of work, whenever it is said. Clause R4."""

    def _stand(self, **vals):
        standing = self.env["support.work.approval"].create(
            {
                "name": "Each month",
                "contract_id": self.contract.id,
                "is_standing": True,
                "partner_id": self.boss.id,
                **vals,
            }
        )
        standing.action_send()
        standing._accept(self.boss, "Eva", "portal")
        return standing

    def _get_charges(self, tasks):
        days = self.env["support.charge.day"].search(
            [("work_model", "=", "project.task"), ("work_id", "in", tasks.ids)]
        )
        return days.charge_id

    def _get_covered(self, tasks):
        """({(task, day): billed minutes} that a yes covers, and that wait)."""
        covered, waiting = Counter(), Counter()
        for day in self._get_charges(tasks).day_ids:
            found = waiting if day.charge_id.state == "approval" else covered
            place = tasks.ids.index(day.work_id), day.date.day
            found[place] += day.billed_minutes
        return +covered, +waiting

    def test_days_of_all_charges_in_their_order(self):
        """Two hours a month: the 1st and the 10th, not the 1st and the 20th."""
        first, second = self._create_task(), self._create_task()
        for task, day in ((first, 1), (first, 20), (second, 10)):
            self._log(task, 60, f"2026-09-{day:02}")
        self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            self._stand(hours=2.0)
        self.assertEqual(
            self._get_covered(first | second),
            ({(0, 1): 60, (1, 10): 60}, {(0, 20): 60}),
        )

    def test_half_an_hour_of_the_estimate_waits(self):
        """2 h, 150 billed minutes: 120 to invoice, 30 wait; the latest."""
        self._agree("time_increment", 10)
        for late in (False, True):
            task = self._create_task()
            if not late:
                with freeze_time("2026-09-05 09:00:00"):
                    self._approve(task, 2.0)
            for day in (12, 11, 10):
                self._log(task, 50, f"2026-09-{day}")
            self._run_cron("2026-11-01" if late else "2026-10-01")
            if late:
                with freeze_time("2026-11-05 09:00:00"):
                    self._approve(task, 2.0)
            charges = self._get_charges(task)
            self.assertEqual(
                self._get_covered(task),
                ({(0, 10): 50, (0, 11): 50, (0, 12): 20}, {(0, 12): 30}),
            )
            self.assertEqual(sum(charges.mapped("amount")), 3037.5)
            self.assertEqual(
                {one.state: one.amount for one in charges},
                {"pending" if late else "invoiced": 2430.0, "approval": 607.5},
            )

    def _check_covered(self, price, minutes, expected):
        """2 h at a price that is no whole öre a minute, less 10 %.

        :param minutes: of the days from the 10th on
        :param expected: (minutes that are invoiced, that wait)
        """
        self._agree("price", price, type_id=self.consulting.id)
        self._agree("time_increment", 15)
        task = self._create_task()
        with freeze_time("2026-09-05 09:00:00"):
            self._approve(task, 2.0)
        for day, one in enumerate(minutes, 10):
            self._log(task, one, f"2026-09-{day}")
        self._bill_september()
        found = [sum(one.values()) for one in self._get_covered(task)]
        self.assertEqual(found, list(expected))
        # What is there is covered again, as it was.
        days = self._get_charges(task).day_ids
        release(self.contract)
        self.assertEqual(self._get_charges(task).day_ids, days)
        return self._get_charges(task)

    def test_estimate_of_days_that_round_one_by_one(self):
        """4 × 555.525 are 4 × 555.53, and 2 h are 2,222.10."""
        charge = self._check_covered(1234.5, [30] * 4, (120, 0))
        self.assertEqual(charge.amount, 2222.12)

    def test_estimate_of_one_day_that_is_cut(self):
        charges = self._check_covered(1234.5, [150], (120, 30))
        self.assertEqual(sorted(charges.mapped("amount")), [555.53, 2222.1])

    def test_estimate_of_quarters_of_an_hour(self):
        """8 × 223.875 are 8 × 223.88."""
        self.assertEqual(self._check_covered(995, [15] * 8, (120, 0)).amount, 1791.04)

    def test_estimate_of_two_days_that_round(self):
        self._check_covered(905, [45, 75], (120, 0))

    def test_earlier_work_that_comes_late_takes_the_yes(self):
        """Not from what is invoiced, but from what waits for its invoice."""
        task = self._create_task()
        self._log(task, 60, "2026-09-10")
        self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            approval = self._approve(task, 1.0)
        charge = self._get_charges(task)
        self.assertEqual(charge.state, "pending")
        self._log(task, 60, "2026-09-08")
        self._run_cron("2026-11-01")
        self.assertEqual(self._get_covered(task), ({(0, 8): 60}, {(0, 10): 60}))
        self.assertRecordValues(charge, [{"state": "approval", "approval_id": False}])
        self.assertEqual(approval.minutes_used, 60)
        self._log(task, 60, "2026-09-07")
        self._run_cron("2026-12-01")
        self.assertEqual(
            self._get_covered(task), ({(0, 8): 60}, {(0, 7): 60, (0, 10): 60})
        )

    def test_late_minutes_of_a_day_that_was_cut_off(self):
        """Its time went along: 65 minutes of the 11th are 90, 30 more than charged."""
        task = self._create_task()
        self._log(task, 60, "2026-09-10")
        line = self._log(task, 60, "2026-09-11")
        charge = self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            self._approve(task, 1.0)
        rest = self._get_charges(task) - charge
        self.assertEqual(line.support_charge_id, rest)
        late = self._log(task, 5, "2026-09-11")
        self._run_cron("2026-11-01")
        self.assertEqual(late.support_charge_id.amount, 607.5)
        self.assertEqual(self._get_covered(task), ({(0, 10): 60}, {(0, 11): 90}))

    def test_nothing_new_changes_nothing(self):
        task, other = self._create_task(), self._create_task()
        for day, minutes in ((10, 90), (11, 30), (12, 60)):
            self._log(task, minutes, f"2026-09-{day}")
            self._log(other, minutes, f"2026-09-{day}")
        self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            self._stand(hours=2.5)
            self._approve(other, 0.5)
        charges = self._get_charges(task | other)
        days = charges.day_ids
        release(self.contract)
        self.assertEqual(self._get_charges(task | other).day_ids, days)

    def _charge_open(self, tasks):
        """What a run does before it invoices."""
        lines = tasks.timesheet_ids.filtered(lambda one: not one.support_charge_id)
        release(self.contract)
        for vals, _evidence in TimeCharges(self.contract, lines).prepare():
            self.env["support.charge"].sudo().create(vals)

    @given(ROWS, LIMITS, st.booleans(), st.permutations(range(5)), st.data())
    @few
    def test_order_of_logging_and_of_the_yes_covers_the_same(
        self, rows, halves, standing, order, data
    ):
        """All logged and charged, then the yes; or in any order, in many goes."""

        def say_yes(tasks):
            if standing:
                return self._stand(hours=halves / 2)
            return self._approve(tasks[0], halves / 2)

        def begin():
            """Tasks whose yes is not the yes of those before."""
            self.contract.approval_ids.sudo()._with_permission().objection = "x"
            return self._create_task() | self._create_task()

        once = begin()
        for task, day, minutes in rows:
            self._log(once[task], minutes, f"2026-09-{day:02}")
        self._charge_open(once)
        say_yes(once)
        expected = self._get_covered(once)
        # Standing ones cover all work: what was there before is not there any more.
        self._get_charges(once).sudo().write({"state": "waived"})

        many = begin()
        steps = [rows[place] for place in order if place < len(rows)] + ["yes"]
        moment = data.draw(st.integers(0, len(rows)))
        steps.insert(moment, steps.pop())
        for step in steps:
            if step == "yes":
                say_yes(many)
            else:
                task, day, minutes = step
                self._log(many[task], minutes, f"2026-09-{day:02}")
            if data.draw(st.booleans()):
                self._charge_open(many)
        self._charge_open(many)
        self.assertEqual(self._get_covered(many), expected)
        amounts = self._get_charges(many).mapped("amount")
        whole = self._get_charges(once).mapped("amount")
        self.assertAlmostEqual(sum(amounts), sum(whole), 2)
        self._get_charges(many).sudo().write({"state": "waived"})

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged

from ..facts import FactFinder
from ..timekeeping import TimeCharges
from .common import SupportScopeCommon

DAYS = ("2026-09-10", "2026-09-11")
CATEGORIES = ("new_configuration", "user_advice", "technical_environment", "new_app")
entries = st.lists(
    st.tuples(
        st.integers(0, 150),
        st.sampled_from(DAYS),
        st.sampled_from(("consulting", "lead")),
        st.sampled_from((None, "technical_environment")),
    ),
    min_size=1,
    max_size=6,
)
few = settings(
    max_examples=25,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@tagged("post_install", "-at_install")
class TestSupportScopeProperties(SupportScopeCommon):
    """What holds for any time that is logged."""

    def _log_all(self, task, rows):
        lines = self.env["account.analytic.line"]
        for number, (minutes, day, kind, category) in enumerate(rows):
            lines |= self._log(
                task,
                minutes,
                day,
                (self.anna, self.bo)[number % 2],
                support_type_id=getattr(self, kind).id,
                support_category_id=category and self._category(category).id,
            )
        return lines

    def _price(self, lines):
        """[(period, billed minutes, amount)] of the charges that they would become."""
        billed = lines.filtered("support_by_hours")
        found = TimeCharges(self.contract, billed).prepare() if billed else []
        return sorted(
            (
                vals["time_terms"]["type_id"],
                sum(day[2]["billed_minutes"] for day in vals["day_ids"]),
                vals["amount"],
            )
            for vals, _evidence in found
        )

    @given(entries, st.randoms(use_true_random=False))
    @few
    def test_order_of_logging_never_changes_the_price(self, rows, random):
        other = list(rows)
        random.shuffle(other)
        first, second = self._create_task(), self._create_task()
        self.assertEqual(
            self._price(self._log_all(first, rows)),
            self._price(self._log_all(second, other)),
        )

    @given(entries, st.integers(0, 6))
    @few
    def test_parts_of_a_day_cost_what_the_day_costs(self, rows, cut):
        """Charged in two goes, as late minutes are, or at once."""
        whole, parts = self._create_task(), self._create_task()
        expected = self._price(self._log_all(whole, rows))
        amounts, minutes = [], []
        for part in (rows[:cut], rows[cut:]):
            lines = self._log_all(parts, part).filtered("support_by_hours")
            if not lines:
                continue
            for vals, _evidence in TimeCharges(self.contract, lines).prepare():
                charge = self.env["support.charge"].sudo().create(vals)
                amounts.append(charge.amount)
                minutes += charge.day_ids.mapped("billed_minutes")
        self.assertEqual(sum(minutes), sum(one[1] for one in expected))
        self.assertAlmostEqual(sum(amounts), sum(one[2] for one in expected), 2)

    @given(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=8))
    @few
    def test_verdict_depends_on_its_own_facts_alone(self, codes):
        tasks = self.env["project.task"].create(
            [
                {
                    "name": code,
                    "project_id": self.project.id,
                    "scope_category_id": self._category(code).id,
                }
                for code in codes
            ]
        )
        cases = [task._prepare_case(self.contract.date_start) for task in tasks]
        together = FactFinder(self.env, cases).judge()
        alone = [FactFinder(self.env, [case]).judge()[0] for case in cases]
        self.assertEqual(together, alone)
        self.assertEqual(
            tasks.mapped("scope_verdict"),
            [answer.verdict for _facts, answer in together],
        )

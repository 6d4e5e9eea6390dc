# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The earliest end of a service after notice. Clause R1."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standalone import load

notice = load("support_contract.notice")
periods = load("support_contract.periods")

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("given_on", "start", "min_end", "months", "to_month_end", "expected", "rule"),
    [
        # Inside the minimum term: its last day.
        ("2026-11-23", "2026-09-12", "2027-09-11", 0, True, "2027-09-11", "min_term"),
        # After it: the running month.
        ("2027-10-05", "2026-09-12", "2027-09-11", 0, True, "2027-10-31", "month_end"),
        # 29 February is a month's end.
        ("2028-02-01", "2026-09-12", None, 0, True, "2028-02-29", "month_end"),
        # Three months from 30 November are over on 28 February.
        ("2026-11-30", "2026-01-01", None, 3, False, "2027-02-28", "notice"),
        ("2026-11-30", "2026-01-01", None, 3, True, "2027-02-28", "month_end"),
        # Before it has begun.
        ("2026-11-30", "2027-03-10", None, 0, True, "2027-03-10", "start"),
        # On the last day of the minimum term, without running to a month's end.
        ("2027-09-11", "2026-09-12", "2027-09-11", 0, False, "2027-09-11", "min_term"),
    ],
)
def test_worked_cases(given_on, start, min_end, months, to_month_end, expected, rule):
    end = notice.earliest_end(
        date.fromisoformat(given_on),
        start=date.fromisoformat(start),
        min_end=min_end and date.fromisoformat(min_end),
        months=months,
        to_month_end=to_month_end,
    )
    assert end == (date.fromisoformat(expected), rule)


@given(
    DAYS, DAYS, st.none() | DAYS, st.integers(0, 12), st.booleans(), st.integers(0, 400)
)
def test_end_respects_every_rule_and_never_moves_back(
    day, start, min_end, months, to_month_end, later
):
    knobs = {
        "start": start,
        "min_end": min_end,
        "months": months,
        "to_month_end": to_month_end,
    }
    end = notice.earliest_end(day, **knobs)
    assert end.day >= start
    assert end.day >= periods.shift_months(day, months)
    assert not min_end or end.day >= min_end
    if end.rule == "month_end":
        assert (end.day + timedelta(days=1)).day == 1
    # Waiting with the notice never ends a service sooner.
    assert notice.earliest_end(day + timedelta(days=later), **knobs).day >= end.day

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
    assert end[:2] == (date.fromisoformat(expected), rule)
    assert end.missed is None


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


# -- agreements that renew ------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_on", "start", "min_end", "renewal", "months", "expected", "missed"),
    [
        # 36 months from 2018-09-27, then 12 at a time, notice three months before.
        ("2020-01-15", "2018-09-27", "2021-09-26", 12, 3, "2021-09-26", None),
        ("2021-06-26", "2018-09-27", "2021-09-26", 12, 3, "2021-09-26", None),
        ("2021-06-27", "2018-09-27", "2021-09-26", 12, 3, "2022-09-26", "2021-09-26"),
        ("2021-09-27", "2018-09-27", "2021-09-26", 12, 3, "2022-09-26", None),
        ("2022-06-27", "2018-09-27", "2021-09-26", 12, 3, "2023-09-26", "2022-09-26"),
        # Three months are counted forwards, and cut to the length of their month.
        ("2026-08-31", "2025-12-01", "2026-11-30", 12, 3, "2026-11-30", None),
        ("2026-09-01", "2025-12-01", "2026-11-30", 12, 3, "2027-11-30", "2026-11-30"),
        ("2025-11-30", "2025-03-01", "2026-02-28", 12, 3, "2026-02-28", None),
        ("2025-12-01", "2025-03-01", "2026-02-28", 12, 3, "2027-02-28", "2026-02-28"),
        # Terms are counted from the first day: they do not drift after a short month.
        ("2027-01-01", "2026-08-31", "2027-02-27", 6, 0, "2027-02-27", None),
        ("2027-03-01", "2026-08-31", "2027-02-27", 6, 0, "2027-08-30", None),
        # 29 February: a day of its own every fourth year.
        ("2027-06-01", "2024-02-29", "2025-02-27", 12, 3, "2028-02-28", None),
        # The first term was agreed by its last day: the next ones follow on it.
        ("2027-01-01", "2026-03-15", "2026-12-31", 12, 3, "2027-12-31", None),
        # No minimum term: the first term is as long as the others.
        ("2026-03-01", "2026-03-15", None, 12, 3, "2027-03-14", None),
        # Without a notice period the last day of the term is in time.
        ("2027-03-14", "2026-03-15", None, 12, 0, "2027-03-14", None),
    ],
)
def test_renewing_service_ends_with_a_term(
    given_on, start, min_end, renewal, months, expected, missed
):
    end = notice.earliest_end(
        date.fromisoformat(given_on),
        start=date.fromisoformat(start),
        min_end=min_end and date.fromisoformat(min_end),
        months=months,
        # Which says nothing here: the term decides.
        to_month_end=True,
        renewal=renewal,
    )
    first = expected == min_end
    assert end == (
        date.fromisoformat(expected),
        "min_term" if first else "renewal",
        missed and date.fromisoformat(missed),
    )


@pytest.mark.parametrize(
    ("end", "months", "last"),
    [
        ("2021-09-26", 3, "2021-06-26"),
        ("2026-11-30", 3, "2026-08-31"),
        ("2026-02-28", 3, "2025-11-30"),
        ("2028-02-28", 3, "2027-11-28"),
        ("2028-02-29", 3, "2027-11-30"),
        ("2026-03-30", 1, "2026-02-28"),
        ("2026-03-15", 0, "2026-03-15"),
    ],
)
def test_last_day_of_notice(end, months, last):
    day = notice.last_notice_day(date.fromisoformat(end), months)
    assert day == date.fromisoformat(last)


@given(DAYS, st.integers(0, 24))
def test_last_day_of_notice_is_the_last_one_in_time(end, months):
    last = notice.last_notice_day(end, months)
    assert periods.shift_months(last, months) <= end
    assert periods.shift_months(last + timedelta(days=1), months) > end


@given(
    DAYS,
    DAYS,
    st.none() | st.integers(0, 4000),
    st.integers(0, 12),
    st.integers(1, 36),
    st.integers(0, 400),
)
def test_terms_follow_on_each_other(day, start, bound, months, renewal, later):
    """Each notice ends a term that it is in time for, and no term before it is."""
    min_end = None if bound is None else start + timedelta(days=bound)
    knobs = {"start": start, "min_end": min_end, "months": months, "renewal": renewal}
    end = notice.earliest_end(day, **knobs)
    assert end.day >= (min_end or start)
    assert end.rule == ("min_term" if end.day == min_end else "renewal")
    assert day <= notice.last_notice_day(end.day, months)
    # On its last day of notice a term is still the one that ends; a day later it is
    # the next one, whole months after it or a few days more or less.
    last = notice.last_notice_day(end.day, months)
    assert notice.earliest_end(last, **knobs).day == end.day
    following = notice.earliest_end(last + timedelta(days=1), **knobs).day
    exact = periods.shift_months(end.day, renewal)
    assert following > end.day
    assert abs((following - exact).days) <= 3
    assert notice.earliest_end(day + timedelta(days=later), **knobs).day >= end.day
    if end.missed:
        assert day <= end.missed < end.day
        assert notice.last_notice_day(end.missed, months) < day


@given(st.integers(1, 36), st.integers(1, 36), st.integers(0, 9), DAYS)
def test_terms_are_counted_from_the_first_day(first, renewal, number, start):
    """However many came before: none of them moves the days of the next one."""
    min_end = periods.anchored_period(start, 0, first).end
    expected = periods.shift_months(start, first + number * renewal)
    expected -= timedelta(days=1)
    end = notice.earliest_end(expected, start=start, min_end=min_end, renewal=renewal)
    assert end.day == expected

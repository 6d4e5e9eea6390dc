# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which line count a period's fee comes from. Clause R2."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standalone import load

count_day = load("support_instance.count_day")
CountInfo, PeriodCount = count_day.CountInfo, count_day.PeriodCount
P = date(2026, 11, 1)
ONE_DAY = timedelta(days=1)


def made(number, day, decided=None, seen=None, approved=True):
    """A count; approved on its own day unless said otherwise."""
    day = date.fromisoformat(day)
    return CountInfo(
        number,
        day,
        date.fromisoformat(seen) if seen else day,
        approved,
        (date.fromisoformat(decided) if decided else day) if approved else None,
    )


def govern(*counts, begin=P, days=7, max_age=92, today=None):
    found = count_day.count_for_period(
        counts, begin=begin, days=days, max_age=max_age, today=today or begin
    )
    return found.count and found.count.id, found.rule, found.provisional


OLD = made(1, "2026-09-24")
WAITING = made(2, "2026-10-25", approved=False)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # The period begins on 1 November, so 25 October is the count day.
        ([OLD, made(2, "2026-10-25")], (2, "count_day", False)),
        # A day before is too early, the last day of October is in time.
        ([made(2, "2026-10-24")], (2, "earlier", True)),
        ([OLD, made(2, "2026-10-31")], (2, "count_day", False)),
        # Later ones of the same period do not change an announced fee.
        ([made(2, "2026-10-25"), made(3, "2026-10-28")], (2, "count_day", False)),
        # Read on the count day, and the code was still the same.
        ([made(1, "2026-03-01", seen="2026-10-25")], (1, "count_day", False)),
        # Approved on the last day before, or on the first day of the period.
        ([OLD, made(2, "2026-10-25", "2026-10-31")], (2, "count_day", False)),
        ([OLD, made(2, "2026-10-25", "2026-11-01")], (1, "earlier", False)),
        # Still waits, or was rejected: the last approved one, and that is final.
        ([OLD, WAITING], (1, "earlier", False)),
        # The source was dead from the count day on.
        ([OLD], (1, "earlier", True)),
        # It came back: nothing is charged by an old count that is known to be old.
        ([OLD, made(2, "2026-11-05")], (2, "late", False)),
        ([OLD, made(2, "2026-11-05"), made(3, "2026-11-09")], (2, "late", False)),
        ([OLD, made(2, "2026-11-05", approved=False)], (1, "earlier", True)),
        # 1 August to 1 November are 92 days, 31 July is one more.
        ([made(1, "2026-08-01")], (1, "earlier", True)),
        ([made(1, "2026-07-31")], (1, "too_old", False)),
        ([made(1, "2026-07-31"), WAITING], (1, "too_old", False)),
        # Whoever comes later helps where nothing else does.
        (
            [made(1, "2026-07-31"), made(2, "2026-10-25", "2026-11-03")],
            (2, "late", False),
        ),
        # The first fee: whenever it was made.
        ([made(4, "2026-11-20")], (4, "first", False)),
        ([made(4, "2026-10-20", "2026-11-20")], (4, "first", False)),
        ([made(4, "2026-11-20"), made(5, "2026-11-25")], (4, "first", False)),
        ([WAITING], (None, "missing", False)),
        ([], (None, "missing", False)),
    ],
)
def test_r02_worked_cases(counts, expected):
    assert govern(*counts, today=date(2026, 12, 1)) == expected


def test_r02_period_to_come_takes_what_is_known():
    january = date(2027, 1, 1)
    october = [made(1, "2026-06-01"), made(2, "2026-10-02")]
    # However far away it is, and however old the count.
    assert govern(*october, begin=january, today=P) == (2, "latest", False)
    assert govern(*october[:1], begin=january, today=P) == (1, "latest", False)
    assert govern(begin=january, today=P) == (None, "missing", False)
    # Its count day has come, and what is counted from then on decides.
    counts = [*october, made(3, "2026-12-26")]
    assert govern(*counts, begin=january, today=date(2026, 12, 26))[0] == 3


def test_r02_count_day_on_the_first_day_itself():
    """0 days before: the count of the first day, as soon as it is there."""
    assert govern(OLD, days=0) == (1, "earlier", True)
    assert govern(OLD, made(2, "2026-11-01"), days=0) == (2, "late", False)
    same = made(1, "2026-09-24", seen="2026-11-01")
    assert govern(same, days=0) == (1, "count_day", False)


def test_r02_count_day_28_days_before():
    """28 days before 1 March 2027 is 1 February, before 29 February 2028 the 1st."""
    for begin, first in (("2027-03-01", "2027-02-01"), ("2028-02-29", "2028-02-01")):
        begin = date.fromisoformat(begin)
        before = made(1, str(date.fromisoformat(first) - ONE_DAY))
        for counts, expected in (
            ([before, made(2, first)], (2, "count_day", False)),
            ([before], (1, "earlier", True)),
        ):
            assert govern(*counts, begin=begin, days=28) == expected


def test_a_time_of_day_is_refused():
    with pytest.raises(ValueError, match="begin"):
        govern(begin="2026-11-01", today=P)


DAYS = st.dates(date(2026, 6, 1), date(2027, 3, 31))


@st.composite
def histories(draw):
    """Counts of one instance, as the counter and the approvers leave them.

    The code is read on some days; each reading finds what was there before or
    something new. Approving one closes those that wait before it.
    """
    counts, known = [], None
    for number, day in enumerate(sorted(draw(st.lists(DAYS, unique=True)))):
        if known is not None and draw(st.booleans()):
            counts[known] = counts[known] | {"seen": day}
            continue
        known = number
        wait = draw(st.one_of(st.none(), st.integers(0, 40)))
        decided = wait is not None and day + timedelta(days=wait)
        if decided:
            for count in counts:
                if count["decided"] and count["decided"] > decided:
                    count["decided"] = None
        counts.append({"id": number, "made": day, "seen": day, "decided": decided})
        known = len(counts) - 1
    return counts


def at(counts, today):
    """What was known of these counts in the evening of a day."""
    return [
        CountInfo(
            count["id"],
            count["made"],
            min(count["seen"], today),
            bool(count["decided"] and count["decided"] <= today),
            count["decided"] if count["decided"] else None,
        )
        for count in counts
        if count["made"] <= today
    ]


@given(histories(), DAYS, st.integers(0, 28), st.integers(0, 120), DAYS, DAYS)
def test_r02_what_is_final_stays(counts, begin, days, max_age, one, other):
    """Neither later counts nor later decisions change a fee once its period began."""
    earlier, later = sorted((one, other))
    if earlier < begin:
        return
    before, after = (
        count_day.count_for_period(
            at(counts, today), begin=begin, days=days, max_age=max_age, today=today
        )
        for today in (earlier, later)
    )
    if before.is_known and not before.provisional:
        assert after.count.id == before.count.id


@given(histories(), DAYS, st.integers(0, 28), st.integers(0, 120), DAYS)
def test_r02_nothing_unapproved_or_too_old_is_charged(
    counts, begin, days, max_age, today
):
    known = at(counts, today)
    found = count_day.count_for_period(
        known, begin=begin, days=days, max_age=max_age, today=today
    )
    if not found.is_known:
        return
    assert found.count.approved
    if found.rule == "count_day":
        assert found.count.decided < begin
        assert found.count.seen >= begin - timedelta(days=days)
    if found.rule == "earlier":
        assert (begin - found.count.seen).days <= max_age
    if found.provisional:
        # Nobody has read the code in time, or knows what it was.
        assert not any(
            count.made < begin and count.seen >= begin - timedelta(days=days)
            for count in known
        )
    if any(count.approved for count in known) and today < begin:
        assert found.rule in ("count_day", "latest")

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Periods: days worked by hand on a calendar, and properties that hold for all days."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from standalone import load

periods = load("support_contract.periods")
billing = load("support_contract_billing.periods")
pricing = load("support_contract_billing.pricing")

ONE_DAY = periods.ONE_DAY
Period = periods.Period
anchored_period = periods.anchored_period
period_index = periods.period_index
BillingPeriod = billing.BillingPeriod
Part = pricing.Part
Schedule = billing.Schedule

ARREARS = Schedule()
ADVANCE = Schedule(timing="advance")
ANNIVERSARY = Schedule(calendar="anniversary")


def day(text):
    return date.fromisoformat(text)


def span(text):
    """Period of "first last"."""
    return Period(*map(day, text.split()))


def due(schedule=ARREARS, **dates):
    """Covered days, as text, of what is billable."""
    dates = {key: value and day(value) for key, value in dates.items()}
    return [
        f"{period.covered.start} {period.covered.end}"
        for period in billing.billable_periods(schedule, **dates)
    ]


# --------------------------------------------------------------------------------------
# By hand: anchored periods
# --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("anchor", "months", "expected"),
    [
        # The 31st comes back after every shorter month.
        (
            "2026-01-31",
            1,
            [
                "2026-01-31 2026-02-27",
                "2026-02-28 2026-03-30",
                "2026-03-31 2026-04-29",
                "2026-04-30 2026-05-30",
                "2026-05-31 2026-06-29",
            ],
        ),
        # In a leap year February has a 29th for the 30th and the 31st alike.
        ("2027-12-30", 1, ["2027-12-30 2028-01-29", "2028-01-30 2028-02-28"]),
        # A leap day comes back every fourth year.
        (
            "2024-02-29",
            12,
            [
                "2024-02-29 2025-02-27",
                "2025-02-28 2026-02-27",
                "2026-02-28 2027-02-27",
                "2027-02-28 2028-02-28",
                "2028-02-29 2029-02-27",
            ],
        ),
        ("2026-11-12", 12, ["2026-11-12 2027-11-11", "2027-11-12 2028-11-11"]),
        ("2026-11-12", 24, ["2026-11-12 2028-11-11", "2028-11-12 2030-11-11"]),
    ],
)
def test_r08_periods_do_not_drift(anchor, months, expected):
    assert [
        anchored_period(day(anchor), index, months) for index in range(len(expected))
    ] == [span(text) for text in expected]


def test_r01_minimum_term_of_twelve_months_ends_the_day_before():
    assert anchored_period(day("2026-11-12"), 0).end == day("2027-11-11")
    assert anchored_period(day("2027-03-01"), 0).end == day("2028-02-29")


@pytest.mark.parametrize(
    ("anchor", "when", "index"),
    [
        ("2024-02-29", "2024-02-29", 0),
        ("2024-02-29", "2025-02-27", 0),
        ("2024-02-29", "2025-02-28", 1),
        ("2024-02-29", "2028-02-28", 3),
        ("2024-02-29", "2028-02-29", 4),
        ("2024-02-29", "2024-02-28", -1),
        ("2024-02-29", "2023-02-28", -1),
        ("2024-02-29", "2023-02-27", -2),
    ],
)
def test_r08_index_changes_on_the_first_day_of_a_period(anchor, when, index):
    assert period_index(day(anchor), day(when)) == index


def test_period_before_the_anchor():
    assert anchored_period(day("2026-03-31"), -1, 1) == span("2026-02-28 2026-03-30")


def test_calendar_months():
    assert periods.calendar_month(day("2028-02-10")) == span("2028-02-01 2028-02-29")
    assert periods.calendar_month(day("9999-12-31")) == span("9999-12-01 9999-12-31")


def test_closed_interval_holds_both_of_its_ends():
    period = span("2026-11-12 2026-11-30")
    assert period.days == 19
    assert day("2026-11-12") in period
    assert day("2026-11-30") in period
    assert day("2026-11-11") not in period
    assert day("2026-12-01") not in period
    assert span("2026-11-12 2026-11-12").days == 1


def test_clip():
    november = span("2026-11-01 2026-11-30")
    assert november.clip() == november
    assert november.clip(False, False) == november  # empty fields of Odoo
    assert november.clip(start=day("2026-11-12")) == span("2026-11-12 2026-11-30")
    assert november.clip(end=day("2026-11-01")) == span("2026-11-01 2026-11-01")
    assert november.clip(start=day("2026-12-01")) is None
    assert november.clip(end=day("2026-10-31")) is None


# --------------------------------------------------------------------------------------
# By hand: billing
# --------------------------------------------------------------------------------------
def test_r01_in_arrears_a_month_is_due_on_the_day_after_it():
    assert due(start="2026-11-01", today="2026-11-30") == []
    assert due(start="2026-11-01", today="2026-12-01") == ["2026-11-01 2026-11-30"]


def test_r01_start_on_12_november_is_19_of_30_days():
    (period,) = billing.billable_periods(
        ARREARS, start=day("2026-11-12"), today=day("2026-12-01")
    )
    assert period == BillingPeriod(
        full=span("2026-11-01 2026-11-30"),
        covered=span("2026-11-12 2026-11-30"),
        due=day("2026-12-01"),
    )
    assert period.part == Part(12, 30, 30)
    price = pricing.stepped_price(12_345, 180, step=100, unit="lines", part=period.part)
    assert str(price.amount) == "14136.00"


def test_r03_service_that_ends_in_a_month_is_due_with_the_others():
    dates = {"start": "2026-11-01", "end": "2026-11-10"}
    assert due(**dates, today="2026-11-30") == []
    assert due(**dates, today="2026-12-01") == ["2026-11-01 2026-11-10"]
    assert due(**dates, today="2027-12-01") == ["2026-11-01 2026-11-10"]


def test_in_advance_a_month_is_due_on_its_first_day():
    months = ["2026-11-12 2026-11-30", "2026-12-01 2026-12-31"]
    assert due(ADVANCE, start="2026-11-12", today="2026-11-30") == months[:1]
    assert due(ADVANCE, start="2026-11-12", today="2026-12-01") == months


def test_in_advance_nothing_is_due_before_the_service_begins():
    assert due(ADVANCE, start="2026-11-12", today="2026-11-11") == []
    assert due(ADVANCE, start="2026-11-12", today="2026-11-12") != []


def test_anniversaries_start_on_the_day_of_the_service():
    assert due(ANNIVERSARY, start="2026-01-31", today="2026-03-31") == [
        "2026-01-31 2026-02-27",
        "2026-02-28 2026-03-30",
    ]


def test_anniversaries_can_follow_the_contract():
    # The contract started on the 5th: the service's first period is the part of one.
    (period,) = billing.billable_periods(
        ANNIVERSARY,
        start=day("2026-11-12"),
        today=day("2026-12-05"),
        anchor=day("2026-01-05"),
    )
    assert period.full == span("2026-11-05 2026-12-04")
    assert period.covered == span("2026-11-12 2026-12-04")
    assert period.part == Part(8, 30, 30)


def test_anniversaries_stay_where_they_are_when_billed_through_a_middle_day():
    # Taken over with 10 February billed: the rest of 28 January - 27 February.
    (period,) = billing.billable_periods(
        ANNIVERSARY,
        start=day("2025-05-28"),
        billed_through=day("2026-02-10"),
        today=day("2026-02-28"),
    )
    assert period.full == span("2026-01-28 2026-02-27")
    assert period.covered == span("2026-02-11 2026-02-27")
    assert period.part == Part(15, 31, 31)


def test_every_missed_month_has_its_own_period():
    assert due(start="2025-06-01", billed_through="2026-11-30", today="2027-03-15") == [
        "2026-12-01 2026-12-31",
        "2027-01-01 2027-01-31",
        "2027-02-01 2027-02-28",
    ]


def test_nothing_up_to_billed_through_is_charged_again():
    dates = {"start": "2026-11-01", "today": "2026-12-01"}
    assert due(**dates, billed_through="2026-11-30") == []
    assert due(**dates, billed_through="2026-11-29") == ["2026-11-30 2026-11-30"]
    assert due(**dates, billed_through="2027-06-30") == []
    assert due(**dates, billed_through="2020-01-01") == ["2026-11-01 2026-11-30"]


def test_billed_to_its_end_leaves_nothing():
    dates = {"start": "2026-11-01", "end": "2026-11-10", "today": "2027-01-01"}
    assert due(**dates, billed_through="2026-11-10") == []
    assert due(**dates, billed_through="2026-11-30") == []


@pytest.mark.parametrize("schedule", [ARREARS, ADVANCE, ANNIVERSARY])
@pytest.mark.parametrize("end", ["2026-11-11", "2026-10-01", "2020-01-01"])
def test_end_before_the_start_gives_nothing(schedule, end):
    assert due(schedule, start="2026-11-12", end=end, today="2030-01-01") == []


@pytest.mark.parametrize("schedule", [ARREARS, ADVANCE, ANNIVERSARY])
def test_future_start_gives_nothing(schedule):
    assert due(schedule, start="2026-11-12", today="2026-11-01") == []
    assert due(schedule, start="2030-11-12", today="2026-11-01") == []


def test_one_day_of_service():
    assert due(start="2028-02-29", end="2028-02-29", today="2028-03-01") == [
        "2028-02-29 2028-02-29"
    ]


def test_months_in_which_clocks_change_count_calendar_days():
    # Sweden 2026: summer time from 29 March to 25 October.
    (march,) = billing.billable_periods(
        ARREARS, start=day("2026-03-29"), end=day("2026-03-31"), today=day("2026-04-01")
    )
    (october,) = billing.billable_periods(
        ARREARS, start=day("2026-10-25"), end=day("2026-10-25"), today=day("2026-11-01")
    )
    assert (march.part, october.part) == (Part(29, 31, 31), Part(25, 25, 31))


def test_whole_period_of_a_day():
    when = day("2026-11-20")
    anchor = day("2026-01-31")
    assert billing.period_of(ARREARS, when, anchor) == span("2026-11-01 2026-11-30")
    assert billing.period_of(ANNIVERSARY, when, anchor) == span("2026-10-31 2026-11-29")


# --------------------------------------------------------------------------------------
# Input that is refused
# --------------------------------------------------------------------------------------
@pytest.mark.parametrize("bad", [None, False, "2026-11-12", datetime(2026, 11, 12)])
@pytest.mark.parametrize(
    "call",
    [
        lambda bad: anchored_period(bad, 0),
        lambda bad: period_index(bad, date(2026, 1, 1)),
        lambda bad: period_index(date(2026, 1, 1), bad),
        lambda bad: billing.billable_periods(ARREARS, start=bad, today=date.max),
        lambda bad: billing.billable_periods(ARREARS, start=date.min, today=bad),
    ],
)
def test_only_plain_dates_are_days(call, bad):
    with pytest.raises(ValueError, match="pass a date without a time"):
        call(bad)


@pytest.mark.parametrize("months", [0, -1, 1.5, None])
def test_length_of_a_period_is_a_whole_number(months):
    for call in (anchored_period, period_index):
        argument = 0 if call is anchored_period else date(2026, 1, 1)
        with pytest.raises(ValueError, match="whole number of 1 or more"):
            call(date(2026, 1, 1), argument, months)


def test_period_that_ends_before_it_starts_is_refused():
    with pytest.raises(ValueError, match="give an end that is the start or later"):
        span("2026-11-12 2026-11-11")


def test_days_outside_the_calendar_are_refused():
    with pytest.raises(ValueError, match="leaves the calendar"):
        anchored_period(date(2026, 1, 1), 8000)


def test_schedules_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="choose one of"):
        Schedule(calendar="lunar")
    with pytest.raises(ValueError, match="choose one of"):
        Schedule(timing="never")


# --------------------------------------------------------------------------------------
# Properties
# --------------------------------------------------------------------------------------
any_day = st.dates(date(1990, 1, 1), date(2090, 12, 31))
# Days on which month arithmetic goes wrong, more often than chance would.
awkward_day = st.one_of(
    any_day,
    any_day.map(lambda d: d.replace(month=1, day=31)),
    any_day.map(lambda d: date(d.year // 4 * 4, 2, 29)),
    any_day.map(lambda d: (d.replace(day=1) - ONE_DAY)),
)
lengths = st.integers(1, 36)
indexes = st.integers(-200, 200)
schedules = st.builds(
    Schedule, st.sampled_from(billing.CALENDARS), st.sampled_from(billing.TIMINGS)
)


@given(awkward_day, indexes, lengths)
@example(date(2024, 2, 29), 0, 12)
@example(date(2026, 1, 31), 0, 1)
def test_periods_tile_time(anchor, index, months):
    period = anchored_period(anchor, index, months)
    after = anchored_period(anchor, index + 1, months)
    assert period.start <= period.end
    assert period.end + ONE_DAY == after.start


@given(awkward_day, awkward_day, lengths)
@example(date(2024, 2, 29), date(2025, 2, 28), 12)
@example(date(2026, 1, 31), date(2026, 2, 28), 1)
def test_every_day_lies_in_the_period_of_its_index(anchor, when, months):
    index = period_index(anchor, when, months)
    assert when in anchored_period(anchor, index, months)
    assert when in periods.period_at(anchor, when, months)


@given(awkward_day, indexes, lengths)
def test_first_and_last_day_of_a_period_give_its_index(anchor, index, months):
    period = anchored_period(anchor, index, months)
    assert period_index(anchor, period.start, months) == index
    assert period_index(anchor, period.end, months) == index


@given(awkward_day, indexes, lengths)
def test_day_of_the_month_is_the_anchors_wherever_the_month_has_it(
    anchor, index, months
):
    start = anchored_period(anchor, index, months).start
    month_end = periods.calendar_month(start).end
    assert start.day == min(anchor.day, month_end.day)


@st.composite
def services(draw):
    """Arguments of billable_periods: a service of up to four years, and a today."""
    start = draw(awkward_day)
    days = st.integers(-100, 1500).map(lambda n: start + timedelta(days=n))
    return {
        "start": start,
        "end": draw(st.none() | days),
        "billed_through": draw(st.none() | days),
        "today": draw(days),
        "anchor": draw(st.none() | awkward_day),
    }


@given(schedules, services())
def test_charges_cover_every_day_once_from_what_is_billed_to_what_is_due(
    schedule, service
):
    result = billing.billable_periods(schedule, **service)
    first = service["start"]
    if service["billed_through"]:
        first = max(first, service["billed_through"] + ONE_DAY)
    for period in result:
        # No gap and no overlap: each goes on where the one before stopped.
        assert period.covered.start == first
        first = period.covered.end + ONE_DAY
        assert period.due <= service["today"]
        assert period.full.clip(period.covered.start, period.covered.end) == (
            period.covered
        )
        assert period.part.covered == period.covered.days
        assert not service["end"] or period.covered.end <= service["end"]


@given(schedules, services())
def test_billing_again_after_billing_gives_nothing(schedule, service):
    if result := billing.billable_periods(schedule, **service):
        service["billed_through"] = result[-1].covered.end
    assert billing.billable_periods(schedule, **service) == []


@given(schedules, services())
def test_billing_every_day_gives_what_billing_once_gives(schedule, service):
    """The run may come daily or after a year's pause: the same charges result."""
    last = min(service["today"], service["start"] + timedelta(days=200))
    at_once = billing.billable_periods(schedule, **{**service, "today": last})
    daily = []
    today = service["start"]
    while today <= last:
        for period in billing.billable_periods(schedule, **{**service, "today": today}):
            daily.append(period)
            service["billed_through"] = period.covered.end
        today += ONE_DAY
    assert daily == at_once


@given(schedules, services())
def test_nothing_is_due_late_or_early(schedule, service):
    """What is left out is not due yet: the next period of the service shows it."""
    result = billing.billable_periods(schedule, **service)
    far = service["today"] + timedelta(days=70)
    later = billing.billable_periods(schedule, **{**service, "today": far})
    assert later[: len(result)] == result
    assert all(period.due > service["today"] for period in later[len(result) :])


@given(awkward_day, st.decimals(0, 10**6, places=2))
def test_month_split_at_any_day_is_paid_once(cut, price):
    """A service that ends and its successor of the next day share the month's fee."""
    month = periods.calendar_month(cut)
    today = month.end + ONE_DAY
    before = billing.billable_periods(ARREARS, start=month.start, end=cut, today=today)
    after = billing.billable_periods(
        ARREARS, start=cut + ONE_DAY, end=month.end, today=today
    )
    parts = [period.part for period in before + after]
    assert sum(pricing.fixed_price(price, part=p).amount for p in parts) == price

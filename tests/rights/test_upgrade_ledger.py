# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Upgrade rights by period. Clause R8."""

from datetime import date, timedelta
from itertools import pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import LAST, days, ledger, ledgers, spans

Booking, Ledger, UpgradePeriod = (
    ledgers.Booking,
    ledgers.Ledger,
    ledgers.UpgradePeriod,
)
Span, Steps, first_change = spans.Span, spans.Steps, spans.first_change
ONE_DAY = timedelta(days=1)


def ledger_of(start, end=None, months=12, rights=1, bookings=()):
    return Ledger(
        stretches=(Span(start, end),),
        months=Steps.constant(months),
        rights=Steps.constant(rights),
        bookings=tuple(bookings),
    )


def periods(book, until=date(2036, 1, 1)):
    return list(takewhile(lambda period: period.start <= until, book.tile()))


# -- periods ---------------------------------------------------------------------


@given(ledger(bookings=False))
def test_r08_periods_tile_the_service_without_gap_or_overlap(book):
    found = periods(book)
    for stretch in book.stretches:
        own = [period for period in found if period.start in stretch]
        assert own[0].start == stretch.start
        for one, two in pairwise(own):
            assert one.end + ONE_DAY == two.start
        if stretch.end:
            assert own[-1].end == stretch.end
    for period in found:
        assert any(
            period.start in stretch and period.end in stretch
            for stretch in book.stretches
        )


@given(ledger(bookings=False), days)
def test_r08_every_day_of_service_has_its_period(book, day):
    period = book.period_at(day)
    if any(day in stretch for stretch in book.stretches):
        assert day in period
    else:
        assert period is None


@pytest.mark.parametrize(
    ("start", "starts"),
    [
        ((2028, 2, 29), [(2028, 2, 29), (2029, 2, 28), (2030, 2, 28), (2031, 2, 28)]),
        ((2026, 8, 31), [(2026, 8, 31), (2027, 8, 31), (2028, 8, 31), (2029, 8, 31)]),
    ],
)
def test_r08_periods_of_odd_days_do_not_drift(start, starts):
    found = periods(ledger_of(date(*start)))
    assert [period.start for period in found[:4]] == [date(*day) for day in starts]


def test_r08_29_february_comes_back_in_a_leap_year():
    found = periods(ledger_of(date(2028, 2, 29)))
    assert found[4].start == date(2032, 2, 29)


def test_r08_months_of_the_31st_do_not_drift():
    found = periods(ledger_of(date(2027, 1, 31), months=1))
    assert [period.start for period in found[:4]] == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
    ]


def test_r08_other_length_holds_from_the_next_period_and_keeps_the_day():
    book = Ledger(
        stretches=(Span(date(2026, 8, 31)),),
        months=Steps(((date.min, 6), (date(2027, 1, 15), 12))),
        rights=Steps.constant(1),
    )
    assert [period.start for period in periods(book)[:4]] == [
        date(2026, 8, 31),
        date(2027, 2, 28),
        date(2028, 2, 28 + 1),
        date(2029, 2, 28),
    ]


# -- rights ----------------------------------------------------------------------


def test_r08_right_is_free_then_reserved_then_used():
    book = ledger_of(
        date(2026, 9, 1),
        bookings=[
            Booking(date(2027, 3, 1), date(2027, 3, 1), started_on=date(2027, 6, 1))
        ],
    )

    def first_year(on_date):
        return book.entries(on_date, on_date)[0]

    end = date(2027, 8, 31)
    rows = [(date(2027, 2, 28), 0, 0, 1), (date(2027, 3, 1), 0, 1, 0)]
    rows += [(date(2027, 5, 31), 0, 1, 0), (date(2027, 6, 1), 1, 0, 0)]
    for day, used, reserved, left in rows:
        entry = first_year(day)
        assert entry == UpgradePeriod(date(2026, 9, 1), end, 1, used, reserved, 0)
        assert entry.left == left


def test_r08_unused_right_lapses_the_day_after_its_period():
    book = ledger_of(date(2026, 9, 1))
    last, after = date(2027, 8, 31), date(2027, 9, 1)
    assert book.entries(last, last)[0].lapsed == 0
    first, second = book.entries(after, after)
    assert (first.lapsed, first.left, second.left) == (1, 0, 1)


def test_r08_request_in_time_keeps_its_right_however_long_the_queue_is():
    requested = Booking(date(2027, 8, 31), date(2027, 8, 31))
    book = ledger_of(date(2026, 9, 1), bookings=[requested])
    for day in (date(2027, 9, 1), date(2029, 1, 1)):
        first, second, *_later = book.entries(day, day)
        assert (first.reserved, first.lapsed) == (1, 0)
    assert second == UpgradePeriod(date(2027, 9, 1), date(2028, 8, 31), 1, 0, 0, 1)


def test_r08_returned_right_is_free_from_that_day():
    withdrawn = Booking(
        date(2027, 1, 1), date(2027, 1, 1), returned_on=date(2027, 2, 1)
    )
    book = ledger_of(date(2026, 9, 1), bookings=[withdrawn])
    assert [book.left(date(2027, *day)) for day in ((1, 1), (1, 31), (2, 1))] == [
        0,
        0,
        1,
    ]


def test_r08_right_that_comes_back_too_late_has_lapsed():
    declined = Booking(
        date(2027, 8, 1), date(2027, 8, 1), returned_on=date(2027, 10, 1)
    )
    book = ledger_of(date(2026, 9, 1), bookings=[declined])
    day = date(2027, 9, 30)
    assert book.entries(day, day)[0].lapsed == 0
    day = date(2027, 10, 1)
    assert book.entries(day, day)[0].lapsed == 1


def test_r08_one_more_right_agreed_within_a_period_counts_from_its_day():
    book = Ledger(
        stretches=(Span(date(2026, 9, 1)),),
        months=Steps.constant(12),
        rights=Steps(((date.min, 1), (date(2027, 3, 1), 2), (date(2027, 4, 1), 1))),
    )
    assert [book.left(day) for day in (date(2027, 2, 28), date(2027, 3, 1))] == [1, 2]
    # What was promised for the period is not taken back in it.
    assert [book.left(day) for day in (date(2027, 4, 1), date(2027, 9, 1))] == [2, 1]


@given(ledger(), days)
def test_r08_all_rights_of_a_period_are_accounted_for(book, on_date):
    for entry in book.entries(LAST, on_date):
        assert entry.granted >= 0 and entry.used >= 0 and entry.reserved >= 0
        assert entry.left == 0 or entry.lapsed == 0
        total = entry.used + entry.reserved + entry.lapsed + entry.left
        assert total == max(entry.granted, entry.used + entry.reserved)


@given(ledger(bookings=False), st.lists(days, max_size=25))
def test_r08_at_most_n_upgrades_in_each_period(book, requests):
    """Whoever asks gets a right only while one is left; counted by hand afterwards."""
    granted = {}
    for day in sorted(requests):
        if book.left(day):
            booking = Booking(day, day)
            book = Ledger(
                book.stretches, book.months, book.rights, (*book.bookings, booking)
            )
            period = book.period_at(day)
            granted[period] = granted.get(period, 0) + 1
    for period, number in granted.items():
        assert number <= book.rights.highest(period.start, period.end)


def _changes(book, on_date, wanted):
    def answer(day):
        return book.left(day) >= wanted

    return answer, first_change(answer, on_date, book.change_days(on_date))


@given(ledger(), days, st.integers(1, 2), st.lists(days, max_size=20))
def test_r08_answer_holds_until_it_changes(book, on_date, wanted, sample):
    answer, changes = _changes(book, on_date, wanted)
    assert changes is None or changes > on_date
    if changes:
        assert answer(changes) != answer(on_date)
        sample = [*sample, changes - ONE_DAY]
    sample += [period.start - ONE_DAY for period in periods(book)[:30]]
    for day in sample:
        if on_date <= day and (changes is None or day < changes):
            assert answer(day) == answer(on_date), day


@settings(max_examples=40)
@given(ledger(), days, st.integers(1, 2))
def test_r08_answer_holds_on_every_single_day_until_it_changes(book, on_date, wanted):
    answer, changes = _changes(book, on_date, wanted)
    day, end = on_date, changes or date(2033, 1, 1)
    while day < end:
        assert answer(day) == answer(on_date), day
        day += ONE_DAY

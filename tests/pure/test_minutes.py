# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From logged hours to billed minutes and amounts. Clause R4."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standalone import load

minutes = load("support_scope.minutes")
pricing = load("support_contract_billing.pricing")

PRICE = minutes.hourly_price(1350, discount=10)
CONSULTING = minutes.Rate(PRICE, "consulting")
LEAD = minutes.Rate(minutes.hourly_price(1450, discount=10), "project_lead")
RATES = st.builds(
    minutes.Rate,
    st.decimals(0, 3000, places=2),
    st.sampled_from(["consulting", "development", "project_lead"]),
)
ENTRIES = st.lists(st.tuples(RATES, st.integers(0, 600)), max_size=8)
INCREMENTS = st.integers(1, 60)


def total(entries, increment):
    return sum(
        one.amount(pricing.CENTS) for one in minutes.bill_day(entries, increment)
    )


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0.25, 15),
        (1 / 6, 10),
        (0.1666, 10),
        (1.05, 63),
        (1.1, 66),
        (0.075, 5),  # 4.5 minutes
        (0.0749, 4),
        (0.0, 0),
    ],
)
def test_hours_become_whole_minutes(hours, expected):
    assert minutes.whole_minutes(hours) == expected


def test_rate_is_the_price_with_factor_and_then_discount():
    assert PRICE == Decimal("1215.00")
    assert minutes.hourly_price(1350, factor=1.5, discount=10) == Decimal("1822.5")


@pytest.mark.parametrize(
    ("entries", "increment", "billed", "amount"),
    [
        # Two people on one ticket.
        ([(CONSULTING, 10), (CONSULTING, 15)], 30, 30, "607.50"),
        ([(CONSULTING, 63), (CONSULTING, 66), (CONSULTING, 66)], 15, 195, "3948.75"),
        ([(CONSULTING, 20)], 30, 30, "607.50"),
        ([(CONSULTING, 45)], 60, 60, "1215.00"),
        # What is rounded up is charged at the lower of two prices.
        ([(LEAD, 40), (CONSULTING, 10)], 30, 60, "1275.00"),
        ([(CONSULTING, 0)], 30, 0, "0"),
        ([], 30, 0, "0"),
        # 20 minutes would be 30; goodwill made them 15.
        ([(CONSULTING, 15, True)], 30, 15, "303.75"),
        # The other 25 are rounded up all the same.
        ([(CONSULTING, 15, True), (CONSULTING, 25)], 30, 45, "911.25"),
        # 50 minutes are 60, with or without these.
        ([(CONSULTING, 5, True), (CONSULTING, 50)], 30, 60, "1215.00"),
        ([(CONSULTING, 0, True), (CONSULTING, 20)], 30, 30, "607.50"),
        ([(CONSULTING, 30, True)], 30, 30, "607.50"),
    ],
)
def test_worked_days(entries, increment, billed, amount):
    found = minutes.bill_day(entries, increment)
    assert sum(one.billed for one in found) == billed
    assert total(entries, increment) == Decimal(amount)


def test_minutes_that_come_later_fill_what_was_rounded_up():
    first = [(CONSULTING, 20)]
    assert total([*first, (CONSULTING, 5)], 30) - total(first, 30) == 0


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="zero or more"):
        minutes.bill_day([(CONSULTING, -5)], 30)
    with pytest.raises(ValueError, match="at least one"):
        minutes.bill_day([(CONSULTING, 5)], 0)


@given(ENTRIES, INCREMENTS)
def test_billed_minutes_are_the_next_multiple_of_all_that_was_logged(entries, step):
    logged = sum(one[1] for one in entries)
    billed = sum(one.billed for one in minutes.bill_day(entries, step))
    assert billed % step == 0
    assert logged <= billed < logged + step


@given(ENTRIES, INCREMENTS, st.randoms(use_true_random=False))
def test_price_never_depends_on_the_order_of_logging(entries, step, random):
    shuffled = list(entries)
    random.shuffle(shuffled)
    assert minutes.bill_day(shuffled, step) == minutes.bill_day(entries, step)


@given(ENTRIES, INCREMENTS, st.integers(0, 8))
def test_parts_of_a_day_add_up(entries, step, cut):
    """What is charged first, and the difference that comes later, is the whole day."""
    first = total(entries[:cut], step)
    later = total(entries, step) - first
    assert first + later == total(entries, step)
    if len({rate for rate, _minutes in entries}) == 1:
        assert later >= 0  # at one price more work never costs less


@pytest.mark.parametrize(
    ("worked", "amount", "price", "line"),
    [
        (30, "607.50", "1215", (0.5, 1215.0)),
        (195, "3948.75", "1215", (3.25, 1215.0)),
        (-30, "-607.50", "1215", (-0.5, 1215.0)),
        # 0.33 × 1,215.00 is 400.95
        (20, "405.00", "1215", (1.0, 405.0)),
        (-20, "-405.00", "1215", (-1.0, 405.0)),
        # 1,199.997 an hour is printed as 1,200.00.
        (30, "600.00", "1199.997", (0.5, 1200.0)),
        # Two days of 60.75 each; 0.10 × 1,215.09 is 121.51.
        (6, "121.50", "1215.09", (1.0, 121.5)),
        # The same minutes at another price than before.
        (0, "45.00", "1305", (1.0, 45.0)),
    ],
)
def test_invoice_line_asks_for_exactly_the_amount(worked, amount, price, line):
    amount, price = Decimal(amount), Decimal(price)
    assert minutes.get_invoice_line(worked, amount, price, pricing.CENTS) == line


@given(ENTRIES, ENTRIES, INCREMENTS)
def test_goodwill_never_costs_more_and_takes_nothing_from_others(others, some, step):
    def billed(entries):
        return sum(one.billed for one in minutes.bill_day(entries, step))

    lowered = [(rate, logged, True) for rate, logged in some]
    logged = sum(one[1] for one in some)
    assert billed(lowered) == logged
    assert billed(others) <= billed(others + lowered) <= billed(others + some)
    assert billed(others + lowered) <= billed(others) + logged

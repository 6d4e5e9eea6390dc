# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which billed time an approval covers. Clause R4."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from standalone import load

allocation = load("support_scope.allocation")
pricing = load("support_contract_billing.pricing")

MONDAY = date(2026, 10, 5)
PRICE = Decimal(1215)


def cost(day, billed, minutes=None):
    amount = pricing.CENTS.round(PRICE * billed / 60)
    return allocation.DayCost(
        MONDAY + timedelta(day), billed if minutes is None else minutes, billed, amount
    )


def allocate(costs, grants):
    return allocation.allocate(costs, lambda _cost: grants, pricing.CENTS)


def test_two_hours_were_estimated_and_two_and_a_half_worked():
    grant = allocation.Grant("estimate", minutes=120)
    covered, waiting = allocate([cost(0, 150)], [grant])
    assert covered == (grant, cost(0, 120))
    assert waiting == (None, cost(0, 30))


def test_limits_count_in_the_order_of_the_work():
    grant = allocation.Grant("estimate", minutes=60)
    found = allocate([cost(3, 60), cost(1, 30)], [grant])
    assert [(bool(one), part.day.day, part.billed) for one, part in found] == [
        (True, 6, 30),
        (True, 8, 30),
        (False, 8, 30),
    ]


def test_a_limit_in_kronor():
    grant = allocation.Grant("month", amount=Decimal(1000))
    covered, waiting = allocate([cost(0, 60)], [grant])
    assert covered[1].billed == 49 and covered[1].amount == Decimal("992.25")
    assert waiting[1].billed == 11 and waiting[1].amount == Decimal("222.75")


def test_one_after_the_other():
    estimate = allocation.Grant("estimate", minutes=30)
    standing = allocation.Grant("standing", minutes=60)
    found = allocate([cost(0, 120)], [estimate, standing])
    assert [part.billed for _grant, part in found] == [30, 60, 30]


def test_only_its_own_days():
    grant = allocation.Grant("october", first=MONDAY, last=MONDAY)
    found = allocate([cost(0, 30), cost(1, 30)], [grant])
    assert [bool(one) for one, _part in found] == [True, False]


def test_nothing_to_pay_needs_no_yes():
    assert allocate([cost(0, 0, 5)], []) == [(None, cost(0, 0, 5))]


COSTS = st.lists(st.builds(cost, st.integers(0, 30), st.integers(0, 600)), max_size=6)
LIMITS = st.none() | st.integers(0, 700)
GRANTS = st.lists(
    st.builds(
        allocation.Grant,
        st.integers(),
        LIMITS,
        st.none() | st.integers(0, 9000).map(Decimal),
    ),
    max_size=3,
)


@given(COSTS, GRANTS)
def test_parts_add_up_and_no_limit_is_passed(costs, grants):
    before = {id(grant): (grant.minutes, grant.amount) for grant in grants}
    found = allocate(costs, grants)
    for name in ("minutes", "billed", "amount"):
        assert sum(getattr(part, name) for _grant, part in found) == sum(
            getattr(one, name) for one in costs
        )
    for grant in grants:
        minutes, amount = before[id(grant)]
        own = [part for one, part in found if one is grant]
        assert minutes is None or sum(part.billed for part in own) <= minutes
        assert amount is None or sum(part.amount for part in own) <= amount + Decimal(
            "0.01"
        )


def price_days(price, days):
    """Days of billed minutes, each rounded on its own."""
    return [
        allocation.DayCost(
            MONDAY + timedelta(number), one, one, pricing.CENTS.round(price * one / 60)
        )
        for number, one in enumerate(days)
    ]


def estimate(price, minutes=120):
    amount = pricing.CENTS.round(price * minutes / 60)
    return allocation.Grant("estimate", minutes, amount, coin=Decimal("0.01"))


@given(
    # Öre, less a discount of as much as a hundredth of a percent.
    st.integers(1, 500_000).map(lambda one: Decimal(one) / 100),
    st.integers(0, 9999).map(lambda one: 1 - Decimal(one) / 10_000),
    st.lists(st.integers(1, 240), min_size=1, max_size=20),
    st.lists(st.integers(1, 600), min_size=1, max_size=3),
)
def test_an_estimate_covers_all_its_minutes(price, discount, days, limits):
    """However the days and the limit were rounded, and however many said yes."""
    price *= discount
    found = allocate(price_days(price, days), [estimate(price, one) for one in limits])
    covered = sum(part.billed for grant, part in found if grant)
    assert covered == min(sum(limits), sum(days))


def test_dearer_work_is_limited_by_the_amount():
    """Two hours at 1,111.05 are 2,222.10: one of 2,222.10, and a minute no more."""
    grant = estimate(Decimal("1111.05"))
    found = allocate(price_days(Decimal("2222.10"), [15] * 5), [grant])
    assert sum(part.billed for one, part in found if one) == 60
    grant = estimate(Decimal("1111.05"))
    found = allocate(price_days(Decimal("1112.05"), [30] * 4), [grant])
    assert sum(part.billed for one, part in found if one) == 119

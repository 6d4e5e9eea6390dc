# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Prices: examples worked by hand, and properties that hold for all numbers."""

from decimal import Decimal as D
from decimal import localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standalone import load

pricing = load("support_contract_billing.pricing")
Part = pricing.Part
Rounding = pricing.Rounding
fixed_price = pricing.fixed_price
part_amount = pricing.part_amount
split_amount = pricing.split_amount


def lines_price(lines, price=180, **options):
    """The agreement's fee: per started 100 lines (R2)."""
    return pricing.stepped_price(lines, price, step=100, unit="lines", **options)


# --------------------------------------------------------------------------------------
# By hand: per started step (R2)
# --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("lines", "steps", "amount"),
    [
        (0, 0, "0.00"),
        (1, 1, "180.00"),
        (99, 1, "180.00"),
        (100, 1, "180.00"),  # exactly one hundred starts no second one
        (101, 2, "360.00"),
        (12_345, 124, "22320.00"),  # 124 × 180 = 124 × 200 - 124 × 20 = 24,800 - 2,480
        (1_199_254, 11_993, "2158740.00"),  # 11,993 × 180 = 2,160,000 - 7 × 180
    ],
)
def test_r02_every_started_hundred_costs_the_price(lines, steps, amount):
    price = lines_price(lines)
    assert (price.quantity, price.price_unit) == (steps, D(180))
    assert str(price.amount) == amount


def test_r02_calculation_reads_from_lines_to_amount():
    assert lines_price(12_345).text() == (
        "12,345 lines → 124 started hundreds × 180.00 = 22,320.00"
    )


def test_r02_one_line_is_written_in_the_singular():
    assert str(lines_price(1)) == "1 line → 1 started hundred × 180.00 = 180.00"


def test_other_steps_and_bases():
    # 120 scans in blocks of 50: 50 + 50 + 20, so three are started; 3 × 40 = 120.
    scans = pricing.stepped_price(120, 40, step=50, unit="OCR scans")
    assert str(scans) == "120 OCR scans → 3 started blocks of 50 × 40.00 = 120.00"
    # A step of one needs no word of its own. 12 × 250 = 3,000.
    users = pricing.stepped_price(12, 250, unit="users")
    assert str(users) == "12 users × 250.00 = 3,000.00"
    assert str(pricing.stepped_price(7, 1)) == "7 × 1.00 = 7.00"


# --------------------------------------------------------------------------------------
# By hand: graduated ladder (R2)
# --------------------------------------------------------------------------------------
LADDER = [(10_000, 150), (50_000, 120)]


@pytest.mark.parametrize(
    ("lines", "amount"),
    [
        (10_000, "18000.00"),  # 100 × 180; nothing lies above 10,000 yet
        (10_001, "18150.00"),  # the 101st hundred has started, at 150
        (12_345, "21600.00"),  # 100 × 180 + 24 × 150 = 18,000 + 3,600
        (50_000, "78000.00"),  # 100 × 180 + 400 × 150 = 18,000 + 60,000
        # 100 × 180 + 400 × 150 + 101 × 120 = 18,000 + 60,000 + 12,120
        (60_001, "90120.00"),
    ],
)
def test_r02_only_the_steps_inside_a_tier_have_its_price(lines, amount):
    assert str(lines_price(lines, tiers=LADDER).amount) == amount


def test_r02_ladder_shows_every_tier_and_is_one_invoice_unit():
    price = lines_price(60_001, tiers=LADDER)
    assert str(price) == (
        "60,001 lines → 601 started hundreds: "
        "100 × 180.00 + 400 × 150.00 + 101 × 120.00 = 90,120.00"
    )
    assert (price.quantity, price.price_unit) == (1, D("90120.00"))


@pytest.mark.parametrize("lines", [0, 900, 10_000])
def test_r02_ladder_within_its_first_tier_reads_like_a_plain_price(lines):
    assert lines_price(lines, tiers=LADDER) == lines_price(lines)


def test_r02_order_of_the_tiers_does_not_matter():
    assert lines_price(60_001, tiers=LADDER[::-1]) == lines_price(60_001, tiers=LADDER)


def test_ladder_with_steps_of_one():
    # 10 × 250 + 2 × 200 = 2,500 + 400
    price = pricing.stepped_price(12, 250, unit="users", tiers=[(10, 200)])
    assert str(price) == "12 users: 10 × 250.00 + 2 × 200.00 = 2,900.00"


# --------------------------------------------------------------------------------------
# By hand: minimum, discount, rounding
# --------------------------------------------------------------------------------------
def test_r02_no_lines_cost_the_minimum():
    assert str(lines_price(0, minimum=1500)) == (
        "0 lines → 0 started hundreds × 180.00 = 0.00; minimum fee → 1,500.00"
    )
    assert lines_price(0, minimum=1500).amount == 1500


def test_r02_minimum_equal_to_the_fee_is_not_mentioned():
    price = lines_price(900, minimum=1620)  # 9 × 180
    assert [step.kind for step in price.calculation] == ["quantity", "steps"]
    assert (price.quantity, price.price_unit) == (9, 180)


def test_r02_minimum_is_a_floor_under_the_discounted_fee():
    # 10 × 180 = 1,800; less half 900; the minimum is 1,500 and not 750.
    price = lines_price(1000, discount=50, minimum=1500)
    assert price.amount == 1500
    assert str(price).endswith("50% discount → 900.00; minimum fee → 1,500.00")


def test_r04_discount_on_hours_keeps_the_hours_on_the_invoice_line():
    # 3.5 × 1,200 = 4,200; less 10 % = 3,780 = 3.5 × 1,080
    price = fixed_price(1200, quantity=3.5, unit="hours", discount=10)
    assert (price.quantity, price.price_unit) == (D("3.5"), D(1080))
    assert str(price) == "3.5 hours × 1,200.00 = 4,200.00; 10% discount → 3,780.00"


def test_line_that_would_be_rounded_becomes_one_unit():
    # 0.33 × 1.50 = 0.495: Odoo rounds the sum of an invoice's lines, not each.
    price = fixed_price(1.5, quantity=0.33)
    assert (price.quantity, price.price_unit) == (1, D("0.50"))


def test_whole_discount_costs_nothing():
    assert lines_price(12_345, discount=100).amount == 0


def test_discounted_unit_price_with_too_many_decimals_becomes_one_unit():
    # 99.99 less 12.5 % = 87.49125, which an invoice line cannot hold; × 2 = 174.9825
    price = fixed_price(99.99, quantity=2, discount=12.5)
    assert (price.quantity, price.price_unit) == (1, D("174.98"))
    assert str(price) == (
        "2 × 99.99 = 199.98; 12.5% discount → 174.9825; rounded → 174.98"
    )


def test_r06_usage_below_an_ore_each_is_rounded_once():
    # 3,001 × 0.125 = 375.125: half an öre goes up
    price = fixed_price("0.125", quantity=3001, unit="AI transactions")
    assert str(price) == ("3,001 AI transactions × 0.125 = 375.125; rounded → 375.13")
    assert (price.quantity, price.price_unit) == (1, D("375.13"))


def test_quantity_with_too_many_decimals_becomes_one_unit():
    # Odoo would store 3.33 hours. 3.333 × 12.5 = 41.6625
    price = fixed_price(12.5, quantity=3.333)
    assert (price.quantity, price.price_unit) == (1, D("41.66"))


def test_r03_r05_fixed_prices():
    fee = fixed_price(9900)
    assert (fee.quantity, fee.price_unit, fee.amount) == (1, D(9900), D(9900))
    assert str(fee) == "fixed price 9,900.00"
    assert str(fixed_price(1500, quantity=2)) == "2 × 1,500.00 = 3,000.00"


@pytest.mark.parametrize(
    ("increment", "value", "rounded"),
    [
        (0.01, "2.675", "2.68"),  # as a float 2.675 is below the tie
        (0.01, "-2.675", "-2.68"),  # away from zero
        (0.01, "2.6749", "2.67"),
        (0.05, "2.675", "2.70"),  # 53.5 twentieths
        (0.05, "2.67", "2.65"),
        (0.25, "1.125", "1.25"),
        (1.0, "0.5", "1"),
        (10.0, "15", "20"),
        (0.001, "0.0005", "0.001"),
    ],
)
def test_ties_are_rounded_away_from_zero(increment, value, rounded):
    assert str(Rounding(increment).round(D(value))) == rounded


def test_amounts_have_the_decimals_of_the_currency():
    # 3 × 33.35 = 100.05
    price = fixed_price("33.35", quantity=3, rounding=Rounding(1))
    assert str(price) == "3 × 33.35 = 100.05; rounded → 100"
    assert (price.price_unit, price.places) == (100, 0)


# --------------------------------------------------------------------------------------
# By hand: a part of the period
# --------------------------------------------------------------------------------------
def test_r01_from_12_november_is_19_thirtieths():
    # 22,320 / 30 = 744 a day; × 19 = 14,136; the eleven days before: 8,184
    price = lines_price(12_345, part=Part(12, 30, 30))
    assert str(price) == (
        "12,345 lines → 124 started hundreds × 180.00 = 22,320.00; "
        "19/30 days → 14,136.00"
    )
    assert (price.quantity, price.price_unit, price.amount) == (1, 14136, 14136)
    assert lines_price(12_345, part=Part(1, 11, 30)).amount == 8184


def test_r01_whole_period_is_not_mentioned():
    assert lines_price(12_345, part=Part(1, 30, 30)) == lines_price(12_345)


def test_r01_minimum_is_shared_by_days_too():
    assert lines_price(0, minimum=1500, part=Part(16, 30, 30)).amount == 750


def test_r01_part_that_differs_by_an_ore_says_why():
    # 100 / 3 = 33.33…: marks 33.33, 66.67, 100.00, so the middle day has 33.34.
    thirds = [fixed_price(100, part=Part(day, day, 3)) for day in (1, 2, 3)]
    assert [str(third.amount) for third in thirds] == ["33.33", "33.34", "33.33"]
    assert str(thirds[0]) == "fixed price 100.00; 1/3 days → 33.33"
    assert str(thirds[1]) == (
        "fixed price 100.00; 1/3 days → 33.34 "
        "(days 2–2, rounded so that the parts of the period add up)"
    )


def test_r01_split_on_a_tie_still_adds_up():
    # 1.01 × 15/30 = 0.505: rounded alone both halves would be 0.51, together 1.02.
    halves = [
        fixed_price("1.01", part=p).amount for p in (Part(1, 15, 30), Part(16, 30, 30))
    ]
    assert halves == [D("0.51"), D("0.50")]


def test_split_of_a_credit_mirrors_that_of_the_charge():
    assert split_amount(D("-100"), [1, 1, 1]) == [
        -a for a in split_amount(100, [1, 1, 1])
    ]


def test_split_in_a_currency_without_decimals():
    # Marks 100 × 1/6 = 16.67 → 17, × 3/6 = 50, 100.
    assert split_amount(100, [1, 2, 3], Rounding(1)) == [17, 33, 50]


def test_weight_of_zero_gets_nothing():
    assert split_amount(10, [0, 1, 0]) == [0, 10, 0]


# --------------------------------------------------------------------------------------
# Words in other languages
# --------------------------------------------------------------------------------------
def test_calculation_can_be_told_in_another_language():
    swedish = {
        "%(quantity)s lines": "%(quantity)s rader",
        "%(steps)s started hundreds": "%(steps)s påbörjade hundratal",
        "%(percent)s%% discount → %(amount)s": "%(percent)s %% rabatt → %(amount)s",
        "minimum fee → %(amount)s": "minimiavgift → %(amount)s",
        "%(covered)s/%(total)s days → %(amount)s": (
            "%(covered)s/%(total)s dagar → %(amount)s"
        ),
    }

    def number(value, places):
        return f"{value:,.{places}f}".translate(str.maketrans(",.", "\u00a0,"))

    price = lines_price(12_345, discount=12.5, minimum=21000, part=Part(12, 30, 30))
    # 22,320 × 0.875 = 19,530; minimum 21,000; / 30 × 19 = 700 × 19 = 13,300
    assert price.text(lambda text, **v: swedish[text] % v, number) == (
        "12\u00a0345 rader → 124 påbörjade hundratal × 180,00 = 22\u00a0320,00; "
        "12,5 % rabatt → 19\u00a0530,00; minimiavgift → 21\u00a0000,00; "
        "19/30 dagar → 13\u00a0300,00"
    )


# --------------------------------------------------------------------------------------
# Input that is refused
# --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "value", [-1, -0.01, "-5", float("nan"), float("inf"), D("NaN"), D("-Infinity")]
)
@pytest.mark.parametrize("name", ["quantity", "price", "minimum", "discount"])
def test_negative_or_endless_numbers_are_refused(name, value):
    arguments = {"quantity": 1, "price": 1, name: value}
    with pytest.raises(ValueError, match=f"{name} is .*: enter "):
        pricing.stepped_price(**arguments)


@pytest.mark.parametrize("value", [None, "", "many", True, 10**15, float("1e300")])
def test_what_is_no_usable_number_is_refused(value):
    with pytest.raises(ValueError, match="enter a number"):
        fixed_price(value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"step": 0}, "step is 0: enter the size"),
        ({"discount": 100.01}, "enter 0 to 100"),
        ({"step": 100, "tiers": [(150, 1)]}, "above a multiple of 100, more than zero"),
        ({"tiers": [(0, 1)]}, "more than zero"),
        ({"tiers": [(5, 1), (5, 2)]}, "Two tiers start above 5: remove one"),
        ({"tiers": [(5, -1)]}, "price of the tier is -1: enter zero or more"),
    ],
)
def test_terms_that_make_no_sense_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        pricing.stepped_price(1, 1, **options)


@pytest.mark.parametrize(
    "numbers", [(0, 1, 30), (5, 4, 30), (1, 31, 30), (1, 0, 0), (1.0, 2, 30)]
)
def test_days_outside_the_period_are_no_part(numbers):
    with pytest.raises(ValueError, match="count the days from 1"):
        Part(*numbers)


def test_amount_to_split_must_be_an_amount_of_the_currency():
    with pytest.raises(ValueError, match="round the amount to the currency"):
        split_amount(D("0.005"), [1, 1])


@pytest.mark.parametrize("weights", [[], [0], [0, 0]])
def test_split_needs_a_weight(weights):
    with pytest.raises(ValueError, match="at least one that is more than zero"):
        split_amount(1, weights)


def test_rounding_must_be_more_than_zero():
    with pytest.raises(ValueError, match="smallest amount"):
        Rounding(0)


# --------------------------------------------------------------------------------------
# Properties
# --------------------------------------------------------------------------------------
numbers_of_lines = st.integers(0, 5_000_000)
prices = st.decimals(0, 10_000, places=2)
percents = st.decimals(0, 100, places=2)
roundings = st.sampled_from(["0.01", "0.05", "0.25", "1", "10", "0.001"]).map(Rounding)


@st.composite
def ladders(draw):
    above = draw(st.lists(st.integers(1, 20_000), unique=True, max_size=5))
    return [(hundreds * 100, draw(prices)) for hundreds in above]


@st.composite
def parts(draw):
    total = draw(st.integers(28, 366))
    first = draw(st.integers(1, total))
    return Part(first, draw(st.integers(first, total)), total)


@st.composite
def cut_periods(draw):
    """Consecutive parts of one period, in order, that make it up."""
    total = draw(st.integers(1, 366))
    inner = draw(st.sets(st.integers(1, total), max_size=8)) - {total}
    ends = [*sorted(inner), total]
    starts = [1, *(end + 1 for end in ends[:-1])]
    return [Part(a, b, total) for a, b in zip(starts, ends, strict=True)]


price_options = st.fixed_dictionaries(
    {},
    optional={
        "tiers": ladders(),
        "minimum": prices,
        "discount": percents,
        "part": parts(),
        "rounding": roundings,
    },
)


@given(numbers_of_lines, numbers_of_lines, prices, price_options)
def test_more_lines_never_cost_less(some, more, price, options):
    some, more = sorted((some, more))
    less = lines_price(some, price, **options).amount
    # Between two rounded marks a part may lose one unit that its neighbour wins; a
    # whole period and a part that reaches its end or start have nothing to lose.
    part = options.get("part")
    inner = part and part.first > 1 and part.last < part.total
    unit = options.get("rounding", pricing.CENTS).increment if inner else 0
    assert less <= lines_price(more, price, **options).amount + unit


@given(numbers_of_lines, prices, ladders())
def test_ladder_is_the_sum_of_its_steps_one_by_one(lines, price, tiers):
    lines %= 200_000  # 2,000 steps are enough to walk
    expected = D(0)
    for start in range(0, lines, 100):
        reached = [(above, cost) for above, cost in tiers if above <= start]
        expected += max(reached)[1] if reached else price
    assert lines_price(lines, price, tiers=tiers).amount == expected


@given(numbers_of_lines, prices, price_options, cut_periods())
def test_parts_of_a_period_add_up_to_the_whole(lines, price, options, cuts):
    options.pop("part", None)
    whole = lines_price(lines, price, **options).amount
    amounts = [lines_price(lines, price, part=cut, **options).amount for cut in cuts]
    assert sum(amounts) == whole
    assert all(amount >= 0 for amount in amounts)


@given(st.decimals(-(10**9), 10**9, places=2), cut_periods(), st.data())
def test_neighbouring_parts_add_up_to_the_part_they_make(whole, cuts, data):
    low = data.draw(st.integers(0, len(cuts) - 1))
    high = data.draw(st.integers(low, len(cuts) - 1))
    both = Part(cuts[low].first, cuts[high].last, cuts[low].total)
    amounts = [part_amount(whole, cut) for cut in cuts[low : high + 1]]
    assert sum(amounts) == part_amount(whole, both)


@given(st.decimals(-(10**9), 10**9, places=2), parts())
def test_part_is_within_one_ore_of_its_exact_share(whole, part):
    exact = Fraction(whole) * part.covered / part.total
    assert abs(Fraction(part_amount(whole, part)) - exact) <= Fraction(1, 100)


@given(st.decimals(-(10**9), 10**9, places=2), cut_periods())
def test_split_by_days_is_the_same_as_the_parts(whole, cuts):
    days = [cut.covered for cut in cuts]
    assert split_amount(whole, days) == [part_amount(whole, cut) for cut in cuts]


@given(
    st.integers(-(10**9), 10**9),
    st.lists(st.decimals(0, 1000, places=3), min_size=1).filter(any),
    roundings,
)
def test_split_adds_up_in_every_currency(units, weights, rounding):
    amount = units * rounding.increment
    split = split_amount(amount, weights, rounding)
    assert sum(split) == amount
    assert all(rounding.round(share) == share for share in split)
    assert all(share * amount >= 0 for share in split)


@given(st.decimals(0, 10_000, places=3), prices, price_options)
def test_invoice_line_multiplies_to_the_amount(quantity, price, options):
    options.pop("tiers", None)
    rounding = options.get("rounding", pricing.CENTS)
    for result in (
        fixed_price(price, quantity=quantity, **options),
        lines_price(quantity, price, **options),
    ):
        assert result.quantity * result.price_unit == result.amount
        assert rounding.round(result.amount) == result.amount
        # and both survive being stored with Odoo's precisions
        assert round(result.quantity, 2) == result.quantity
        assert round(result.price_unit, rounding.places) == result.price_unit


@given(numbers_of_lines, prices, price_options)
def test_calculation_ends_with_the_amount(lines, price, options):
    result = lines_price(lines, price, **options)
    last = result.calculation[-1].values["amount"]
    assert last == result.amount
    assert f"{result.amount:,.{result.places}f}" in result.text()


@given(
    st.decimals(0, 10**6, places=2),
    st.decimals(0, 10**4, places=2),
    st.decimals(0, 100, places=1),
)
def test_floats_give_the_same_as_decimals(quantity, price, discount):
    assert fixed_price(price, quantity=quantity, discount=discount) == fixed_price(
        float(price), quantity=float(quantity), discount=float(discount)
    )


def test_noise_of_floats_starts_no_step():
    assert 0.1 + 0.2 > 0.3
    assert pricing.stepped_price(0.1 + 0.2, 1, step=0.1).quantity == 3
    assert 1234567.1 * 3 > 3703701.3
    assert pricing.stepped_price(1234567.1 * 3, 1, step=0.1).quantity == 37037013


def test_decimal_context_of_the_caller_does_not_matter():
    with localcontext(prec=3):
        price = lines_price(12_345, discount=12.5, part=Part(12, 30, 30))
        split = split_amount("22320.01", [11, 19])
        text = price.text()
    # 22,320 × 0.875 = 19,530; / 30 × 19 = 651 × 19 = 12,369
    assert str(price.amount) == "12369.00"
    assert text.endswith("12.5% discount → 19,530.00; 19/30 days → 12,369.00")
    # 22,320.01 × 11/30 = 8,184.0036…
    assert split == [D("8184.00"), D("14136.01")]


@given(st.decimals(-(10**6), 10**6, places=4), roundings)
def test_rounding_picks_the_nearest_and_the_farther_of_two(value, rounding):
    rounded = rounding.round(value)
    assert abs(rounded - value) * 2 <= rounding.increment
    if abs(rounded - value) * 2 == rounding.increment:
        assert abs(rounded) > abs(value)

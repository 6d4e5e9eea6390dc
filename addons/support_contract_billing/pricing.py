# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a service costs in one period, with the worked calculation: no ORM.

The order is always the same, and it is the order in which the calculation reads:

1. quantity → started steps × price, or the graduated ladder (R2); or a fixed
   price × quantity (R3, R5, R6);
2. less the discount (R4, special conditions);
3. at least the minimum fee: it is the least that a whole period costs, so it comes
   after the discount;
4. rounded to the currency, half up, once;
5. the share of the days that are covered, if that is not the whole period.

Numbers may come in as int, Decimal, str or float (Odoo's fields are floats); inside
there is exact decimal and integer arithmetic only.

**Parts add up.** The share of the days ``first`` to ``last`` of a period of ``total``
days is ``round(whole * last / total) - round(whole * (first - 1) / total)``. The
rounded marks between neighbours cancel, so however a period is cut into consecutive
parts, the amounts of the parts add up to the whole, to the öre. The price of that: a
part can be one unit of the currency off its own ``round(whole * days / total)``, and so
of two wholes the larger can have the smaller part, by one unit. The calculation says
so where a part was moved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction
from itertools import accumulate, pairwise


# Here `_` only marks a template for the export of terms; render() translates it with
# the caller's `env._`. There is no environment in this file.
# pylint: disable=prefer-env-translation
def _(source):
    return source


# Numbers are kept to this many decimals and below this size. Products of three such
# numbers fit into the digits of the context, which refuses to lose any.
DECIMALS = 12
LIMIT = Decimal(10) ** 15
_WIDE = Context(prec=200)
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
# Odoo's default precision of quantities ("Product Unit"); see _invoice_line().
QUANTITY_PLACES = 2


# --------------------------------------------------------------------------------------
# Numbers
# --------------------------------------------------------------------------------------
def to_decimal(value, name="value"):
    """``value`` as an exact Decimal; zero or more, finite, below 10**15."""
    number = _finite(value, name)
    if number < 0:
        raise ValueError(
            f"{name} is {value}: enter zero or more. What has to be given back is a "
            "discount or a correction, not a negative figure."
        )
    return number


def _finite(value, name):
    # Fifteen significant digits are all that a float holds of a decimal number:
    # 0.1 + 0.2 becomes 0.3, and 12.000000000000002 users are not 13 started ones.
    text = f"{value:.15g}" if isinstance(value, float) else str(value)
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ValueError(f"{name} is {value!r}: enter a number, such as 180 or 0.5.")
    if number.copy_abs() >= LIMIT:
        raise ValueError(f"{name} is {value}: enter a number below {LIMIT:,}.")
    return number.quantize(Decimal(1).scaleb(-DECIMALS), context=_WIDE)


def _places(number):
    """Decimals that ``number`` needs: 2 for 1.2500."""
    return max(0, -number.normalize(_EXACT).as_tuple().exponent)


@dataclass(frozen=True)
class Rounding:
    """Rounding of a currency: to multiples of ``increment``, ties away from zero.

    ``Rounding(currency.rounding)`` rounds as ``currency.round()`` does (HALF-UP),
    without its float tolerance, because nothing here is a float.
    """

    increment: Decimal = Decimal("0.01")

    def __post_init__(self):
        increment = to_decimal(self.increment, "rounding").normalize(_EXACT)
        if not increment:
            raise ValueError("rounding is 0: enter the smallest amount, such as 0.01.")
        object.__setattr__(self, "increment", increment)

    @property
    def places(self):
        """Decimals of an amount in this currency."""
        return _places(self.increment)

    def round(self, value):
        """``value`` (Decimal or Fraction) as a Decimal multiple of the increment."""
        ratio = Fraction(value) / Fraction(self.increment)
        units = int(abs(ratio) + Fraction(1, 2))  # int() cuts, and abs() is >= 0
        with localcontext(_EXACT):
            amount = Decimal(units if ratio >= 0 else -units) * self.increment
            return amount.quantize(Decimal(1).scaleb(-self.places))


CENTS = Rounding()


# --------------------------------------------------------------------------------------
# Parts of a whole
# --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Part:
    """The days ``first`` to ``last`` of a period of ``total`` days, counted from 1.

    From 12 November: ``Part(12, 30, 30)``, which is 19/30.
    """

    first: int
    last: int
    total: int

    def __post_init__(self):
        numbers = (self.first, self.last, self.total)
        whole = all(isinstance(number, int) for number in numbers)
        if not whole or not 1 <= self.first <= self.last <= self.total:
            raise ValueError(
                f"Days {self.first} to {self.last} of {self.total} are no part of a "
                "period: count the days from 1, first to last, within the total."
            )

    @property
    def covered(self):
        """Number of days in the part."""
        return self.last - self.first + 1

    @property
    def is_whole(self):
        return self.covered == self.total


def part_amount(whole, part, rounding=CENTS):
    """Share of the amount ``whole`` that falls on the days of ``part``.

    Consecutive parts add up exactly (see the top of this file). ``whole`` may be
    negative (a credit) and must be an amount of the currency.
    """
    whole = _amount(whole, rounding)
    before = rounding.round(Fraction(whole) * (part.first - 1) / part.total)
    through = rounding.round(Fraction(whole) * part.last / part.total)
    return _EXACT.subtract(through, before)


def split_amount(amount, weights, rounding=CENTS):
    """Split ``amount`` by ``weights`` into amounts that add up to it exactly.

    The weights may be days, lines, shares: zero or more each, not all zero. Returns
    a list of Decimals in the order of the weights. With the days of consecutive
    parts as weights the result is :func:`part_amount` of each.
    """
    amount = _amount(amount, rounding)
    marks = [0, *accumulate(Fraction(to_decimal(w, "weight")) for w in weights)]
    if not marks[-1]:
        raise ValueError(
            "The weights are all zero: give at least one that is more than zero."
        )
    cuts = [rounding.round(Fraction(amount) * mark / marks[-1]) for mark in marks]
    return [_EXACT.subtract(end, start) for start, end in pairwise(cuts)]


def _amount(value, rounding):
    number = _finite(value, "amount")
    amount = rounding.round(number)
    if amount != number:
        raise ValueError(
            f"{value} is no multiple of {rounding.increment}: round the amount to the "
            "currency before it is shared out."
        )
    return amount


# --------------------------------------------------------------------------------------
# Result
# --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """One step of a calculation: what was done (``kind``) and with which numbers.

    Kinds and their values, in the order in which they can occur:
    ``quantity`` (quantity, unit) · ``steps`` (steps, step, price, amount) or
    ``ladder`` (steps, step, parts: ((steps, price), …), amount) or ``product``
    (price, amount) or ``fixed`` (price) · ``discount`` (percent, amount) ·
    ``minimum`` (amount) · ``rounded`` (amount) · ``part`` (covered, total, first,
    last, adjusted, amount). ``amount`` is what the price is after the step.
    """

    kind: str
    values: Mapping = field(hash=False)


@dataclass(frozen=True)
class Price:
    """An amount and how it came about.

    ``quantity`` and ``price_unit`` are those of an invoice line: multiplied they always
    give ``amount``, with nothing to round.
    """

    quantity: Decimal
    price_unit: Decimal
    amount: Decimal
    calculation: tuple[Step, ...]
    places: int = 2

    def text(self, translate=None, format_number=None):
        """The calculation in words; plain English by default, see :func:`render`."""
        return render(self.calculation, self.places, translate, format_number)

    def __str__(self):
        return self.text()


# --------------------------------------------------------------------------------------
# Prices
# --------------------------------------------------------------------------------------
def stepped_price(
    quantity,
    price,
    *,
    step=1,
    tiers: Iterable = (),
    unit="",
    minimum=0,
    discount=0,
    part=None,
    rounding=CENTS,
):
    """Price per *started* step of a quantity (R2).

    :param quantity: lines, users, instances, … of the whole period; already added up
    :param price: price of one step for a whole period, in the currency
    :param step: size of a step in units of the quantity; 100 for "per started 100"
    :param tiers: graduated ladder, pairs (above, price): the steps above the quantity
        ``above`` cost that price each, those below keep theirs. ``above`` is in units
        of the quantity, more than zero and a multiple of ``step``.
    :param unit: what is counted: a key of ``UNITS``, or a word in the reader's language
    :param minimum: least price of a whole period, in the currency, after the discount
    :param discount: percent, 0 to 100
    :param part: the covered :class:`Part` of the period; None is all of it
    :param rounding: :class:`Rounding` of the currency
    """
    quantity = to_decimal(quantity, "quantity")
    step = to_decimal(step, "step")
    if not step:
        raise ValueError("step is 0: enter the size of a step, such as 100 lines.")
    ladder = _ladder(to_decimal(price, "price"), tiers, step)
    with localcontext(_EXACT):
        steps, rest = divmod(quantity, step)
        steps += bool(rest)  # a started step counts whole
        shares = _shares(steps, ladder)
        gross = sum((count * cost for count, cost in shares), Decimal(0))
    calculation = [
        Step("quantity", {"quantity": quantity, "unit": unit}),
        _steps_step(steps, step, shares, gross),
    ]
    # Steps at different prices have no single unit price.
    line = (steps, shares[0][1]) if len(shares) == 1 else None
    return _finish(gross, line, calculation, minimum, discount, part, rounding)


def fixed_price(
    price,
    *,
    quantity=1,
    unit="",
    minimum=0,
    discount=0,
    part=None,
    rounding=CENTS,
):
    """Fixed price, once or times a quantity (R3 operations, R5 fee, R6 usage, hours).

    Parameters as for :func:`stepped_price`; the quantity may be broken (3.5 hours).
    """
    price = to_decimal(price, "price")
    quantity = to_decimal(quantity, "quantity")
    with localcontext(_EXACT):
        gross = quantity * price
    if quantity == 1 and not unit:
        calculation = [Step("fixed", {"price": price})]
    else:
        calculation = [
            Step("quantity", {"quantity": quantity, "unit": unit}),
            Step("product", {"price": price, "amount": gross}),
        ]
    line = (quantity, price)
    return _finish(gross, line, calculation, minimum, discount, part, rounding)


def _ladder(price, tiers, step):
    """[(first step of the tier, counted from 0; price)], rising."""
    ladder = {Decimal(0): price}
    for above, cost in tiers:
        above = to_decimal(above, "tier")
        if not above or above % step:
            raise ValueError(
                f"A tier starts above {above.normalize(_EXACT):f}: let it start above "
                f"a multiple of {step.normalize(_EXACT):f}, more than zero."
            )
        if above // step in ladder:
            raise ValueError(
                f"Two tiers start above {above.normalize(_EXACT):f}: remove one."
            )
        ladder[above // step] = to_decimal(cost, "price of the tier")
    return sorted(ladder.items())


def _shares(steps, ladder):
    """[(number of steps, price of each)] for every tier that is reached."""
    ends = [start for start, _price in ladder[1:]] + [steps]
    shares = [
        (min(steps, end) - start, price)
        for (start, price), end in zip(ladder, ends, strict=True)
        if start < steps
    ]
    return shares or [(Decimal(0), ladder[0][1])]


def _steps_step(steps, step, shares, gross):
    values = {"steps": steps, "step": step, "amount": gross}
    if len(shares) > 1:
        return Step("ladder", {**values, "parts": tuple(shares)})
    return Step("steps", {**values, "price": shares[0][1]})


def _finish(gross, line, calculation, minimum, discount, part, rounding):
    """Discount, minimum, rounding and part: what all prices have in common."""
    whole, line = _discounted(gross, line, discount, calculation)
    minimum = to_decimal(minimum, "minimum")
    if whole < minimum:
        whole, line = minimum, None
        calculation.append(Step("minimum", {"amount": whole}))
    amount = rounding.round(whole)
    if amount != whole:
        calculation.append(Step("rounded", {"amount": amount}))
    if part and not part.is_whole:
        amount, line = _shared(amount, part, rounding, calculation), None
    quantity, price_unit = _invoice_line(amount, line, rounding)
    return Price(quantity, price_unit, amount, tuple(calculation), rounding.places)


def _discounted(gross, line, discount, calculation):
    percent = to_decimal(discount, "discount")
    if percent > 100:
        raise ValueError(f"The discount is {discount} %: enter 0 to 100.")
    if not percent:
        return gross, line
    with localcontext(_EXACT):
        factor = (100 - percent).scaleb(-2)
        net = gross * factor
        line = line and (line[0], line[1] * factor)
    calculation.append(Step("discount", {"percent": percent, "amount": net}))
    return net, line


def _shared(whole, part, rounding, calculation):
    amount = part_amount(whole, part, rounding)
    alone = rounding.round(Fraction(whole) * part.covered / part.total)
    values = {
        "covered": part.covered,
        "total": part.total,
        "first": part.first,
        "last": part.last,
        "adjusted": amount != alone,
        "amount": amount,
    }
    calculation.append(Step("part", values))
    return amount


def _invoice_line(amount, line, rounding):
    """(quantity, unit price) whose product is ``amount``, without rounding.

    Odoo stores both with few decimals and multiplies what it has stored. So where they
    need more decimals, or are not one price at all, the line is 1 × amount and the
    calculation tells the rest. So too where the product had to be rounded: Odoo may
    round the sum of an invoice's lines only, and its books would say another one.
    """
    if line and _places(line[0]) <= QUANTITY_PLACES:
        quantity, price_unit = line
        # The price is stored as an amount of the currency.
        if (
            rounding.round(price_unit) == price_unit
            and _EXACT.multiply(quantity, price_unit) == amount
        ):
            return _trim(quantity, 0), _trim(price_unit, rounding.places)
    return Decimal(1), amount


def _trim(number, places):
    """``number`` with ``places`` decimals, or more if it has more."""
    with localcontext(_EXACT):
        return number.quantize(Decimal(1).scaleb(-max(places, _places(number))))


# --------------------------------------------------------------------------------------
# Words
# --------------------------------------------------------------------------------------
# Each entry: one, several. Keys are the values of `unit`.
UNITS = {
    "lines": (_("%(quantity)s line"), _("%(quantity)s lines")),
    "users": (_("%(quantity)s user"), _("%(quantity)s users")),
    "instances": (_("%(quantity)s instance"), _("%(quantity)s instances")),
    "hours": (_("%(quantity)s hour"), _("%(quantity)s hours")),
}
_HUNDREDS = (_("%(steps)s started hundred"), _("%(steps)s started hundreds"))
_BLOCKS = (
    _("%(steps)s started block of %(step)s"),
    _("%(steps)s started blocks of %(step)s"),
)


def render(calculation, places=2, translate=None, format_number=None):
    """The calculation as one line of text.

    :param places: decimals that amounts show at least (the currency's)
    :param translate: ``translate(template, **values)`` → text in the reader's language.
        ``env._`` fits: it looks the template up in the add-on that holds this file.
    :param format_number: ``format_number(number, places)`` → text, for example
        ``lambda number, places: formatLang(env, number, digits=places)``
    """
    words = _Words(places, translate or _english, format_number or _english_number)
    text = ""
    for step in calculation:
        joint, fragment = getattr(words, f"_{step.kind}")(**step.values)
        text += (joint if text else "") + fragment
    return text


def _english(template, **values):
    return template % values


def _english_number(number, places):
    return f"{number:,.{places}f}"


class _Words:
    """One method per kind of step: (how it is joined to the text before it, text)."""

    def __init__(self, places, translate, format_number):
        self.places = places
        self.translate = translate
        self.format_number = format_number

    def _count(self, number):
        return self.format_number(number, _places(Decimal(number)))

    def _money(self, number):
        return self.format_number(number, max(self.places, _places(number)))

    def _plural(self, templates, number, **values):
        return self.translate(templates[number != 1], **values)

    def _quantity(self, quantity, unit):
        count = self._count(quantity)
        if unit in UNITS:
            return "", self._plural(UNITS[unit], quantity, quantity=count)
        return "", f"{count} {unit}".rstrip()

    def _started(self, steps, step):
        """Joint and text of the number of steps; steps of one are said already."""
        if step == 1:
            return "", ""
        templates = _HUNDREDS if step == 100 else _BLOCKS
        values = {"steps": self._count(steps)}
        if step != 100:
            values["step"] = self._count(step)
        return " → ", self._plural(templates, steps, **values)

    def _steps(self, steps, step, price, amount):
        joint, started = self._started(steps, step)
        return joint, f"{started} × {self._money(price)} = {self._money(amount)}"

    def _ladder(self, steps, step, parts, amount):
        joint, started = self._started(steps, step)
        terms = [f"{self._count(n)} × {self._money(price)}" for n, price in parts]
        return joint, f"{started}: {' + '.join(terms)} = {self._money(amount)}"

    def _product(self, price, amount):
        return "", f" × {self._money(price)} = {self._money(amount)}"

    def _fixed(self, price):
        return "", self.translate(_("fixed price %(price)s"), price=self._money(price))

    def _discount(self, percent, amount):
        return "; ", self.translate(
            _("%(percent)s%% discount → %(amount)s"),
            percent=self._count(percent),
            amount=self._money(amount),
        )

    def _minimum(self, amount):
        return "; ", self.translate(
            _("minimum fee → %(amount)s"), amount=self._money(amount)
        )

    def _rounded(self, amount):
        return "; ", self.translate(
            _("rounded → %(amount)s"), amount=self._money(amount)
        )

    def _part(self, covered, total, first, last, adjusted, amount):
        values = {
            "covered": self._count(covered),
            "total": self._count(total),
            "amount": self._money(amount),
        }
        if not adjusted:
            return "; ", self.translate(
                _("%(covered)s/%(total)s days → %(amount)s"), **values
            )
        return "; ", self.translate(
            _(
                "%(covered)s/%(total)s days → %(amount)s (days %(first)s–%(last)s, "
                "rounded so that the parts of the period add up)"
            ),
            first=self._count(first),
            last=self._count(last),
            **values,
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From logged hours to billed minutes and amounts. Clause R4. No ORM.

Minutes are whole numbers before they are added. The billed minutes of one piece of work
on one day, of all people and kinds together, are rounded up once; what the rounding
adds is charged at the lowest price among them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


def whole_minutes(hours: float) -> int:
    """Logged hours as whole minutes, to the nearest; half a minute counts as one."""
    # By its shortest notation: 0.075 hours are 4.5 minutes, whatever the float holds.
    minutes = Decimal(repr(round(hours, 6))) * 60
    return int(minutes.to_integral_value(rounding=ROUND_HALF_UP))


def round_up(minutes: int, increment: int) -> int:
    """The next multiple of ``increment`` minutes; 0 stays 0."""
    return -(-minutes // increment) * increment


def hourly_price(price, factor=1, discount=0) -> Decimal:
    """What an hour costs: the price of the terms, then the factor, then the discount.

    :param price: of an hour, untaxed
    :param factor: such as 1.5 for work that was ordered for the evening
    :param discount: percent (R4)
    """
    number = Decimal(str(price)) * Decimal(str(factor))
    return number * (100 - Decimal(str(discount))) / 100


@dataclass(frozen=True, order=True)
class Rate:
    """What minutes are charged at: the price of an hour, and the kind of work."""

    price: Decimal
    #: A stable name or id of the kind of work.
    kind: int | str

    @property
    def sort_key(self):
        """The cheapest first, in an order that nobody's logging changes."""
        return self.price, str(self.kind)


@dataclass(frozen=True)
class Billed:
    """What one piece of work costs on one day at one rate."""

    rate: Rate
    #: Minutes as they were logged.
    minutes: int
    #: With the share of the rounding.
    billed: int

    def amount(self, rounding) -> Decimal:
        """The untaxed price of the billed minutes, rounded once.

        :param rounding: of the currency, with a method ``round``
        """
        return rounding.round(self.rate.price * self.billed / 60)


def bill_day(entries: Iterable[tuple], increment: int) -> list[Billed]:
    """The billed minutes of one piece of work on one day.

    Minutes that goodwill lowered are charged as they are: the others alone are rounded
    up. Nor do they cost more than the rounded sum of all, where they fit into it.

    :param entries: (rate, minutes), in any order; (rate, minutes, True) for minutes
        that goodwill lowered
    :param increment: minutes that the sum is rounded up to a multiple of
    :return: one for each rate with minutes, the cheapest first
    """
    minutes: dict[Rate, int] = {}
    worked = 0
    for rate, logged, *lowered in entries:
        if logged < 0 or increment < 1:
            raise ValueError(
                f"Minutes ({logged}) are zero or more, the increment ({increment}) is "
                "at least one."
            )
        if logged:
            minutes[rate] = minutes.get(rate, 0) + logged
        if not any(lowered):
            worked += logged
    total = sum(minutes.values())
    added = min(round_up(one, increment) - one for one in (worked, total))
    found = []
    for rate in sorted(minutes, key=lambda rate: rate.sort_key):
        logged = minutes[rate]
        found.append(Billed(rate, logged, logged + added))
        added = 0
    return found


def get_invoice_line(minutes: int, amount: Decimal, price: Decimal, rounding):
    """(quantity, unit price) of an invoice line that asks for exactly an amount.

    Hours where they have the two decimals that an invoice prints, and at their price
    lead to the amount; else one unit.

    :param minutes: to bill; below zero to give them back, as is the amount
    :param price: of an hour
    """
    hours, price = Decimal(minutes) / 60, rounding.round(price)
    if minutes and not minutes % 3 and rounding.round(hours * price) == amount:
        return float(hours), float(price)
    # Negative quantities and not prices: e-invoices forbid the latter.
    return (-1.0 if amount < 0 else 1.0), abs(float(amount))

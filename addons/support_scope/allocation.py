# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which billed time an approval covers, and which waits for one. No ORM.

Limits count billed minutes in the order of the days of work. What is on an invoice has
its share of the limit already.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain


@dataclass(frozen=True)
class DayCost:
    """What one piece of work costs on one day at one rate.

    :param minutes: as they were logged
    :param billed: rounded up; of a day that was charged before, what is added
    :param amount: untaxed, of the billed minutes
    :param tag: work and rate; what has the same one on a day belongs together
    :param owner: whatever it stands on already; stays with its parts
    """

    day: date
    minutes: int
    billed: int
    amount: Decimal
    tag: object = None
    owner: object = None

    def split(self, billed, rounding):
        """(the first billed minutes, the rest); their amounts add up to the öre."""
        share = rounding.round(self.amount * billed / self.billed)
        minutes = min(self.minutes, billed)
        first = replace(self, minutes=minutes, billed=billed, amount=share)
        rest = replace(
            self,
            minutes=self.minutes - minutes,
            billed=self.billed - billed,
            amount=self.amount - share,
        )
        return first, rest


@dataclass
class Grant:
    """A yes, and what is left of it.

    :param source: whatever it comes from, such as a record
    :param minutes: billed minutes that are left; None for no such limit
    :param amount: untaxed amount that is left; None for no such limit
    :param first: the first day of work that it covers; None for any
    :param last: the last one
    :param coin: the smallest one, where the amount is the price of the minutes: it was
        rounded once, and each part of it is, so that they may add up to a little more
    """

    source: object
    minutes: int | None = None
    amount: Decimal | None = None
    first: date | None = None
    last: date | None = None
    coin: Decimal = Decimal(0)

    def covers(self, day):
        return (self.first is None or self.first <= day) and (
            self.last is None or day <= self.last
        )

    def get_share(self, cost):
        """How many of the billed minutes are within what is left."""
        share = cost.billed
        if self.minutes is not None:
            share = min(share, self.minutes)
        if not self.has_room(cost.amount):
            # Whole minutes whose price is surely within what is left.
            share = min(share, int(self._get_room() * cost.billed / cost.amount))
        return max(share, 0)

    def has_room(self, amount):
        """Whether an untaxed amount is within what is left."""
        return self.amount is None or amount <= self._get_room()

    def _get_room(self):
        # One for the limit, and one for the part, which is cut from a rounded one.
        return self.amount + 2 * self.coin

    def take(self, billed, amount):
        """Use up billed minutes and their untaxed amount."""
        if self.minutes is not None:
            self.minutes -= billed
        if self.amount is not None:
            self.amount -= amount - self.coin


def allocate(costs: Iterable[DayCost], find_grants: Callable, rounding):
    """Cover costs by grants, in the order of the days of work.

    Of one day the work that costs least comes first, however it was cut before; of
    equal ones that which comes first in ``costs``.

    :param find_grants: function of a cost that returns its :class:`Grant` objects, in
        the order in which they are used up; what is left of them is changed in place
    :return: list of (:class:`Grant` or None while it waits, :class:`DayCost`)
    """
    found, wholes = [], {}
    for cost in costs:
        wholes.setdefault((cost.day, cost.tag), []).append(cost)
    order = sorted(
        wholes.values(),
        key=lambda parts: (
            parts[0].day,
            sum(one.amount for one in parts),
            sum(one.billed for one in parts),
        ),
    )
    for cost in chain(*order):
        grants = [grant for grant in find_grants(cost) if grant.covers(cost.day)]
        if cost.billed <= 0:
            found.append((_find_for_amount(cost, grants), cost))
            continue
        left = cost
        for grant in grants:
            share = grant.get_share(left)
            if not share:
                continue
            part, left = (
                (left, None) if share == left.billed else left.split(share, rounding)
            )
            grant.take(part.billed, part.amount)
            found.append((grant, part))
            if not left:
                break
        if left:
            found.append((None, left))
    return found


def _find_for_amount(cost, grants):
    """The grant of a cost without minutes; None where it needs a yes that is not there.

    Nothing more to pay needs none. A higher price alone uses up amounts.
    """
    if cost.amount <= 0:
        return grants[0] if grants else None
    for grant in grants:
        if grant.minutes is None or grant.amount is not None:
            if grant.has_room(cost.amount):
                grant.take(cost.billed, cost.amount)
                return grant
    return None

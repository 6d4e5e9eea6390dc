# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which line count a period's fee comes from: plain dates, no ORM. Clause R2.

A period begins on a day, and its lines are counted some days before, on the *count
day*, so that the customer knows the fee before it applies. What is decided in time
holds for the whole period; what comes later holds from the next one, up or down.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from odoo.addons.support_contract.periods import check_day

# Made from the count day on, and approved before the period began.
COUNT_DAY = "count_day"
# The latest one before: none was made in time, or it was approved too late.
EARLIER = "earlier"
# The first one ever: nothing was approved before the period began.
FIRST = "first"
# Made from the count day on, after the period began, and nothing else will do.
LATE = "late"
# The latest one of today, for a period that is still to come.
LATEST = "latest"
# The latest one is older than agreed, and nothing else will do.
TOO_OLD = "too_old"
# There is none.
MISSING = "missing"
UNKNOWN = (TOO_OLD, MISSING)


@dataclass(frozen=True)
class CountInfo:
    """What matters of one line count of an instance.

    :param id: tells it from others; later ones have greater ids
    :param made: the day on which the code was read and found so
    :param seen: the last day on which it was read and still was
    :param approved: whether it was approved
    :param decided: the day of the approval; None while there is none
    """

    id: int
    made: date
    seen: date
    approved: bool
    decided: date | None = None


class PeriodCount(NamedTuple):
    """The count that a fee comes from, and the rule that found it.

    :param count: a :class:`CountInfo`; None with `missing`, the refused one with
        `too_old`
    :param rule: one of the rules above
    :param provisional: the code could not be read in time; the difference that the
        first count from the count day on makes is still to come
    """

    count: CountInfo | None
    rule: str
    provisional: bool = False

    @property
    def is_known(self):
        """Whether a fee can be computed from it."""
        return self.rule not in UNKNOWN


def count_for_period(counts, *, begin, days, max_age, today):
    """The count that governs the period that begins on ``begin``, of one instance.

    :param counts: iterable of :class:`CountInfo`, all of the instance
    :param days: how long before the period the lines are counted
    :param max_age: days before the period in which the code was last read, for a count
        from before the count day
    :param today: a period after today is answered with what is known now
    :return: :class:`PeriodCount`
    """
    check_day(begin, "begin")
    check_day(today, "today")
    opening = count_day(begin, days)
    counts = sorted(counts, key=lambda count: (count.made, count.id))
    approved = [count for count in counts if count.approved]
    usable = [count for count in approved if count.decided < begin]
    for count in usable:
        if count.seen >= opening:
            return PeriodCount(count, COUNT_DAY)
    if today < begin:
        # Days that have not been make nothing too old.
        return PeriodCount(usable[-1], LATEST) if usable else PeriodCount(None, MISSING)
    if not usable:
        first = min(approved, key=_decision, default=None)
        return PeriodCount(first, FIRST if first else MISSING)
    return _without_count_day(counts, usable[-1], begin, opening, max_age)


def _without_count_day(counts, earlier, begin, opening, max_age):
    """The answer when no count from the count day on was approved in time."""
    late = first_from(counts, opening)
    in_time = was_read(counts, begin, opening)
    if late and not in_time:
        return PeriodCount(late, LATE)
    if (begin - earlier.seen).days <= max_age:
        return PeriodCount(earlier, EARLIER, provisional=not in_time)
    return PeriodCount(late or earlier, LATE if late else TOO_OLD)


def first_from(counts, opening):
    """The first approved count made from ``opening`` on, or None.

    The code that was found before and was still the same then counts as made then.
    """
    later = [count for count in counts if count.approved and count.seen >= opening]
    return min(later, key=_decision, default=None)


def was_read(counts, begin, opening):
    """Whether the code was read from ``opening`` on and before the period began."""
    return any(count.seen >= opening and count.made < begin for count in counts)


def count_day(begin, days):
    """The day on which the lines of the period that begins on ``begin`` are counted."""
    return begin - timedelta(days=days)


def _decision(count):
    # The first decision stands: one that comes later changes nothing any more.
    return count.decided, count.made, count.id

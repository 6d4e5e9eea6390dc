# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Stretches of days with an open end, figures that change on some days, and the first
day on which an answer differs: plain dates, no ORM.

An answer about a contract is a step function of the day: it can change only on days
that are known (a service starts, ends, an upgrade is requested, ...). Whoever has the
answer for one day and those days has the day on which it changes, by looking.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from odoo.tools.intervals import Intervals

from .periods import ONE_DAY, check_day


@dataclass(frozen=True)
class Span:
    """The days from ``start`` to ``end``, both included; without ``end`` for good.

    ``source`` is whatever the days come from (the id of a service), for explanations.
    """

    start: date
    end: date | None = None
    source: int | None = None

    def __post_init__(self):
        check_day(self.start, "start")
        # Odoo's empty date is False.
        object.__setattr__(self, "end", self.end or None)
        if self.end is not None and check_day(self.end, "end") < self.start:
            raise ValueError(
                f"The span ends on {self.end}, before it starts on {self.start}: give "
                "an end that is the start or later, or none."
            )

    def __contains__(self, day):
        return self.start <= check_day(day) and (self.end is None or day <= self.end)

    @property
    def after(self):
        """The first day after the span; None if it has no end."""
        # The calendar's last day has no next one: as good as no end.
        return None if self.end in (None, date.max) else self.end + ONE_DAY

    @property
    def boundaries(self):
        """The days on which something changes because of this span."""
        return (self.start,) if self.after is None else (self.start, self.after)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The unbroken stretches that ``spans`` cover together, in order.

    Spans that overlap or follow each other without a day between make one stretch,
    which begins with the first of them. Two stretches have at least a day between.
    """
    # Without the day after their last: as Odoo has them.
    half_open = ((span.start, span.after or date.max, frozenset()) for span in spans)
    return tuple(
        Span(start, None if after == date.max else after - ONE_DAY)
        for start, after, _nothing in Intervals(half_open)
    )


@dataclass(frozen=True)
class Steps:
    """A figure that changes on some days.

    ``changes`` holds pairs (day, the figure from that day on), in the order of the
    days. The first figure holds before its day too.
    """

    changes: tuple[tuple[date, int], ...]

    def __post_init__(self):
        days = self.days
        if not days or any(
            one >= two for one, two in zip(days, days[1:], strict=False)
        ):
            raise ValueError(f"Give at least one day, in ascending order, not {days}.")

    @classmethod
    def constant(cls, value):
        return cls(((date.min, value),))

    @property
    def days(self):
        return tuple(day for day, _value in self.changes)

    def at(self, day):
        """The figure on ``day``."""
        value = self.changes[0][1]
        for since, later in self.changes:
            if since > day:
                break
            value = later
        return value

    def highest(self, first, last):
        """The highest figure on any day from ``first`` to ``last``."""
        values = [value for since, value in self.changes if first < since <= last]
        return max([self.at(first), *values])


def first_change(answer: Callable, on_date: date, days: Iterable[date]) -> date | None:
    """The first day after ``on_date`` on which ``answer(day)`` is another one.

    :param days: all days on which the answer may change, in any order; more do no harm
    :return: None if it never changes
    """
    now = answer(on_date)
    later = sorted({day for day in days if day > on_date})
    return next((day for day in later if answer(day) != now), None)

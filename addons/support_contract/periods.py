# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Periods that are counted from an anchor date: plain dates, no ORM.

Used for minimum terms (R1), upgrade periods (R8) and billing periods (R1, R3).

Every period is a *closed* interval of calendar days: its first and its last day
both belong to it. Period ``index`` starts ``index * months`` months after the
anchor, and the anchor's day of the month is cut to the length of *that* month.
Because each start is computed from the anchor and never from the period before,
the 31st and 29 February do not drift: an anchor of 31 January gives 28 February
and then 31 March, not 28 March.

There are no times of day and no time zones here, so daylight saving cannot matter.
What "today" is, is the caller's question (``company._support_today()``).
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from odoo.tools.date_utils import get_month

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Period:
    """The days from ``start`` to ``end``, both included."""

    start: date
    end: date

    def __post_init__(self):
        check_day(self.start, "start")
        check_day(self.end, "end")
        if self.end < self.start:
            raise ValueError(
                f"The period ends on {self.end}, before it starts on {self.start}: "
                "give an end that is the start or later."
            )

    def __contains__(self, day):
        return self.start <= check_day(day) <= self.end

    @property
    def days(self):
        """Length in days; a period of one day has 1."""
        return (self.end - self.start).days + 1

    def clip(self, start=None, end=None):
        """Part of this period from ``start`` to ``end``, or None if nothing is left.

        An empty limit (None, or the False of an empty Odoo date field) does not
        limit.
        """
        first = max(self.start, check_day(start, "start")) if start else self.start
        last = min(self.end, check_day(end, "end")) if end else self.end
        return Period(first, last) if first <= last else None


def anchored_period(anchor, index, months=12):
    """Period number ``index`` of ``months`` months from ``anchor``; 0 holds it.

    The index may be negative: the periods tile all time, before the anchor too.
    The end of a minimum term of twelve months is ``anchored_period(start, 0).end``.
    """
    _check_months(months)
    start = shift_months(anchor, index * months)
    return Period(start, shift_months(anchor, (index + 1) * months) - ONE_DAY)


def period_index(anchor, day, months=12):
    """Index of the period that holds ``day``; negative before the anchor.

    The inverse of :func:`anchored_period`: for every day,
    ``day in anchored_period(anchor, period_index(anchor, day, months), months)``.
    """
    _check_months(months)
    check_day(anchor, "anchor")
    check_day(day)
    # Whole months between the two, as if the anchor were on the 1st. The guess is
    # right or one too high: too high where the day lies before the start in its month.
    index = ((day.year - anchor.year) * 12 + day.month - anchor.month) // months
    if day < shift_months(anchor, index * months):
        index -= 1
    return index


def period_at(anchor, day, months=12):
    """The period that holds ``day``, of the periods counted from ``anchor``."""
    return anchored_period(anchor, period_index(anchor, day, months), months)


def calendar_month(day):
    """The calendar month that holds ``day``, from its 1st to its last day."""
    return Period(*get_month(check_day(day)))


def shift_months(day, months):
    """``day`` moved by ``months`` months, cut to the last day of that month.

    Do not chain calls: 31 January by one month twice is 28 March. Move the anchor by
    the sum instead.
    """
    check_day(day)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(day.day, last))
    except (OverflowError, ValueError) as error:
        raise ValueError(
            f"{day} moved by {months} months leaves the calendar (years "
            f"{date.min.year} to {date.max.year}): use an anchor nearer to the day."
        ) from error


def check_day(day, name="day"):
    """Return ``day`` if it is a plain date, else raise a ValueError."""
    # A datetime is a date too, for isinstance; its day depends on a time zone that
    # nobody has named here, so the caller has to decide.
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ValueError(
            f"{name} is {day!r}: pass a date without a time, "
            "taken in the company's time zone."
        )
    return day


def _check_months(months):
    if not isinstance(months, int) or months < 1:
        raise ValueError(
            f"A period has {months!r} months: give a whole number of 1 or more."
        )

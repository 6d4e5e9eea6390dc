# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""When a service can end after notice: plain dates, no ORM. Clause R1.

A service runs on after its minimum term until notice is given, or it renews: then it
has terms, and notice ends it with one of them.
"""

from datetime import date
from typing import NamedTuple

from .periods import ONE_DAY, calendar_month, check_day, period_index, shift_months


class EarliestEnd(NamedTuple):
    """The last day of a service after notice, and the rule that decided it.

    ``rule`` is ``min_term``, ``renewal``, ``month_end``, ``notice`` or ``start``.
    ``missed`` is the end of the running term, if the notice came too late for it.
    """

    day: date
    rule: str
    missed: date | None = None


def earliest_end(
    notice, *, start, min_end=None, months=0, to_month_end=True, renewal=0
):
    """Earliest lawful last day of a service, if notice is given on ``notice``.

    :param start: first day of the service, which it cannot end before
    :param min_end: last day of the minimum term; None or False if there is none
    :param months: notice period, counted from the day of the notice
    :param to_month_end: the service runs to the end of the month in which the notice
        period is over
    :param renewal: length in months of the terms by which it renews, after which
        alone it can end; 0 if it runs on
    """
    reached = shift_months(check_day(notice, "notice"), months)
    check_day(start, "start")
    if min_end:
        check_day(min_end, "min_end")
    if renewal:
        return _end_with_a_term(notice, reached, _Terms(start, min_end, renewal))
    day, rule = reached, "notice"
    if to_month_end:
        day, rule = calendar_month(day).end, "month_end"
    if day < start:
        day, rule = start, "start"
    if min_end and day <= min_end:
        day, rule = min_end, "min_term"
    return EarliestEnd(day, rule)


def last_notice_day(end, months):
    """The last day on which notice in time for ``end`` can be given.

    Notice periods are counted forwards, and 30 November and the days before it can all
    be three months before 28 February: the latest of them counts.
    """
    day = shift_months(check_day(end, "end"), -months)
    last = calendar_month(day).end
    while day < last and shift_months(day + ONE_DAY, months) <= end:
        day += ONE_DAY
    return day


def _end_with_a_term(notice, reached, terms):
    """The end of the first term that lasts until the notice period is over."""
    end, running = terms.get_end(reached), terms.get_end(notice)
    rule = "min_term" if end == terms.min_end else "renewal"
    return EarliestEnd(end, rule, running if running < end else None)


class _Terms:
    """The terms of a service that renews: a first one, and others of equal length.

    Without a minimum term the first one is as long as the others.
    """

    def __init__(self, start, min_end, renewal):
        self.start = start
        self.renewal = renewal
        self.first_end = min_end or shift_months(start, renewal) - ONE_DAY
        self.min_end = min_end or None

    def get_end(self, day):
        """Last day of the term that holds ``day``, or of the first one before it."""
        if day <= self.first_end:
            return self.first_end
        anchor, first = self._get_anchor()
        # Number 0 is the first term after the minimum term.
        number = (period_index(anchor, day, 1) - first) // self.renewal
        return shift_months(anchor, first + (number + 1) * self.renewal) - ONE_DAY

    def _get_anchor(self):
        """From which day terms are counted, and how many months the first one has.

        From the first day, so that they do not drift after a short month; where the
        minimum term was agreed by its last day, from the day after it.
        """
        following = self.first_end + ONE_DAY
        months = period_index(self.start, following, 1)
        if shift_months(self.start, months) == following:
            return self.start, months
        return following, 0

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""When a service can end after notice: plain dates, no ORM. Clause R1."""

from datetime import date
from typing import NamedTuple

from .periods import calendar_month, check_day, shift_months


class EarliestEnd(NamedTuple):
    """The last day of a service after notice, and the rule that decided it.

    ``rule`` is ``min_term``, ``month_end``, ``notice`` or ``start``.
    """

    day: date
    rule: str


def earliest_end(notice, *, start, min_end=None, months=0, to_month_end=True):
    """Earliest lawful last day of a service, if notice is given on ``notice``.

    :param start: first day of the service, which it cannot end before
    :param min_end: last day of the minimum term; None or False if there is none
    :param months: notice period, counted from the day of the notice
    :param to_month_end: the service runs to the end of the month in which the notice
        period is over
    """
    day, rule = shift_months(check_day(notice, "notice"), months), "notice"
    if to_month_end:
        day, rule = calendar_month(day).end, "month_end"
    if day < check_day(start, "start"):
        day, rule = start, "start"
    if min_end and day <= check_day(min_end, "min_end"):
        day, rule = min_end, "min_term"
    return EarliestEnd(day, rule)

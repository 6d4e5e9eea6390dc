# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which periods of a service are to be billed, and when: plain dates, no ORM.

Billing periods are months: calendar months, or months from an anchor date
("anniversary"), charged in arrears or in advance (R1, R3). The arithmetic of anchored
periods is that of ``support_contract``; this file adds the schedule.
"""

from dataclasses import dataclass
from datetime import date

from odoo.addons.support_contract.periods import (
    ONE_DAY,
    Period,
    anchored_period,
    calendar_month,
    check_day,
    period_at,
    period_index,
)

from .pricing import Part

CALENDARS = ("month", "anniversary")
TIMINGS = ("arrears", "advance")


@dataclass(frozen=True)
class Schedule:
    """How the terms bill: ``calendar`` of CALENDARS and ``timing`` of TIMINGS."""

    calendar: str = "month"
    timing: str = "arrears"

    def __post_init__(self):
        if self.calendar not in CALENDARS:
            raise ValueError(
                f"The calendar is {self.calendar!r}: choose one of {CALENDARS}."
            )
        if self.timing not in TIMINGS:
            raise ValueError(f"The timing is {self.timing!r}: choose one of {TIMINGS}.")


@dataclass(frozen=True)
class BillingPeriod:
    """A whole period, the days of it that a charge covers, and when that is due."""

    full: Period
    covered: Period
    due: date

    @property
    def part(self):
        """The covered days as a share of the whole period, for the pricing."""
        first = (self.covered.start - self.full.start).days + 1
        return Part(first, first + self.covered.days - 1, self.full.days)

    @property
    def is_whole(self):
        return self.covered == self.full

    def cut(self, piece):
        """The same for some of its covered days: in advance due on their first."""
        ahead = self.due <= self.covered.start
        return BillingPeriod(self.full, piece, piece.start if ahead else self.due)


def period_of(schedule, day, anchor):
    """The whole billing period that holds ``day``.

    ``anchor`` matters for anniversaries only: the date whose day of the month starts
    every period.
    """
    if schedule.calendar == "month":
        return calendar_month(day)
    return period_at(anchor, day, months=1)


def due_date(schedule, full, covered=None):
    """First day on which a period may be invoiced.

    In arrears: the day after the whole period, even where the service covers only a
    part of it, so that all services of a contract meet on one invoice. In advance: the
    first covered day, so that nothing is charged before its service has begun.
    """
    if schedule.timing == "arrears":
        return full.end + ONE_DAY
    return (covered or full).start


def service_periods(schedule, start, end, until, anchor=None):
    """Yield every BillingPeriod of a service that begins by ``until``, in order.

    :param schedule: or, where the terms changed it, a list of (first day, Schedule) in
        order. Each day is a part of the whole period that its own schedule makes, and
        days before a change are due when it comes, at the latest: so all days are
        charged in their order.
    :param start: first day of the service
    :param end: last day of the service; None (or an empty field's False) runs on
    :param until: no period whose whole begins after this day
    :param anchor: what anniversaries are counted from; the service's start by default.
        Give the contract's start to have all its services on the same days.
    """
    check_day(start, "start")
    if not isinstance(schedule, Schedule):
        yield from _scheduled_periods(schedule, start, end, until, anchor or start)
        return
    if schedule.calendar == "month":
        anchor = start.replace(day=1)
    anchor = anchor or start
    index = period_index(anchor, start, months=1)
    while (full := anchored_period(anchor, index, months=1)).start <= until:
        covered = full.clip(start, end)
        if not covered:
            return
        yield BillingPeriod(full, covered, due_date(schedule, full, covered))
        index += 1


def _scheduled_periods(schedules, start, end, until, anchor):
    changes = [day for day, _schedule in schedules[1:]]
    for (first, schedule), change in zip(schedules, [*changes, None], strict=True):
        last = change - ONE_DAY if change else end
        last = min(last, end) if last and end else last
        first = max(first, start)
        if last and last < first:
            continue
        for period in service_periods(schedule, first, last, until, anchor):
            due = min(period.due, change) if change else period.due
            yield BillingPeriod(period.full, period.covered, due)


def billable_periods(
    schedule, *, start, end=None, billed_through=None, today, anchor=None
):
    """List of the BillingPeriods of a service that are due and not billed, in order.

    :param start: first day of the service
    :param end: last day of the service, or None
    :param billed_through: last day that has been charged (for example, by the system
        from which a running contract was taken over), or None. Nothing up to it is
        charged again; a period that it cuts is charged for its remaining days.
    :param today: due means due on or before this day; a later day gives a forecast
    :param anchor: see :func:`service_periods`

    An end before the start, a service that has not begun and one that is billed to
    its end give an empty list. After downtime there is one entry per missed period.
    """
    check_day(today, "today")
    check_day(start, "start")
    if anchor is None:
        anchor = start  # of the whole service: what is billed does not move it
    if billed_through:
        start = max(start, check_day(billed_through, "billed_through") + ONE_DAY)
    periods = service_periods(schedule, start, end, today, anchor)
    return [period for period in periods if period.due <= today]

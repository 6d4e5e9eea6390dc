# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Upgrade rights of one contract, period by period: plain dates, no ORM. Clause R8.

Periods run from the first day of an unbroken stretch of service; the last one is cut
where the stretch ends. A right is booked by a request: reserved from then on, used from
the start of the work, free again if it is returned. What is neither used nor reserved
when its period is over has lapsed; a reservation outlives its period.

All of it is asked *as of a day*: what was booked later does not count yet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import takewhile

from odoo.addons.support_contract.periods import ONE_DAY, Period, shift_months
from odoo.addons.support_contract.spans import Span, Steps


@dataclass(frozen=True)
class Booking:
    """Rights of one period that one upgrade took."""

    #: Any day of the period that the rights belong to.
    period_day: date
    #: The first day on which they are not free.
    reserved_on: date
    #: The day on which the work started; None before.
    started_on: date | None = None
    #: The first day on which they are free again; None if they stay taken.
    returned_on: date | None = None
    #: How many rights.
    count: int = 1

    def holds(self, day):
        return self.reserved_on <= day and not (
            self.returned_on and self.returned_on <= day
        )

    def is_used(self, day):
        return self.holds(day) and bool(self.started_on) and self.started_on <= day


@dataclass(frozen=True)
class UpgradePeriod:
    """One period with its rights, as of some day."""

    start: date
    end: date
    granted: int
    used: int
    reserved: int
    lapsed: int

    @property
    def left(self):
        """Rights that can still be asked for; none once the period is over.

        Less than zero is possible where figures were lowered afterwards, and is shown
        as none.
        """
        return max(self.granted - self.used - self.reserved - self.lapsed, 0)


@dataclass(frozen=True)
class Ledger:
    """The upgrade rights of one contract."""

    #: Unbroken stretches of service, in order (`support_contract.spans.merged`).
    stretches: tuple[Span, ...]
    #: Length of a period in months, by day.
    months: Steps
    #: Rights granted in a period, by day.
    rights: Steps
    bookings: tuple[Booking, ...] = ()

    def tile(self) -> Iterator[Period]:
        """All periods in order, without end if the last stretch has none.

        Every period begins whole months after the first day of its stretch, so the
        31st and 29 February do not drift. Another length holds from the first period
        that begins under it.
        """
        for stretch in self.stretches:
            offset, start = 0, stretch.start
            while True:
                offset += self.months.at(start)
                end = shift_months(stretch.start, offset) - ONE_DAY
                if stretch.end and end >= stretch.end:
                    yield Period(start, stretch.end)
                    break
                yield Period(start, end)
                start = end + ONE_DAY

    def period_at(self, day) -> Period | None:
        """The period that holds ``day``; None on a day without service."""
        for period in self.tile():
            if day in period:
                return period
            if period.start > day:
                break
        return None

    def next_period(self, day) -> Period | None:
        """The first period that begins after ``day``; None if there is none."""
        return next((period for period in self.tile() if period.start > day), None)

    def entry(self, period, on_date) -> UpgradePeriod:
        """The rights of ``period`` as of ``on_date``."""
        # Rights that were promised within a period are not taken back in it; rights
        # promised for later do not count before their first day.
        last = max(period.start, min(period.end, on_date))
        granted = self.rights.highest(period.start, last)
        taken = [
            booking
            for booking in self.bookings
            if booking.period_day in period and booking.holds(on_date)
        ]
        used = sum(booking.count for booking in taken if booking.is_used(on_date))
        reserved = sum(booking.count for booking in taken) - used
        over = period.end < on_date
        return UpgradePeriod(
            start=period.start,
            end=period.end,
            granted=granted,
            used=used,
            reserved=reserved,
            lapsed=max(granted - used - reserved, 0) if over else 0,
        )

    def entries(self, until, on_date) -> list[UpgradePeriod]:
        """All periods that begin by ``until``, as of ``on_date``."""
        begun = takewhile(lambda period: period.start <= until, self.tile())
        return [self.entry(period, on_date) for period in begun]

    def left(self, day) -> int:
        """Rights that can be asked for on ``day``."""
        period = self.period_at(day)
        return self.entry(period, day).left if period else 0

    def change_days(self, on_date) -> list[date]:
        """All days after ``on_date`` on which :meth:`left` can become another one.

        After the last known event every period is like the first that follows it, so
        that one tells about all of them.
        """
        days = [day for day in self._events if day > on_date]
        last = max(days, default=on_date)
        for period in self.tile():
            days.append(period.start)
            if period.start > last:
                break
        return [day for day in days if day > on_date]

    @cached_property
    def _events(self):
        days = [day for stretch in self.stretches for day in stretch.boundaries]
        days += [*self.rights.days, *self.months.days]
        for booking in self.bookings:
            days += [booking.period_day, booking.reserved_on]
            days += [booking.returned_on] if booking.returned_on else []
        return tuple(days)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a company's calendar says of a moment, to propose what work is ordered for.

A proposal and no more: a factor applies because it was ordered, never because of a
clock (R4).
"""

from datetime import timezone

from dateutil.relativedelta import relativedelta
from pytz import timezone as get_zone

MIDNIGHT = relativedelta(hour=0, minute=0, second=0, microsecond=0)

# Which hours a factor is proposed for; see `support.work.factor`.
OFFICE, OUTSIDE, FREE = "", "outside", "free"


def classify(company, moment):
    """Whether a moment lies in the office hours of a company.

    A day's office hours go from its first hour to its last: breaks belong to them.
    Public holidays of the calendar have none.

    :param moment: naive datetime in UTC
    :return: OFFICE, also where the company has no calendar; OUTSIDE on a day that has
        office hours; FREE on one that has none
    """
    calendar = company.resource_calendar_id
    if not calendar or calendar.flexible_hours:
        return OFFICE
    zone = get_zone(company.support_tz)
    local = moment.replace(tzinfo=timezone.utc).astimezone(zone)
    # Through the wall clock: a day on which it changes is not 24 hours long.
    start = zone.localize(local.replace(tzinfo=None) + MIDNIGHT)
    end = zone.localize(local.replace(tzinfo=None) + MIDNIGHT + relativedelta(days=1))
    hours = list(calendar._work_intervals_batch(start, end, tz=zone)[False])
    if not hours:
        return FREE
    return OFFICE if hours[0][0] <= local < hours[-1][1] else OUTSIDE

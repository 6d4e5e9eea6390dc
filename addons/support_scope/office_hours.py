# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a company's calendar says of a moment, to propose what work is ordered for.

A proposal and no more: a factor applies because it was ordered, never because of a
clock (R4).
"""

from datetime import timezone

from pytz import timezone as get_zone

from odoo.addons.support_contract.periods import ONE_DAY

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
    day = company._support_date(moment)
    moment, start, end = (
        one.replace(tzinfo=timezone.utc)
        for one in (
            moment,
            company._support_midnight(day),
            company._support_midnight(day + ONE_DAY),
        )
    )
    # The hours of a calendar are those of a clock on the wall.
    zone = get_zone(company.support_tz)
    hours = list(calendar._work_intervals_batch(start, end, tz=zone)[False])
    if not hours:
        return FREE
    return OFFICE if hours[0][0] <= moment < hours[-1][1] else OUTSIDE

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which instances and which line counts a period's fee comes from. Clause R2.

A fee is known when its period begins, so everything is looked up as it was then.
"""

from odoo.addons.support_contract.periods import ONE_DAY

from .count_day import CountInfo, count_for_period


class PeriodCounts:
    """The line counts that govern a whole period of a service.

    :param service: `support.contract.service`
    :param period: :class:`odoo.addons.support_contract.periods.Period`
    """

    def __init__(self, service, period):
        service.ensure_one()
        self.service = service
        self.period = period

    def get_instances(self):
        """The billed instances of the period: those of its first charged day.

        Without any on that day, those of the first day that has some.
        """
        contract = self.service.contract_id
        instances = contract.with_context(active_test=False).instance_ids
        part = self.service._get_charged_part(self.period) or self.period
        day = part.start
        while day <= part.end:
            if agreed := instances._filter_agreed_on(day):
                # What is read of them is read for those of other contracts as well.
                return agreed.with_prefetch(instances._prefetch_ids)
            day += ONE_DAY
        return instances.browse()

    def get_counts(self):
        """{instance: :class:`.count_day.PeriodCount`}"""
        service, period = self.service, self.period
        contract = service.contract_id
        days = contract._get_agreed("count_day", period.start).value
        max_age = contract._get_agreed("count_max_age", period.start).value
        today = contract.company_id._support_today()
        return {
            instance: count_for_period(
                instance._get_made_counts(),
                begin=period.start,
                days=days,
                max_age=max_age,
                today=today,
            )
            for instance in service._get_instances_of(period)
        }


def get_made_counts(instance):
    """What matters of the line counts of an instance.

    Nothing was made on a day to come: a clock that was wrong has said so.

    :return: list of :class:`.count_day.CountInfo`
    """
    instance.ensure_one()
    company = instance.company_id
    today = company._support_today()
    made = []
    for count in instance.count_ids:
        approved = count.state == "approved"
        decided = count.decided_on and company._support_date(count.decided_on)
        seen = min(count.date_confirmed or count.date, today)
        first = min(count.date, seen)
        made.append(
            CountInfo(
                id=count.id,
                made=first,
                seen=seen,
                approved=approved,
                decided=min(decided or first, today) if approved else None,
            )
        )
    return made

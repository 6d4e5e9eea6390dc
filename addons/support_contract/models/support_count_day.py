# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..count_day import CountInfo, count_day, count_for_period
from ..periods import ONE_DAY, calendar_month, period_at


class SupportContractService(models.Model):
    """Which instances and which line counts a period's fee comes from. Clause R2.

    A fee is known when its period begins, so everything is looked up as it was then.
    """

    _inherit = "support.contract.service"

    def _get_whole_period(self, day):
        """The whole billing period that holds ``day``, by the terms.

        :return: :class:`..periods.Period`
        """
        self.ensure_one()
        if self._get_agreed("calendar").value == "month":
            return calendar_month(day)
        anchor = self.contract_id.date_start or self.date_start
        return period_at(anchor, day, months=1)

    def _get_next_period(self, day):
        """The first whole period after ``day`` with days of the service, or None."""
        self.ensure_one()
        first = self._get_whole_period(day).end + ONE_DAY
        period = self._get_whole_period(max(first, self.date_start))
        return period.clip(end=self.date_end) and period

    def _get_charged_part(self, period):
        """The days of a whole period that the service is charged for here.

        :return: :class:`..periods.Period`, or None without such a day
        """
        before = self.contract_id.billed_through
        start = max(self.date_start, before + ONE_DAY if before else self.date_start)
        return period.clip(start, self.date_end)

    def _get_instances_of(self, period):
        """The billed instances of a whole period: those of its first charged day.

        Without any on that day, those of the first day that has some.
        """
        self.ensure_one()
        instances = self.contract_id.with_context(active_test=False).instance_ids
        part = self._get_charged_part(period) or period
        day = part.start
        while day <= part.end:
            if agreed := instances._filter_agreed_on(day):
                # What is read of them is read for those of other contracts as well.
                return agreed.with_prefetch(instances._prefetch_ids)
            day += ONE_DAY
        return instances.browse()

    def _get_period_counts(self, period):
        """The line count behind the fee of a whole period, for each instance.

        :return: {instance: :class:`..count_day.PeriodCount`}
        """
        self.ensure_one()
        contract = self.contract_id
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
            for instance in self._get_instances_of(period)
        }

    def _get_governing_counts(self, period):
        """The line counts that a whole period's fee comes from, as far as known."""
        found = self._get_period_counts(period).values()
        return self.env["support.count"].browse(
            [governing.count.id for governing in found if governing.is_known]
        )

    def _get_count_day(self, period):
        """The day on which the lines of a whole period are counted."""
        days = self.contract_id._get_agreed("count_day", period.start).value
        return count_day(period.start, days)


class SupportInstance(models.Model):
    _inherit = "support.instance"

    def _filter_agreed_on(self, day):
        """Those that were billed and in use on ``day``, by what was agreed then.

        With archived ones among them, if they are among these.
        """
        return self.filtered(
            lambda instance: not instance._is_closed_on(day)
            and instance._value_on("billed", day)
            and instance._value_on("active", day)
        )

    def _get_made_counts(self):
        """What matters of the line counts of this instance.

        Nothing was made on a day to come: a clock that was wrong has said so.

        :return: list of :class:`..count_day.CountInfo`
        """
        self.ensure_one()
        company = self.company_id
        today = company._support_today()
        made = []
        for count in self.count_ids:
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


class SupportCount(models.Model):
    _inherit = "support.count"

    def _mark_confirmed(self, day):
        """The code was seen on ``day``, and was still what this count says."""
        for count in self:
            # A later day stays, unless it comes from a clock that was wrong.
            today = count.company_id._support_today()
            seen = count.date_confirmed
            if not (seen and day <= seen <= today):
                count.date_confirmed = day

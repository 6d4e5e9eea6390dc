# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_contract.read_once import remember

from ..count_day import TOO_OLD, count_day, count_for_period


class SupportContractService(models.Model):
    """Which instances and which line counts a period's fee comes from. Clause R2.

    A fee is known when its period begins, so everything is looked up as it was then.
    """

    _inherit = "support.contract.service"

    def _basis_lines(self, day):
        """Lines of the billed instances, by the counts that govern the period of
        `day`. Clause R2.
        """
        period = self._get_whole_period(day)
        period_counts = self._get_period_counts(period)
        if not period_counts:
            self._refuse_without_instance(period)
        for instance, found in period_counts.items():
            self._check_countable(instance, found, period)
        counts = self.env["support.count"].browse(
            [found.count.id for found in period_counts.values()]
        )
        waiting = [inst for inst, found in period_counts.items() if found.provisional]
        return Quantity(
            counts._get_billed_lines(),
            "lines",
            counts,
            provisional=bool(waiting),
            notes=tuple(self._format_provisional(inst, period) for inst in waiting),
        )

    def _basis_instances(self, day):
        """The billed instances of the period of `day`."""
        period = self._get_whole_period(day)
        instances = self._get_instances_of(period)
        if not instances:
            self._refuse_without_instance(period)
        return Quantity(len(instances), "instances")

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
                return agreed
            day += ONE_DAY
        return instances.browse()

    def _get_period_counts(self, period):
        """The line count behind the fee of a whole period, for each instance.

        :return: {instance: :class:`..count_day.PeriodCount`}
        """
        return remember(
            self.env,
            ("period counts", self, period),
            lambda: self._find_period_counts(period),
        )

    def _find_period_counts(self, period):
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

    def _get_known_period_counts(self, period):
        """The line counts that a whole period's fee comes from, as far as known."""
        found = self._get_period_counts(period).values()
        return self.env["support.count"].browse(
            [count.count.id for count in found if count.is_known]
        )

    def _get_count_day(self, period):
        """The day on which the lines of a whole period are counted."""
        days = self.contract_id._get_agreed("count_day", period.start).value
        return count_day(period.start, days)

    def _check_countable(self, instance, found, period):
        """Refuse to charge by a count that is missing or too old, with what to do."""
        if found.rule == TOO_OLD:
            raise UserError(
                self.env._(
                    "The lines of %(instance)s were last counted on %(day)s, too long "
                    "before %(begin)s to be charged by the terms. Let its code be "
                    "counted and approve the count, or agree on another “%(what)s” in "
                    "a special condition. %(reason)s",
                    instance=instance.display_name,
                    day=format_date(self.env, found.count.seen),
                    begin=format_date(self.env, period.start),
                    what=self.contract_id.condition_ids._name_figure("count_max_age"),
                    reason=instance.count_error or "",
                ).strip()
            )
        if not found.is_known:
            raise UserError(
                self.env._(
                    "%(instance)s has no approved line count. Count it, or approve its "
                    "count. %(reason)s",
                    instance=instance.display_name,
                    reason=instance.count_error or "",
                ).strip()
            )

    def _format_provisional(self, instance, period):
        """That an old count was taken, for the customer's invoice."""
        return self.env._(
            "Provisional: the code of %(instance)s could not be counted from %(day)s "
            "on. When it can, the difference follows.",
            instance=instance.name,
            day=format_date(self.env, self._get_count_day(period)),
        )

    def _refuse_without_instance(self, period):
        part = self._get_charged_part(period) or period
        raise UserError(
            self.env._(
                "%(contract)s has no billed instance that is open on %(day)s. Add "
                "the instance whose lines of code are billed, or end the service.",
                contract=self.contract_id.name,
                day=format_date(self.env, part.start),
            )
        )

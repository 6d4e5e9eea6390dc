# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What mails and pages say of an approval, in the customer's words."""

from odoo.tools import format_date, format_datetime, formatLang

from .approvers import Approvers
from .timekeeping import format_minutes


class ApprovalWords:
    """
    :param approval: `support.work.approval`, in the reader's language
    """

    def __init__(self, approval):
        self.approval, self.env = approval, approval.env

    def get_offer(self):
        """What the customer says yes to: a list of sentences."""
        if self.approval.is_standing:
            return [self._get_limit(), *self.get_bounds(), *self.get_prices()]
        return [self._get_estimate(), *self._get_order(), *self.get_bounds()]

    def _get_estimate(self):
        approval = self.approval
        return self.env._(
            "%(hours)s at %(price)s an hour: %(amount)s without VAT, %(total)s with it",
            hours=self.get_hours(),
            price=self._format(approval.price_hour),
            amount=self._format(approval.amount_untaxed),
            total=self._format(approval.amount_total),
        )

    def _get_order(self):
        """For when an estimate is ordered, in sentences; none in office hours."""
        approval, found = self.approval, []
        if factor := approval.work_factor_id:
            found.append(self.env._("Ordered for: %s", factor.name))
        if planned := approval.date_planned:
            zone = approval.company_id.support_tz
            moment = format_datetime(self.env, planned, tz=zone, dt_format="short")
            found.append(self.env._("Planned for: %s", moment))
        return found

    def _get_limit(self):
        """How much of a standing approval there is each month."""
        approval, amount = self.approval, self._format(self.approval.amount_limit)
        if not approval.amount_limit:
            return self.env._("Up to %s each month", self.get_hours())
        if not approval.minutes:
            return self.env._("Up to %s each month, without VAT", amount)
        return self.env._(
            "Up to %(hours)s and %(amount)s each month, without VAT",
            hours=self.get_hours(),
            amount=amount,
        )

    def get_bounds(self):
        """Which work it is for alone, in sentences; of an estimate none."""
        approval, found = self.approval, []
        first, last = approval.date_start, approval.date_end
        if approval.is_standing and approval.emergencies_only:
            found.append(self.env._("For emergencies alone"))
        if approval.is_standing and first:
            found.append(
                self.env._("For work from %s on", format_date(self.env, first))
            )
        if approval.is_standing and last:
            found.append(self.env._("For work until %s", format_date(self.env, last)))
        if Approvers(approval).is_former():
            last = approval.contract_id.sudo()._get_last_day_of(approval.customer_id)
            found.append(
                self.env._(
                    "For work until %s, while the agreement was yours",
                    format_date(self.env, last),
                )
            )
        return found

    def get_prices(self):
        """The agreed prices of an hour that a standing approval is charged by."""
        approval = self.approval
        # sudo: who says yes reads the prices, not the terms.
        found = approval.contract_id.sudo()._get_hourly_rates()
        for factor in approval._get_factors() if approval.emergencies_only else ():
            found.append(
                self.env._(
                    "%(name)s: × %(factor)s",
                    name=factor.name,
                    factor=formatLang(self.env, factor.factor, digits=2),
                )
            )
        return found

    def get_hours(self):
        """ "2 h 30 min"."""
        return format_minutes(self.env, self.approval.minutes)

    def get_tried(self):
        """What an error was tried on; or nothing."""
        work = self.approval._get_work()
        tried = work and work.reproduction_id
        if not tried:
            return ""
        return self.env._(
            "%(what)s: Odoo %(series)s, module %(module)s, standard data set "
            "%(version)s.",
            what=tried.name,
            series=tried.series,
            module=tried.module_name,
            version=tried.dataset_version,
        )

    def get_decision(self):
        """Who decided, when and how; empty while nobody did."""
        approval = self.approval
        if not approval.date_decided:
            return ""
        labels = dict(approval._fields["decided_via"]._description_selection(self.env))
        return self.env._(
            "%(name)s, %(day)s, %(via)s",
            name=approval.decided_name,
            day=format_date(self.env, approval.date_decided),
            via=labels[approval.decided_via].lower(),
        )

    def get_waiting(self):
        """Days of this work that are done and wait for a yes: a list of dicts with
        ``day``, ``texts``, ``hours`` and ``amount``.
        """
        return [
            {
                "day": format_date(self.env, day.date),
                "texts": list(dict.fromkeys(day._get_time().mapped("name"))),
                "hours": format_minutes(self.env, day.billed_minutes),
                "amount": self._format(day.amount),
            }
            for day in self.approval._get_waiting_days()
        ]

    def _format(self, amount):
        return formatLang(self.env, amount, currency_obj=self.approval.currency_id)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import models
from odoo.exceptions import AccessError, UserError

from ..billing import Backlog
from ..periods import period_of


class SupportContract(models.Model):
    """A contract that fell behind by more than one month waits for a person's yes."""

    _inherit = "support.contract"

    def action_approve_backlog(self):
        """Agree to charging the missed months: the next run does it. A button."""
        self.check_access("read")
        if not self.env.user.has_group("support_contract.group_support_billing"):
            raise AccessError(
                self.env._("Only an accountant can agree to charging missed months.")
            )
        # Nobody agrees to months that are missed later.
        behind = self.filtered(lambda contract: contract._get_backlog())
        if not behind:
            raise UserError(self.env._("No more than one month was missed."))
        for contract in behind:
            missed = contract._describe_backlog()
            contract._log_event(
                "charge",
                self.env._("Agreed to charging the missed months"),
                before=missed or None,
            )
            # Who and when stands beside it. sudo: see below.
            contract.sudo().message_post(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    self.env._("Agreed to charging the missed months:"),
                    Markup().join(
                        Markup("<li>%s</li>") % line for line in missed.splitlines()
                    ),
                )
            )
        # sudo: accountants bill contracts, and need not be able to change them.
        behind.sudo().write(
            {
                "backlog_approved": True,
                "billing_wait": False,
                "date_billing_failed": False,
            }
        )
        return self.action_run_billing()

    def _get_backlog(self, due=None, waiting=None, metered=None):
        """What a contract that fell behind would be charged for.

        Behind is a service with more than one whole period to charge, charges of more
        than one of its periods that came off their invoices, and usage of more than
        one month before the regular one: what is reported late for a month is normal.

        :param due: what `_get_due_periods` returns, if the caller has it
        :param waiting: what `_get_pending_charges` returns, likewise
        :param metered: what `_get_open_usages` returns, likewise
        :return: :class:`..billing.Backlog`
        """
        self.ensure_one()
        if due is None:
            due = self._get_due_periods()
        if waiting is None:
            waiting = self._get_pending_charges()
        if metered is None:
            metered = self._get_open_usages()
        behind = any(
            len({period.full for period in periods}) > 1 for periods in due.values()
        )
        usage = waiting.filtered(lambda charge: charge.kind == "usage")
        months = self._get_missed_usage_months(
            [*usage.mapped("period_start"), *metered.mapped("date")]
        )
        recurring = waiting.filtered(lambda charge: charge.kind == "recurring")
        charges = recurring if recurring._has_several_periods() else waiting.browse()
        if len(months) > 1:
            charges |= usage
        else:
            metered = metered.browse()
        return Backlog(due if behind else {}, charges, metered)

    def _get_missed_usage_months(self, days):
        """First days of the months before the one whose usage is regular today.

        :param days: on which something was used
        """
        today = self._get_billing_day()
        regular = today + relativedelta(day=1, months=-1)
        return {first for day in days if (first := day.replace(day=1)) < regular}

    def _describe_backlog(self, *open_work):
        """The missed months of a contract that fell behind, a line each; or nothing.

        A dry run: what would be charged, and for how much. Nothing is written.

        :param open_work: see `_get_backlog`
        """
        self.ensure_one()
        backlog = self._get_backlog(*open_work)
        missed = [
            service._prepare_recurring_charge_vals(period)
            for service, periods in backlog.periods.items()
            for period in periods
        ]
        if backlog.usages:
            missed += self._prepare_usage_charges_vals(backlog.usages)
        lines = [(vals["name"], vals["amount"]) for vals in missed]
        lines += [(charge.name, charge.amount) for charge in backlog.charges]
        return "\n".join(
            f"{name}: {self.currency_id.format(amount)}" for name, amount in lines
        )

    def _get_billing_wait(self, *open_work):
        """Why the scheduled action leaves this contract to a person; or nothing.

        :param open_work: see `_get_backlog`
        """
        self.ensure_one()
        if self.backlog_approved or not (missed := self._describe_backlog(*open_work)):
            return ""
        return self.env._(
            "More than one month was missed. Look at what would be charged and agree "
            "to it:\n%s",
            missed,
        )


class SupportCharge(models.Model):
    _inherit = "support.charge"

    def _has_several_periods(self):
        """Whether any service has charges of more than one whole period here."""
        periods = {}
        for charge in self:
            service = charge.service_id
            full = period_of(
                service._get_schedule(),
                charge.period_start,
                charge.contract_id.date_start,
            )
            periods.setdefault(service, set()).add(full)
        return any(len(found) > 1 for found in periods.values())

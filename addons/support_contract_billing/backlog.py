# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Contracts that fell behind by more than one month: they wait for a person's yes."""

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo.exceptions import UserError

from .periods import period_of


class Backlog:
    """What a contract that fell behind would be charged for; false while it did not.

    Behind is a service with more than one whole period to charge, charges of more
    than one of its periods that came off their invoices, and usage of more than
    one month before the regular one: what is reported late for a month is normal.

    :param due: what `_get_due_periods` of the contract returns, if the caller has it
    :param waiting: what `_get_pending_charges` returns, likewise
    :param metered: what `_get_waiting_evidence` has of the contract, likewise
    """

    def __init__(self, contract, due=None, waiting=None, metered=None):
        contract.ensure_one()
        self.contract = contract
        if due is None:
            due = contract._get_due_periods()
        if waiting is None:
            waiting = contract._get_pending_charges()
        if metered is None:
            metered = contract._get_waiting_evidence().get(contract, [])
        behind = any(
            len({period.full for period in periods}) > 1 for periods in due.values()
        )
        usage = waiting.filtered(lambda charge: charge.kind == "usage")
        months = self._get_missed_usage_months(
            [*usage.mapped("period_start"), *(one.date for one in metered)]
        )
        recurring = waiting.filtered(lambda charge: charge.kind == "recurring")
        charges = recurring if _have_several_periods(recurring) else waiting.browse()
        if len(months) > 1:
            charges |= usage
        else:
            metered = []
        # {service: list of BillingPeriod} without a charge
        self.periods = due if behind else {}
        # `support.charge` of several months that wait for an invoice
        self.charges = charges
        # metered evidence of several months without a charge
        self.evidence = metered

    def __bool__(self):
        return bool(self.periods or self.charges or self.evidence)

    def _get_missed_usage_months(self, days):
        """First days of the months before the one whose usage is regular today.

        :param days: on which something was used
        """
        today = self.contract._get_billing_day()
        regular = today + relativedelta(day=1, months=-1)
        return {first for day in days if (first := day.replace(day=1)) < regular}

    def describe(self):
        """The missed months, a line each; or nothing.

        A dry run: what would be charged, and for how much. Nothing is written.
        """
        missed = [
            service._prepare_recurring_charge_vals(period)
            for service, periods in self.periods.items()
            for period in periods
        ]
        metered = self.contract._prepare_evidence_charges_vals(self.evidence)
        missed += [vals for vals, _evidence in metered]
        lines = [(vals["name"], vals["amount"]) for vals in missed]
        lines += [(charge.name, charge.amount) for charge in self.charges]
        currency = self.contract.currency_id
        return "\n".join(f"{name}: {currency.format(amount)}" for name, amount in lines)


def approve_backlog(contracts):
    """Agree to charging the months that were missed so far, as the user of these."""
    env = contracts.env
    # Nobody agrees to months that are missed later.
    behind = contracts.filtered(lambda contract: contract._get_backlog())
    if not behind:
        raise UserError(env._("No more than one month was missed."))
    for contract in behind:
        missed = contract._get_backlog().describe()
        contract._log_event(
            "charge",
            env._("Agreed to charging the missed months"),
            before=missed or None,
        )
        # Who and when stands beside it. sudo: see below.
        contract.sudo().message_post(
            body=Markup("<p>%s</p><ul>%s</ul>")
            % (
                env._("Agreed to charging the missed months:"),
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


def _have_several_periods(charges):
    """Whether any service has charges of more than one whole period among these."""
    periods = {}
    for charge in charges:
        service = charge.service_id
        full = period_of(
            service._get_schedule(),
            charge.period_start,
            charge.contract_id.date_start,
        )
        periods.setdefault(service, set()).add(full)
    return any(len(found) > 1 for found in periods.values())

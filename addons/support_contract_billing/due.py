# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What can be charged and invoiced on a day, and which code is read for it. R2.

A contract that fell behind by more than one month waits for a person's yes.
"""

import contextlib

from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.tools import groupby

from odoo.addons.support_contract.periods import ONE_DAY


def get_pending_charges(contracts, today=None):
    """Charges of these contracts that wait for an invoice and may be on one today.

    :return: `support.charge`, in the order in which they were made
    """
    charges = contracts.env["support.charge"].search(
        [("contract_id", "in", contracts.ids), ("state", "=", "pending")], order="id"
    )
    days = {
        company: today or company._support_today() for company in contracts.company_id
    }
    pending = charges.filtered(
        lambda charge: charge.date <= days[charge.contract_id.company_id]
        and charge.currency_id == charge.contract_id.currency_id
    )
    return without_waiting(pending)


def without_waiting(charges):
    """These charges, but no correction before what it corrects."""
    while waiting := _get_waiting_corrections(charges):
        charges -= waiting
    return charges


def _get_waiting_corrections(charges):
    """Corrections of what still waits for an invoice and is not among these.

    All that comes before it counts: what is corrected can be a waived correction.
    """
    return charges.filtered(
        lambda charge: (charge._get_corrected_charges() - charges).filtered(
            lambda earlier: earlier.state in ("pending", "held")
        )
    )


def get_waiting_evidence(contracts, today=None):
    """Metered evidence of months that are over, and that has no charge yet.

    :return: {contract: records as `_get_uncharged_evidence` returns them}, without
        contracts that have none
    """
    evidence = []
    for company, own in contracts.grouped("company_id").items():
        # What is before the running month can be charged.
        month = (today or company._support_today()) + relativedelta(day=1)
        evidence += own._get_uncharged_evidence(last=month - ONE_DAY)
    return dict(groupby(evidence, lambda one: one.contract_id))


def get_instances_to_count(contract):
    """Billed instances whose code was not read yet for a fee that needs it.

    From the count day on, until it was read: for the period to come, the one of
    today, those that are due, and those whose charge is provisional.
    """
    today = contract.company_id._support_today()
    wanted = contract.env["support.instance"]
    if _is_all_counted(contract, today):
        return wanted
    for service in contract.service_ids:
        if service.type_id.basis != "lines":
            continue
        for period in _get_periods_to_count(service, today):
            opening = service._get_count_day(period)
            wanted |= service._get_instances_of(period).filtered(
                lambda instance, opening=opening: (
                    not instance.date_code_seen or instance.date_code_seen < opening
                )
            )
    return wanted.filtered(
        lambda instance: not instance._is_closed_on(today)
        and not instance._was_counted_on(today)
    )


def _is_all_counted(contract, today):
    """Whether all code that a fee can need was read today: the usual night."""
    # sudo: amendments count whether or not whoever counts may read them.
    lines = contract.sudo().amendment_ids.line_ids
    if {"billed", "active"}.intersection(lines.mapped("field_name")):
        return False  # other instances than those of today may be needed
    return all(
        instance._was_counted_on(today) or instance._is_closed_on(today)
        for instance in contract.instance_ids
        if instance.billed
    )


def _get_periods_to_count(service, today):
    """Whole periods whose fee is not certain while the code was not read.

    :return: set of :class:`odoo.addons.support_contract.periods.Period`
    """
    periods = {
        charge.service_id._get_whole_period(charge.period_start)
        for charge in service.contract_id.provisional_charge_ids
        if charge.service_id == service
    }
    # What is wrong with it is found out and noted when it is billed.
    with contextlib.suppress(UserError):
        day = service.contract_id._get_billing_day(attended=True)
        periods |= {part.full for part in service._get_due_periods(day)}
    current = service._get_whole_period(today)
    if service._get_charged_part(current):
        periods.add(current)
    coming = service._get_next_period(today)
    if coming and service._get_count_day(coming) <= today:
        periods.add(coming)
    return periods


def prefetch_counts(env, periods):
    """Read what the fees of many contracts are computed from at once.

    :param periods: pairs of a service that is charged by lines and a whole period
    """
    counts = {
        count.id
        for service, whole in periods
        for count in service._get_known_period_counts(whole)
    }
    modules = env["support.count"].browse(sorted(counts)).module_ids
    modules.fetch(["name", "digest", "code_lines", "billed"])


def prefetch_pieces(env, pieces):
    """The same for what is going to be priced.

    :param pieces: {service: iterable of :class:`.periods.BillingPeriod`}
    """
    prefetch_counts(
        env,
        (
            (service, whole)
            for service, own in pieces.items()
            if service.type_id.basis == "lines"
            for whole in {piece.full for piece in own}
        ),
    )


class Backlog:
    """What a contract that fell behind would be charged for; false while it did not.

    Behind is a service with more than one whole period to charge, charges of more
    than one of its periods that came off their invoices, and usage of more than
    one month before the regular one: what is reported late for a month is normal.

    :param due: what `_get_due_periods` of the contract returns, if the caller has it
    :param waiting: what `get_pending_charges` returns, likewise
    :param metered: what `get_waiting_evidence` has of the contract, likewise
    """

    def __init__(self, contract, due=None, waiting=None, metered=None):
        contract.ensure_one()
        self.contract = contract
        if due is None:
            due = contract._get_due_periods()
        if waiting is None:
            waiting = get_pending_charges(contract)
        if metered is None:
            metered = get_waiting_evidence(contract).get(contract, [])
        behind = any(
            len({period.full for period in periods}) > 1 for periods in due.values()
        )
        usage = waiting.filtered(lambda charge: charge.kind == "usage")
        metered = contract._get_missed_evidence(metered)
        used = [*usage.mapped("period_start"), *(one.date for one in metered)]
        # The month whose usage is regular today.
        regular = contract._get_billing_day() + relativedelta(day=1, months=-1)
        months = {first for day in used if (first := day.replace(day=1)) < regular}
        charges = waiting.filtered(lambda charge: charge.kind == "recurring")
        periods = {
            (
                charge.service_id,
                charge.service_id._get_whole_period(charge.period_start),
            )
            for charge in charges
        }
        if len(periods) == len(charges.service_id):
            charges = waiting.browse()
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

    def describe(self):
        """The missed months, a line each; or nothing.

        A dry run: what would be charged, and for how much. Nothing is written.
        """
        missed = self.contract._prepare_due_charge_vals(self.periods)
        metered = self.contract._prepare_evidence_charges_vals(self.evidence)
        missed += [vals for vals, _evidence in metered]
        charges = self.charges
        charges = charges._new_to_come(missed) + charges
        lines = [(charge.display_name, charge.amount) for charge in charges]
        currency = self.contract.currency_id
        return "\n".join(f"{name}: {currency.format(amount)}" for name, amount in lines)


def approve_backlog(contracts):
    """Agree to charging the months that were missed so far, as the user of these."""
    env = contracts.env
    # Nobody agrees to months that are missed later.
    behind = contracts.filtered(Backlog)
    if not behind:
        raise UserError(env._("No more than one month was missed."))
    for contract in behind:
        missed = Backlog(contract).describe()
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

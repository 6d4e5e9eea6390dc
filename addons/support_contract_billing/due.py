# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What can be charged and invoiced on a day, and which code is read for it. R2."""

import contextlib

from dateutil.relativedelta import relativedelta

from odoo.exceptions import UserError
from odoo.tools import groupby

from odoo.addons.support_contract.periods import ONE_DAY


def get_contracts_to_invoice(contracts, today=None):
    """Those of these contracts that an invoice is to be made for.

    A fee waits for the next invoice of the services; after the last of them it
    gets one of its own.
    """
    waiting = contracts._get_pending_charges(today).contract_id
    return contracts.filtered(
        lambda contract: contract._has_due_services(today)
        or (
            contract in waiting
            and (contract._is_over(today) or not contract._get_services_to_come(today))
        )
        or contract._is_evidence_due(today)
    )


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
    # A correction is not invoiced before what it corrects.
    while waiting := pending._get_waiting_corrections():
        pending -= waiting
    return pending


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


def get_held_services(contract):
    """Why services that run are not charged, a sentence a line; or nothing."""
    if contract.state not in ("active", "notice"):
        return False
    today = contract.company_id._support_today()
    running = contract.service_ids.filtered(lambda service: not service._is_over(today))
    return "\n".join(filter(None, (one._get_held_reason() for one in running)))


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


def prefetch_counts(contracts, due):
    """Read the line counts of what is due for all contracts at once.

    :param due: what `_get_due_periods` returned for each of them
    """
    counts = {
        count.id
        for contract_periods in due
        for service, periods in contract_periods.items()
        if service.type_id.basis == "lines"
        for whole in {part.full for part in periods}
        for count in service._get_known_period_counts(whole)
    }
    contracts.env["support.count"].browse(sorted(counts))._prefetch_modules()

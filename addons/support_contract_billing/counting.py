# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which code has to be read so that a fee is known when its period begins. R2."""

import contextlib

from odoo.exceptions import UserError


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

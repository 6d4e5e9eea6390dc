# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The next invoice of a contract, and the fees that are to come."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from .previewing import preview_invoices

# Far enough for the next period of every calendar.
AHEAD = timedelta(days=70)


def get_next_day(contract):
    """The day on which the scheduled action makes the next invoice, or None."""
    today = contract.company_id._support_today()
    periods = contract._get_due_periods(attended=True, today=today + AHEAD)
    due = [part.due for parts in periods.values() for part in parts]
    if not due:
        return None
    return max(today, min(due) + timedelta(days=contract.billing_grace_days))


def get_next_invoice(contract):
    """What the next invoice comes to, as far as it is known today.

    :param contract: `support.contract`
    :return: (day, amount with tax, or None while it cannot be computed); None where
        no invoice is to come
    """
    if contract.state not in ("active", "notice"):
        return None
    try:
        if not (day := get_next_day(contract)):
            return None
        previews = preview_invoices(contract, day)
    except UserError:
        return None
    if not previews or any(preview.error for preview in previews):
        return day, None
    return day, sum(preview.totals[2] for preview in previews)


def describe_next_invoice(contract):
    """The same in words; False where none is to come."""
    found = contract and get_next_invoice(contract)
    if not found:
        return False
    env, (day, amount) = contract.env, found
    if amount is None:
        return format_date(env, day)
    return env._(
        "%(day)s, %(amount)s with tax",
        day=format_date(env, day),
        amount=formatLang(env, amount, currency_obj=contract.currency_id),
    )


def find_announced(contract):
    """The fees that were announced and are to come: list of (day, sentence)."""
    today, latest = contract.company_id._support_today(), {}
    for one in contract.announcement_ids.sorted("number"):
        if one.period_start > today:
            latest[one.period_start] = one
    env, currency = contract.env, contract.currency_id
    return [
        (
            day,
            env._(
                "Monthly fee %(before)s → %(after)s",
                before=formatLang(env, one.fee_before, currency_obj=currency),
                after=formatLang(env, one.fee_after, currency_obj=currency),
            ),
        )
        for day, one in latest.items()
        if contract._get_services_on(day)
    ]

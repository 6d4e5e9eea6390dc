# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Time on the page beside an invoice: what was charged, and what the fee included."""

from decimal import Decimal

from odoo.fields import Domain

from odoo.addons.support_contract.periods import ONE_DAY, calendar_month
from odoo.addons.support_contract_billing.pricing import Rounding

from .minutes import bill_day
from .timekeeping import Rates, format_minutes, get_work_and_day


def prepare_charged_time(charges):
    """The days of charges of time: raw and billed minutes, texts, goodwill, approver.

    :param charges: `support.charge` of time, in superuser mode
    :return: list of dicts, one for each charge
    """
    return [_prepare_charge(charge) for charge in charges]


def _prepare_charge(charge):
    env = charge.env
    lines = charge.time_line_ids.sorted(lambda line: (line.date, line.id))
    days = [
        {
            "date": day.date,
            "worked": format_minutes(env, day.minutes),
            "billed": format_minutes(env, day.billed_minutes),
            "amount": day.amount,
            "texts": _get_texts(
                lines.filtered(lambda line, day=day: line.date == day.date)
            ),
        }
        for day in charge.day_ids.sorted("date")
    ]
    return {
        "charge": charge,
        "days": days,
        "worked": format_minutes(env, sum(charge.day_ids.mapped("minutes"))),
        "billed": format_minutes(env, sum(charge.day_ids.mapped("billed_minutes"))),
        "approver": charge.approval_id and charge.approval_id._words().get_decision(),
    }


def _get_texts(lines):
    """What was done, for the customer, and what of it was goodwill, and why."""
    texts = list(
        dict.fromkeys(line.name for line in lines if line.name not in ("", "/"))
    )
    for line in lines:
        given = line.support_minutes - line.support_billed_minutes
        if given > 0 and line.support_goodwill_reason:
            texts.append(_describe_goodwill(line, given))
    return texts


def _describe_goodwill(line, minutes):
    return line.env._(
        "%(minutes)s free of charge: %(reason)s",
        minutes=format_minutes(line.env, minutes),
        reason=line.support_goodwill_reason,
    )


def prepare_included_work(contracts, month, customer):
    """Work of a month that costs nothing more: included, or free as goodwill.

    Its value is what it would have cost, with the same rounding of each day.

    :param contracts: `support.contract`, in superuser mode
    :param month: :class:`odoo.addons.support_contract.periods.Period`
    :param customer: who reads it: work of days on which another customer had the
        contract is not theirs to see
    :return: list of dicts with ``name``, ``quantity`` and ``value``
    """
    free = (
        Domain("support_verdict", "=", "billed")
        & Domain("support_billed_minutes", "=", 0)
        # Beside billed time it stands in the texts of its day, today or once that is
        # invoiced.
        & (
            Domain("support_charge_id", "=", False)
            | Domain("support_charge_id.state", "=", "waived")
        )
    )
    lines = (
        contracts.env["account.analytic.line"]
        .search(
            Domain("support_contract_id", "in", contracts.ids)
            & Domain("date", ">=", month.start)
            & Domain("date", "<=", month.end)
            & Domain("support_minutes", ">", 0)
            & (Domain("support_verdict", "=", "included") | free),
            order="date, id",
        )
        .filtered(lambda line: line.support_contract_id._is_of(customer, line.date))
    )
    rows = []
    for contract, own in lines.grouped("support_contract_id").items():
        rows += _prepare_contract_rows(contract.with_env(contracts.env), own)
    return rows


def _prepare_contract_rows(contract, lines):
    env, rates = contract.env, Rates(contract)
    rounding = Rounding(contract.currency_id.rounding)
    rows = {}
    for (work, day), own in lines.grouped(get_work_and_day).items():
        increment = contract._get_agreed("time_increment", day).value
        for key, some in own.grouped(lambda line: _get_reason(line)).items():
            entries = [
                (rates.get(line).rate, line.support_minutes)
                for line in some
                if rates.get(line).price
            ]
            value = sum(
                (one.amount(rounding) for one in bill_day(entries, increment)),
                Decimal(0),
            )
            minutes, known = rows.get((work, key), (0, Decimal(0)))
            minutes += sum(some.mapped("support_minutes"))
            rows[work, key] = minutes, known + value
    return [
        {
            "name": f"{work.with_env(env)._get_time_label()}"
            + (f" ({reason})" if reason else ""),
            "quantity": format_minutes(env, minutes),
            "value": float(value),
        }
        for (work, reason), (minutes, value) in rows.items()
    ]


def _get_reason(line):
    """Why billed time costs nothing, for the customer; empty for included time."""
    return line.support_goodwill_reason if line.support_verdict == "billed" else ""


def get_included_month(move):
    """The month whose included work stands beside an invoice: the one before it."""
    day = move.invoice_date or move.company_id._support_today()
    return calendar_month(day.replace(day=1) - ONE_DAY)

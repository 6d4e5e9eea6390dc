# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Time on the page beside an invoice: what was charged, and what the fee included."""

from decimal import Decimal

from odoo.fields import Domain
from odoo.tools import format_date

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


def note_included_time(moves):
    """Note on which of these invoices free time stands that stands on none yet.

    Time that is logged after its month was billed comes with the next invoice, and
    that of months without an invoice with the one that follows.

    :param moves: `account.move` that are being posted, in superuser mode
    """
    contracts = {move: _get_contracts(move) for move in moves}
    lines = _find_unshown(moves.env["support.contract"].union(*contracts.values()))
    for move, own in contracts.items():
        shown = _filter_own(move, own, lines)
        shown.support_shown_move_id = move
        lines -= shown


def prepare_included_work(move):
    """Work that cost nothing more, beside an invoice, and what it would have cost.

    Its value has the same rounding of each day as billed time.

    :param move: `account.move`, in superuser mode; of one that is not posted, what
        would stand on it
    :return: list of dicts with ``name``, ``quantity`` and ``value``
    """
    shown = move.env["account.analytic.line"].search(
        [("support_shown_move_id", "=", move.id)], order="date, id"
    )
    if move.state == "draft":
        contracts = _get_contracts(move)
        shown |= _filter_own(move, contracts, _find_unshown(contracts))
    usual = get_included_month(move)
    rows = []
    for contract, own in shown.grouped("support_contract_id").items():
        by_month = own.sorted("date").grouped(lambda line: calendar_month(line.date))
        for month, some in by_month.items():
            name = month != usual and format_date(
                move.env, month.start, date_format="MMMM y"
            )
            rows += _prepare_contract_rows(contract.with_env(move.env), some, name)
    return rows


def _find_unshown(contracts):
    """Time that a billed month keeps at no cost, included or free as goodwill, and that
    stands on no invoice yet.

    :param contracts: `support.contract`, in superuser mode
    """
    lines = contracts.env["account.analytic.line"]
    if not contracts:
        return lines
    included = Domain("support_settled", "=", True) & Domain(
        "support_verdict", "=", "included"
    )
    free = (
        Domain("support_verdict", "=", "billed")
        & Domain("support_billed_minutes", "=", 0)
        # Beside billed time it stands in the texts of its day.
        & Domain("support_charge_id.state", "=", "waived")
    )
    return lines.search(
        Domain("support_contract_id", "in", contracts.ids)
        & Domain("support_shown_move_id", "=", False)
        & Domain("support_minutes", ">", 0)
        & (included | free),
        order="date, id",
    )


def _filter_own(move, contracts, lines):
    """Of the time, that on these contracts, of days on which the invoice's customer had
    them: work for another customer is not theirs to see.
    """
    return lines.filtered(
        lambda line: (
            line.support_contract_id in contracts
            and line.support_contract_id._is_of(move.partner_id, line.date)
        )
    )


def _get_contracts(move):
    """The contracts whose included work stands beside an invoice."""
    if move.move_type != "out_invoice":
        return move.env["support.contract"]
    charges = move._get_support_charges()
    monthly = charges.filtered(lambda charge: charge.kind in ("recurring", "time"))
    return monthly.contract_id.filtered("time_billed_from")


def _prepare_contract_rows(contract, lines, month):
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
            "name": " ".join(
                [
                    work.with_env(env)._get_time_label(),
                    *(f"({text})" for text in (reason, month) if text),
                ]
            ),
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

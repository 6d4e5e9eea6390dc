# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the customer's page of an agreement says of fees to come and of invoices."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from odoo.addons.support_contract.asking import Form
from odoo.addons.support_contract.read_once import remember

from .announcing import get_announced
from .fees import describe_modules, format_number, render_price

# How many invoices the customer's page shows; Odoo's own page has all of them.
SHOWN = 12

# How far ahead the next invoice is looked for: longer than any billing period.
AHEAD = timedelta(days=62)

# The chart of lines: its least width, that of a month, and the highest bar.
CHART, BAR, HEIGHT = 300, 50, 110


def describe_announced(contract):
    """A sentence for each fee that was announced and is to come, and why. Clause R7."""
    today = contract.company_id._support_today()
    days = set(contract.announcement_ids.mapped("period_start"))
    # The last one for each day, unless the contract is over by then.
    coming = contract.announcement_ids.browse(
        get_announced(contract, day).id
        for day in days
        if day > today and contract._get_services_on(day)
    )
    return [
        contract.env._(
            "From %(day)s: %(after)s instead of %(before)s, because: %(reason)s",
            day=format_date(contract.env, announcement.period_start),
            after=contract._format_portal_money(announcement.fee_after),
            before=contract._format_portal_money(announcement.fee_before),
            reason="; ".join(announcement._get_reasons()),
        )
        for announcement in coming.sorted("period_start")
    ]


def _find_pending(contract):
    """The charges of its customer that wait for an invoice."""
    domain = [("contract_id", "=", contract.id), ("state", "=", "pending")]
    return remember(
        contract.env,
        ("pending charges", contract),
        lambda: contract.env["support.charge"].search(domain, order="id"),
    )


def get_next_day(contract):
    """The day on which the next invoice of a contract is made, or None.

    That of the first period without a charge, or of what waits for an invoice already.
    """
    today = contract.company_id._support_today()
    days = _find_pending(contract).mapped("date")
    for service in contract.service_ids:
        if not service._has_monthly_fee() or service._is_over(today):
            continue
        for first, last in service._get_uncharged_days():
            until = max(first, today) + AHEAD
            periods = service._get_periods(first, last, until)
            days += [period.due for period in periods[:1]]
    if not days:
        return None
    return max(min(days) + timedelta(days=contract.billing_grace_days), today)


def prepare_next_invoice(contract):
    """What will be on the next invoice, as things are today; None where there is none.

    The charges that wait and those that will be made, by the code that makes them;
    not the document, whose addressee and taxes are looked at when it is made.

    :return: dict of the day, of lines (name, amount, calculation), of what is held, and
        of the total, which is empty while it cannot be computed
    """
    return remember(
        contract.env,
        ("next invoice", contract, contract.env.lang),
        lambda: _prepare_next_invoice(contract),
    )


def _prepare_next_invoice(contract):
    day = get_next_day(contract)
    if not day:
        return None
    customer = contract.partner_id.commercial_partner_id
    questions = contract.question_ids.filtered(
        lambda one: one.is_hold and one.state == "open" and one.customer_id == customer
    )
    lines, total = _prepare_waiting_lines(contract, day)
    try:
        due = contract._get_due_periods(today=day)
        for service, periods in due.items():
            for period in periods:
                start, end = period.covered.start, period.covered.end
                quantity = service._get_quantity(min(period.due, end))
                fee = service._get_fee(period, quantity)
                amount = float(fee.price.amount)
                held = questions.filtered(
                    lambda one, service=service, start=start: one.service_id == service
                    and one.period_start == start
                )
                if held or not amount:
                    continue
                total += amount
                lines.append(
                    {
                        "key": f"service-{service.id}-{start}",
                        "name": service._get_charge_name(period.covered),
                        "amount": contract._format_portal_money(amount),
                        # A fixed price as such needs no calculation.
                        "calculation": render_price(contract.env, fee.price)
                        if fee.quantity.unit or amount != fee.figures["price"].value
                        else "",
                        "service": service,
                        "day": start,
                        "charge": contract.env["support.charge"],
                    }
                )
    except UserError:
        # Nothing was counted or priced yet: a sum would be a guess.
        lines = []
    return {
        "day": format_date(contract.env, day),
        "lines": lines,
        "held": questions.mapped("line_name"),
        "total": contract._format_portal_money(total) if lines else "",
    }


def _prepare_waiting_lines(contract, day):
    """(lines of charges that wait for an invoice on a day, their sum)."""
    customer = contract.partner_id.commercial_partner_id
    charges = _find_pending(contract).filtered(
        lambda charge: charge.date <= day
        and charge.partner_id.commercial_partner_id == customer
    )
    names = charges._get_reader_names()
    lines = [
        {
            # What is given back is nothing to hold.
            "key": "" if charge.corrects_id else f"charge-{charge.id}",
            "name": names[charge],
            "amount": contract._format_portal_money(charge.amount),
            "calculation": charge._get_reader_calculation(),
            "service": charge.service_id,
            "day": charge.period_start,
            "charge": charge,
        }
        for charge in charges
    ]
    return lines, sum(charges.mapped("amount"))


def get_money_form(contract):
    """The form to ask about money, with the lines of the next invoice.

    :return: :class:`odoo.addons.support_contract.asking.Form`
    """
    env, coming = contract.env, prepare_next_invoice(contract)
    return Form(
        "money",
        env._("Ask about an invoice or a price"),
        env._("Your question"),
        env._(
            "You get a receipt by mail, and %s answers. A line that you hold is not "
            "invoiced before that; everything else is.",
            contract.user_id.name or contract.company_id.name,
        ),
        env._("Ask"),
        env._("What it is about"),
        [
            ("", env._("Something else")),
            *((line["key"], line["name"]) for line in get_lines_to_hold(coming)),
        ],
        "support_contract_billing.portal_hold",
    )


def get_lines_to_hold(coming):
    """The lines of the next invoice that can be held.

    :param coming: as `prepare_next_invoice` returns it
    """
    return [line for line in (coming or {}).get("lines", []) if line["key"]]


def prepare_invoices(contract):
    """A row for each of the latest invoices and credit notes, the newest first.

    Only those of the customer of today: what a former one paid is not theirs to
    see. Whether a link opens the document, Odoo decides by who may read it.
    """
    contract.ensure_one()
    today = contract.company_id._support_today()
    customer = contract.partner_id.commercial_partner_id
    # sudo: portal users have no access to the models; see `_get_portal_contract`.
    moves_sudo = contract._get_all_invoices().sudo()
    moves_sudo = moves_sudo.filtered(
        lambda move: move.state == "posted" and move.commercial_partner_id == customer
    )
    latest_sudo = moves_sudo.sorted(
        lambda move: (move.invoice_date or move.date, move.id), reverse=True
    )
    charged = {
        move: month.lines
        for month in ChargedLines(contract).months
        for move in month.moves
    }
    return [
        {
            "move": move,
            "link": f"/my/invoices/{move.id}",
            "amount": move.amount_total
            if move.move_type == "out_invoice"
            else -move.amount_total,
            "lines": charged.get(move),
            "overdue": move.invoice_date_due and move.invoice_date_due < today,
        }
        for move in latest_sudo[:SHOWN]
    ]


@dataclass
class ChargedMonth:
    """The lines of code that a month was charged by, and where it was invoiced.

    :param name: of the month, in the reader's language
    :param counts: `support.count`, the evidence
    :param lines: how many
    :param moves: `account.move` that carry the charge and its corrections
    :param change: lines more or fewer than the month before; None for the first
    :param why: which modules that came from
    """

    name: str
    counts: models.BaseModel
    lines: int
    moves: models.BaseModel
    change: int | None = None
    why: str = ""


class ChargedLines:
    """The months that a customer was charged for by lines, with what changed.

    What was charged, not what was counted: an invoice stays as it was sent, and a
    month that was corrected has the lines of its last correction.

    :param contract: `support.contract` in superuser mode
    """

    def __init__(self, contract):
        self.contract, self.env = contract, contract.env
        self.months = self._find_months()

    def _find_months(self):
        """List of :class:`ChargedMonth`, the oldest first; one for each period."""
        contract = self.contract
        customer = contract.partner_id.commercial_partner_id
        # sudo: portal users have no access to the models; see `_get_portal_contract`.
        charges_sudo = (
            self.env["support.charge"]
            .sudo()
            .search(
                [
                    ("contract_id", "=", contract.id),
                    ("kind", "=", "recurring"),
                    ("service_id.type_id.basis", "=", "lines"),
                    ("move_id.state", "=", "posted"),
                    ("partner_id.commercial_partner_id", "=", customer.id),
                ],
                order="period_start desc, id desc",
            )
        )
        # Each is looked at alone below, which would ask for these one by one.
        charges_sudo.fetch(["correction_ids", "count_ids"])
        wholes = {}
        for charge in charges_sudo:
            whole = charge.service_id._get_whole_period(charge.period_start)
            if whole not in wholes and len(wholes) == SHOWN:
                break
            # Of a month in parts, the last part of each service.
            wholes.setdefault(whole, {}).setdefault(charge.service_id, charge)
        months = []
        for whole, found in sorted(wholes.items(), key=lambda item: item[0].start):
            counts, moves = (
                charges_sudo.count_ids.browse(),
                charges_sudo.move_id.browse(),
            )
            for charge in found.values():
                invoiced = charge._get_correction_chain().filtered(
                    lambda one: one.move_id.state == "posted"
                )
                counts |= invoiced._get_evidence()
                moves |= invoiced.move_id
            name = charge.service_id._format_days(whole)
            months.append(ChargedMonth(name, counts, counts._get_billed_lines(), moves))
        for before, month in pairwise(months):
            month.change = month.lines - before.lines
            if month.change:
                month.why = describe_modules(before.counts, month.counts)
        return months

    def get_rows(self):
        """For the table: dicts of month and invoices (name, link), the newest first."""
        return [
            {
                "month": month,
                "invoices": [
                    (move.name, f"/my/invoices/{move.id}") for move in month.moves
                ],
            }
            for month in reversed(self.months)
        ]

    def get_growth(self):
        """What changed over all these months, in a sentence; empty if nothing did."""
        if len(self.months) < 2:
            return ""
        first, last = self.months[0], self.months[-1]
        if not (change := last.lines - first.lines):
            return ""
        return self.env._(
            "%(change)s lines since %(month)s: %(modules)s",
            change=format_number(self.env, change, sign=True),
            month=first.name,
            modules=describe_modules(first.counts, last.counts),
        )

    def get_bars(self):
        """The chart: a dict for each month, in units of its drawing, oldest first."""
        highest = max((month.lines for month in self.months), default=0) or 1
        step = max(BAR, CHART // max(len(self.months), 1))
        return [
            {
                "month": month,
                "x": index * step,
                "width": step,
                "height": round(month.lines / highest * HEIGHT, 1),
                "text": format_number(self.env, month.lines),
            }
            for index, month in enumerate(self.months)
        ]

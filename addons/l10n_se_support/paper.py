# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the invoice of a Swedish seller says on paper besides what Odoo prints.

Mervärdesskattelagen (2023:200), 17 kap. 22 and 24 §§; aktiebolagslagen (2005:551),
28 kap. 5 §; räntelagen (1975:635), 6 §. The e-invoice says the same: both ask the
invoice, and not each other.
"""

from stdnum.se import orgnr

from odoo.tools import format_date

from .service_period import get_span

REVERSE_CHARGE, OUTSIDE_EU = "AE", "G"


def prepare_paper(move):
    """What the template of the invoice prints, in the language of ``move``'s context.

    :return: dict; what is empty is not printed
    """
    company, lines = move.company_id, move.invoice_line_ids
    start, end = get_span(lines)
    categories = move._l10n_se_get_tax_categories()
    abroad = move.currency_id != move.company_currency_id
    return {
        "your_reference": move._l10n_se_get_buyer_reference(),
        "our_reference": move.invoice_user_id.name,
        "order_number": move._l10n_se_get_order_number(),
        "agreement": move.invoice_origin,
        "period": describe_period(move.env, start, end),
        "corrects": [
            (one.name, format_date(move.env, one.invoice_date))
            for one in move._l10n_se_get_corrected_moves()
        ],
        "is_reverse_charge": REVERSE_CHARGE in categories,
        "buyer_vat": move._l10n_se_get_buyer_number(),
        "is_outside_eu": OUTSIDE_EU in categories,
        "late_interest": move.move_type == "out_invoice"
        and _format_number(move.env, company.l10n_se_late_interest),
        "rate": abroad
        and move.invoice_currency_rate
        and _format_number(move.env, 1 / move.invoice_currency_rate),
        "rate_day": abroad and format_date(move.env, move._l10n_se_get_rate_day()),
        "registration": _format_registration(company.partner_id),
    }


def describe_line_period(line):
    """The days of a line, where they are not those of the whole invoice; or nothing.

    What is charged by the month says in its name which days it is of.
    """
    # sudo: whoever prints the invoice need not read charges.
    charges_sudo = line.sudo().support_charge_ids
    own = (line.start_date, line.end_date)
    if charges_sudo.filtered("period_start") or own == get_span(
        line.move_id.invoice_line_ids
    ):
        return ""
    return describe_period(line.env, *own)


def describe_period(env, start, end):
    """The first and the last day, or the only one; nothing where one is missing."""
    if not (start and end):
        return ""
    days = dict.fromkeys([format_date(env, start), format_date(env, end)])
    return " – ".join(days)


def _format_registration(partner):
    """The organisation number as people know it; nothing for a sole trader."""
    number = partner._l10n_se_get_org_number()
    return number and orgnr.format(number)


def _format_number(env, number):
    """Digits as the language writes them, without zeros at the end; 0 is nothing."""
    if not number:
        return ""
    text = f"{number:.6f}".rstrip("0").rstrip(".")
    return text.replace(
        ".", env["res.lang"]._get_data(code=env.lang).decimal_point or "."
    )

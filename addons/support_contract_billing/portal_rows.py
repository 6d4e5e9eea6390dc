# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the customer's page of an agreement says of fees to come and of invoices."""

from odoo.tools import format_date

from .announcing import get_announced

# How many invoices the customer's page shows; Odoo's own page has all of them.
SHOWN = 12


def prepare_announced_costs(contract):
    """A row for each fee that was announced and is to come, and why. Clause R7."""
    today = contract.company_id._support_today()
    days = set(contract.announcement_ids.mapped("period_start"))
    # The last one for each day, unless the contract is over by then.
    coming = contract.announcement_ids.browse(
        get_announced(contract, day).id
        for day in days
        if day > today and contract._get_services_on(day)
    )
    return [
        {
            "sequence": 15,
            "name": contract.env._(
                "From %s: all services, a whole month",
                format_date(contract.env, announcement.period_start),
            ),
            "amount": contract._format_portal_money(announcement.fee_after),
            "note": contract.env._(
                "instead of %(before)s, because: %(reason)s",
                before=contract._format_portal_money(announcement.fee_before),
                reason="; ".join(announcement._get_reasons()),
            ),
        }
        for announcement in coming.sorted("period_start")
    ]


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
    return [
        {
            "move": move,
            "link": f"/my/invoices/{move.id}",
            "amount": move.amount_total
            if move.move_type == "out_invoice"
            else -move.amount_total,
            "overdue": move.invoice_date_due and move.invoice_date_due < today,
        }
        for move in latest_sudo[:SHOWN]
    ]

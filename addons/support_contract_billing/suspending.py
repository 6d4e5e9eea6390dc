# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Rights that are suspended while an invoice is unpaid, where the terms ask for it.

By default they do not.
"""

from datetime import timedelta

from odoo.tools import format_date

from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_contract.spans import Span
from odoo.addons.support_contract.verdict import Suspension


def get_suspension(contract, day):
    """Why and which rights are suspended on ``day``: `verdict.Suspension`, or None."""
    for span in get_unpaid_spans(contract):
        if day in span:
            # sudo: whoever asks about a right need not read invoices.
            move = contract.env["account.move"].sudo().browse(span.source)
            return Suspension(
                contract.env._(
                    "Invoice %(number)s, due on %(due)s, is not paid.",
                    number=move.name,
                    due=format_date(contract.env, move.invoice_date_due),
                ),
                rights=_get_suspended_rights(contract, day),
            )
    return None


def _get_suspended_rights(contract, day):
    """Codes of the rights that the terms of that day suspend."""
    rights = contract._get_agreed("suspend_right_ids", day).value
    return frozenset(rights.mapped("code"))


def get_unpaid_spans(contract):
    """The days on which an invoice was overdue for longer than the terms allow.

    From the day after that many days to the day before its payment, each with the
    id of the invoice.

    :return: list of :class:`odoo.addons.support_contract.spans.Span`
    """
    contract.ensure_one()
    spans = []
    if not _may_suspend(contract):
        return spans
    # sudo: whoever asks about a right need not read invoices.
    for move in contract.sudo().invoice_ids:
        if move.state != "posted" or move.move_type != "out_invoice":
            continue
        for line in move.line_ids:
            if line.account_id.account_type == "asset_receivable":
                spans += _get_unpaid_line_spans(contract, line)
    return spans


def _may_suspend(contract):
    """Whether unpaid invoices suspend anything on some day; a yes may be wrong."""
    # sudo: amendments count whether or not whoever asks may read them.
    changed = contract.sudo().amendment_ids.line_ids.mapped("field_name")
    return bool(
        "terms_id" in changed
        or contract.terms_id.suspend_days
        or "suspend_days" in contract.condition_ids.mapped("key")
    )


def _get_unpaid_line_spans(contract, line):
    """The same for one instalment of an invoice, as a list of one or none."""
    due = line.date_maturity or line.date
    days = contract._get_agreed("suspend_days", due).value
    if not days:
        return []
    first, last = due + timedelta(days=days + 1), None
    if line.reconciled:
        matched = line.matched_debit_ids | line.matched_credit_ids
        last = max(matched.mapped("max_date"), default=due) - ONE_DAY
        if last < first:
            return []
    return [Span(first, last, source=line.move_id.id)]

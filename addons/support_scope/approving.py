# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What approvals cover, and what becomes of charges that wait for one.

An estimate covers the billed minutes of its work; a standing approval those of all work
of a contract in each month, up to its limit. Limits count what is charged already, then
the days of work in their order.
"""

from decimal import Decimal

from odoo import fields
from odoo.tools import SQL

from odoo.addons.support_contract.periods import calendar_month
from odoo.addons.support_contract_billing.pricing import Rounding

from .allocation import DayCost, Grant, allocate
from .timekeeping import NOT_NEEDED, Terms, TimeCharges


def get_grants(contract, work):
    """What the time on one piece of work is covered by, in the order of its use.

    :return: list of :class:`.allocation.Grant`
    """
    if not contract.approval_required:
        return [Grant(NOT_NEEDED)]
    # sudo: what was approved does not depend on who asks.
    approvals = (
        contract.env["support.work.approval"]
        .sudo()
        .search(
            [("contract_id", "=", contract.id), ("state", "=", "accepted")],
            order="date_decided, id",
        )
    )
    own = approvals.filtered(
        lambda one: (one.res_model, one.res_id) == (work._name, work.id)
    )
    standing = approvals.filtered(lambda one: one._stands_for(work))
    grants = [
        Grant(one, minutes=one.minutes - sum(one._get_days().mapped("billed_minutes")))
        for one in own
    ]
    return [*grants, *(grant for one in standing for grant in _get_months(one, work))]


def _get_months(approval, work):
    """A standing approval as grants, one for each month with time on the work."""
    field = work._support_time_field if hasattr(work, "_support_time_field") else None
    Line = work.env["account.analytic.line"].sudo()
    domain = [(field or "project_id", "=", work.id)]
    months = Line._read_group(domain, ["date:month"])
    rounding = Rounding(approval.currency_id.rounding)
    grants = []
    for [first] in months:
        month = calendar_month(fields.Date.to_date(first))
        days = approval._get_days().filtered(lambda day, month=month: day.date in month)
        minutes = amount = None
        if approval.minutes:
            minutes = approval.minutes - sum(days.mapped("billed_minutes"))
        if approval.amount_limit:
            used = sum(Decimal(str(one)) for one in days.mapped("amount"))
            amount = rounding.round(Decimal(str(approval.amount_limit))) - used
        first, last = month.start, month.end
        if approval.date_start:
            first = max(first, approval.date_start)
        if approval.date_end:
            last = min(last, approval.date_end)
        if first <= last:
            grants.append(Grant(approval, minutes, amount, first, last))
    return grants


def release(contract, works):
    """Let the approvals of today cover charges of these works that wait for one.

    What is covered in part is cut in two: what is covered waits for the next invoice,
    the rest for another yes.
    """
    # sudo: charges are written by the system alone, never by a person.
    charges = (
        contract.env["support.charge"]
        .sudo()
        .search(
            [("contract_id", "=", contract.id), ("state", "=", "approval")],
            order="period_start, id",
        )
    )
    for work in works:
        own = charges.filtered(
            lambda charge, work=work: charge._get_work() == work
        )
        grants = get_grants(contract, work)
        for charge in own:
            _release_charge(charge, work, grants)


def _release_charge(charge, work, grants):
    """Cover one waiting charge, or a part of it."""
    contract = charge.contract_id
    currency = Rounding(charge.currency_id.rounding)
    costs = [
        DayCost(
            day.date,
            day.minutes,
            day.billed_minutes,
            currency.round(Decimal(str(day.amount))),
        )
        for day in charge.day_ids
    ]
    groups = {}
    for grant, part in allocate(costs, grants, currency):
        groups.setdefault(grant and grant.source, []).append(part)
    waiting = groups.pop(None, None)
    if not groups:
        return
    pricing = TimeCharges(contract, charge.time_line_ids.browse())
    terms = Terms(**charge.time_terms)
    first = costs[0].day.replace(day=1)
    reason = charge.env._("Approved by the customer.")
    parts = [*groups.items(), *([(None, waiting)] if waiting else [])]
    for index, (source, own) in enumerate(parts):
        number = pricing.count_charges(work, first) + 1
        vals = pricing.prepare_vals(work, terms, own, number)
        if source is None:
            vals["state"] = "approval"
        elif source != NOT_NEEDED:
            vals["approval_id"] = source.id
        if index:
            charge.create(vals)
            continue
        charge.day_ids.unlink()
        kept = {
            name: vals[name]
            for name in (
                "quantity",
                "price_unit",
                "amount",
                "calculation",
                "period_start",
                "period_end",
                "day_ids",
            )
        }
        charge._set_state(
            kept | {"approval_id": vals.get("approval_id"), "state": "pending"}, reason
        )


def lock(approval):
    """Let whoever decides on this approval at this moment finish first."""
    approval.env.execute_query(
        SQL(
            "UPDATE support_work_approval SET write_date = write_date WHERE id = %s"
            " RETURNING id",
            approval.id,
        )
    )
    approval.invalidate_recordset(["state"])

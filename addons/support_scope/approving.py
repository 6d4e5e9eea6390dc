# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What approvals cover, and what becomes of charges that wait for one.

An estimate covers the billed minutes of its work; a standing approval those of all work
of a contract in each month, up to its limit. Limits count what is charged already, then
the days of work in their order.
"""

from decimal import Decimal

from odoo.tools import SQL

from odoo.addons.support_contract.periods import calendar_month
from odoo.addons.support_contract_billing.pricing import Rounding

from .allocation import DayCost, Grant, allocate
from .timekeeping import NOT_NEEDED, Terms, TimeCharges, prepare_approval_vals


class Approved:
    """What the approvals of a contract cover, and what is left of them.

    One object for all that is allocated together: what one piece of work uses up is
    gone for the next.

    :param contract: `support.contract`
    """

    def __init__(self, contract):
        self.contract = contract
        self.rounding = Rounding(contract.currency_id.rounding)
        # sudo: what was approved does not depend on who asks.
        self.approvals = (
            contract.env["support.work.approval"]
            .sudo()
            .search(
                [
                    ("contract_id", "=", contract.id),
                    ("state", "=", "accepted"),
                    # Who says that they never said yes has not.
                    ("objection", "=", False),
                ],
                order="date_decided, id",
            )
        )
        self.known = {}

    def get_grants(self, work, day):
        """What time on a piece of work on a day is covered by, in the order of use.

        :return: list of :class:`.allocation.Grant`
        """
        if not self.contract._value_on("approval_required", day):
            return [Grant(NOT_NEEDED)]
        # Nobody says yes for the customer who has the contract after them.
        valid = self.approvals.filtered(lambda one: one._is_for_customer_on(day))
        own = valid.filtered(lambda one: not one.is_standing and one._covers_work(work))
        standing = valid.filtered(lambda one: one._stands_for(work))
        return [
            *(self._once(one, None) for one in own),
            *(self._once(one, calendar_month(day)) for one in standing),
        ]

    def _once(self, approval, month):
        if (approval, month) not in self.known:
            self.known[approval, month] = self._make_grant(approval, month)
        return self.known[approval, month]

    def _make_grant(self, approval, month):
        """What is left of an estimate, or of a standing approval in a month."""
        days = approval._get_days()
        if month:
            days = days.filtered(lambda day: day.date in month)
        used = sum(days.mapped("billed_minutes"))
        minutes = approval.minutes - used if approval.minutes or not month else None
        spent = sum(Decimal(str(one)) for one in days.mapped("amount"))
        if not month:
            # They said yes to a price as well: not to a dearer kind or a weekend.
            amount = Decimal(str(approval.amount_untaxed)) - spent
            return Grant(approval, minutes, amount)
        amount = None
        if approval.amount_limit:
            amount = Decimal(str(approval.amount_limit)) - spent
        return Grant(
            approval,
            minutes,
            amount,
            approval.date_start or None,
            approval.date_end or None,
        )


def release(contract):
    """Let the approvals of today cover charges of a contract that wait for one.

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
    approved = contract._get_approved() if charges else None
    for charge in charges:
        if work := charge._get_work():
            _release_charge(charge, work, approved)


def _release_charge(charge, work, approved):
    """Cover one waiting charge, or a part of it."""
    rounding = approved.rounding
    costs = [
        DayCost(
            day.date,
            day.minutes,
            day.billed_minutes,
            rounding.round(Decimal(str(day.amount))),
        )
        for day in charge.day_ids
    ]
    groups = {}
    for grant, part in allocate(
        costs, lambda cost: approved.get_grants(work, cost.day), rounding
    ):
        groups.setdefault(grant and grant.source, []).append(part)
    waiting = groups.pop(None, None)
    if not groups:
        return
    pricing = TimeCharges(charge.contract_id, charge.time_line_ids.browse())
    terms = Terms(**charge.time_terms)
    number = pricing.count_charges(work, charge.period_start.replace(day=1))
    (first, own), *others = [*groups.items(), *([(None, waiting)] if waiting else [])]
    charge.day_ids.unlink()
    vals = pricing.prepare_vals(work, terms, own, number)
    kept = {name: vals[name] for name in _CHANGED} | prepare_approval_vals(first)
    charge._set_state({"state": "pending"} | kept, _explain_release(charge, first))
    for source, rest in others:
        number += 1
        vals = pricing.prepare_vals(work, terms, rest, number)
        charge.create(vals | prepare_approval_vals(source))


def _explain_release(charge, source):
    """Why a charge waits no more, for the log."""
    if source is NOT_NEEDED:
        return charge.contract_id._explain_no_approval(charge.period_end)
    return charge.env._(
        "“%(name)s” is approved: %(who)s",
        name=source.name,
        who=source._words().get_decision(),
    )


# What is another one in a charge that a yes covers a part of.
_CHANGED = (
    "quantity",
    "price_unit",
    "amount",
    "calculation",
    "period_start",
    "period_end",
    "day_ids",
)


def lock(approval):
    """Let whoever decides on this approval, or bills its contract, finish first.

    Both rows are written, so that PostgreSQL refuses the second of them, and Odoo
    begins it anew: no time is made to wait for a yes that was given meanwhile.
    """
    approval.env.execute_query(
        SQL(
            "UPDATE support_contract SET write_date = write_date WHERE id = %s"
            " RETURNING id",
            approval.contract_id.id,
        )
    )
    approval.env.execute_query(
        SQL(
            "UPDATE support_work_approval SET write_date = write_date WHERE id = %s"
            " RETURNING id",
            approval.id,
        )
    )
    approval.invalidate_recordset(["state"])

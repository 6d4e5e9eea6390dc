# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What approvals cover, and what becomes of charges that wait for one.

An estimate covers the billed minutes of its work; a standing approval those of all work
of a contract in each month, up to its limit. Limits count what is invoiced already,
then the days of work in their order.
"""

from collections import defaultdict
from decimal import Decimal

from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.support_contract.periods import calendar_month
from odoo.addons.support_contract_billing.pricing import Rounding

from .allocation import DayCost, Grant, allocate
from .timekeeping import NOT_NEEDED, Terms, TimeCharges, prepare_approval_vals


class Approved:
    """What the approvals of a contract cover, by the days of work.

    What is invoiced, or held, has its share. All that is not invoiced yet is covered
    together, whenever it was logged and whenever the customer said yes: an earlier day
    of work takes the yes of a later one.

    :param contract: `support.contract`
    """

    def __init__(self, contract):
        self.contract, self.env = contract, contract.env
        self.rounding = Rounding(contract.currency_id.rounding)
        # sudo: what was approved does not depend on who asks.
        self.approvals = (
            self.env["support.work.approval"]
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
        # {charge: its work}, in superuser mode
        self.open = find_works(find_open_charges(contract))
        self.known, self.customers, self.valid = {}, {}, {}
        # sudo: as above.
        days = self.env["support.charge.day"].sudo()
        # {approval: days that have their share}
        self.used = days.search(
            [
                ("charge_id.approval_id", "in", self.approvals.ids),
                ("charge_id.state", "!=", "waived"),
                ("charge_id", "not in", [charge.id for charge in self.open]),
            ]
        ).grouped(lambda day: day.charge_id.approval_id)

    def cover(self, costs=()):
        """Cover costs that have no charge yet, and the days of open charges.

        :param costs: :class:`.allocation.DayCost`, with (work, `Terms`) as tag
        :return: {charge, or None for these costs: [(:class:`.allocation.Grant`, or
            None while it waits, :class:`.allocation.DayCost`)]}
        """
        # Of one day and work, what is covered stays so, and by what.
        charges = sorted(
            self.open,
            key=lambda one: (
                one.state != "pending",
                one.approval_id.is_standing,
                one.approval_id.date_decided,
                one.approval_id.id,
                one.id,
            ),
        )
        costs = [cost for one in charges for cost in self._get_costs(one)] + [*costs]
        costs.sort(key=lambda cost: _get_order(*cost.tag))
        found = defaultdict(list)
        for grant, part in allocate(
            costs, lambda cost: self.get_grants(cost.tag[0], cost.day), self.rounding
        ):
            found[part.owner].append((grant, part))
        return found

    def _get_costs(self, charge):
        """The days of an open charge."""
        tag = (self.open[charge], Terms(**charge.time_terms))
        return [
            DayCost(
                day.date,
                day.minutes,
                day.billed_minutes,
                self.rounding.round(_to_decimal(day.amount)),
                tag,
                charge,
            )
            for day in charge.day_ids
        ]

    def get_customer(self, day):
        """Who has the contract on a day."""
        if day not in self.customers:
            self.customers[day] = self.contract._value_on("partner_id", day)
        return self.customers[day]

    def get_grants(self, work, day):
        """What time on a piece of work on a day is covered by, in the order of use.

        :return: list of :class:`.allocation.Grant`
        """
        if day not in self.valid:
            self.valid[day] = self._find_valid(day)
        valid = self.valid[day]
        if valid is None:
            return [Grant(NOT_NEEDED)]
        own = valid.filtered(lambda one: not one.is_standing and one._covers_work(work))
        standing = valid.filtered(lambda one: one._stands_for(work))
        return [
            *(self._once(one, None) for one in own),
            *(self._once(one, calendar_month(day)) for one in standing),
        ]

    def _find_valid(self, day):
        """Approvals that may cover work of a day; None where it needs none."""
        if not self.contract._value_on("approval_required", day):
            return None
        # Nobody says yes for the customer who has the contract after them.
        return self.approvals.filtered(lambda one: one._is_for_customer_on(day))

    def _once(self, approval, month):
        if (approval, month) not in self.known:
            self.known[approval, month] = self._make_grant(approval, month)
        return self.known[approval, month]

    def _make_grant(self, approval, month):
        """What is left of an estimate, or of a standing approval in a month."""
        days = self.used.get(approval, self.env["support.charge.day"].sudo())
        if month:
            days = days.filtered(lambda day: day.date in month)
        if month:
            grant = Grant(
                approval,
                approval.minutes or None,
                _to_decimal(approval.amount_limit) if approval.amount_limit else None,
                approval.date_start or None,
                approval.date_end or None,
            )
        else:
            # They said yes to a price as well: not to a dearer kind or a weekend.
            grant = Grant(
                approval,
                approval.minutes,
                _to_decimal(approval.amount_untaxed),
                coin=self.rounding.increment,
            )
        for day in days:
            grant.take(day.billed_minutes, _to_decimal(day.amount))
        return grant


def find_open_charges(contracts):
    """Charges of time that wait for a yes, or rest on one and are not invoiced yet.

    What was on an invoice once keeps its share.

    :return: `support.charge` in superuser mode
    """
    waiting = Domain("state", "=", "approval")
    resting = (
        Domain("state", "=", "pending")
        & Domain("approval_id", "!=", False)
        & Domain("former_line_ids", "=", False)
    )
    # sudo: charges are written by the system alone, never by a person.
    charges = contracts.env["support.charge"].sudo()
    return charges.search(
        Domain("contract_id", "in", contracts.ids)
        & Domain("kind", "=", "time")
        & (waiting | resting)
    )


def find_works(charges):
    """{charge: the work whose time it charges}, without those whose work is gone."""
    ids, found = defaultdict(set), {}
    for day in charges.day_ids:
        if day.work_model in charges.env:
            ids[day.work_model].add(day.work_id)
    works = {
        (name, work.id): work
        for name, own in ids.items()
        for work in charges.env[name].browse(sorted(own)).exists()
    }
    for charge in charges:
        day = charge.day_ids[:1]
        if work := works.get((day.work_model, day.work_id)):
            found[charge] = work
    return found


def release(contracts):
    """Let the approvals of today cover what is not invoiced yet, by days of work.

    What is covered in part is cut in two: what is covered waits for the next invoice,
    the rest for another yes.
    """
    for contract, charges in (
        find_open_charges(contracts).grouped("contract_id").items()
    ):
        # Time that has no charge yet takes its share: the next run charges it.
        last = max(charges.day_ids.mapped("date"), default=None)
        time = contract._get_uncharged_time(last=last)
        pricing = TimeCharges(contract, time)
        covered = contract._get_approved().cover(pricing.get_costs())
        covered.pop(None, None)
        pricing.count_charges(
            {
                (part.tag[0], part.day.replace(day=1))
                for found in covered.values()
                for _grant, part in found
            }
        )
        for charge, found in covered.items():
            _cover(charge, found, pricing)


def _cover(charge, found, pricing):
    """Let a charge rest on what covers it, and cut off the rest of it.

    :param found: [(:class:`.allocation.Grant` or None, :class:`.allocation.DayCost`)]
    """
    groups = {}
    for grant, part in found:
        groups.setdefault(grant and grant.source, []).append(part)
    now = charge.approval_id or None
    if [*groups] == [now]:
        return
    work, terms = found[0][1].tag
    kept = now if now in groups and now else next(filter(None, groups), None)
    own, lines = groups.pop(kept), charge.time_line_ids
    vals = pricing.prepare_vals(work, terms, own)
    vals = {name: vals[name] for name in _CHANGED}
    vals |= {"state": "pending", "approval_id": False} | prepare_approval_vals(kept)
    charge.day_ids.unlink()
    charge._set_state(vals, _explain(charge, kept))
    lines -= _get_time_of(lines, own)
    for source, parts in groups.items():
        vals = pricing.prepare_next_vals(work, terms, parts)
        rest = charge.create(vals | prepare_approval_vals(source))
        # A day that is covered in part has its time with the first part.
        moved = _get_time_of(lines, parts)
        moved.write({"support_charge_id": rest.id})
        lines -= moved


def _get_time_of(lines, parts):
    days = {part.day for part in parts}
    return lines.filtered(lambda line: line.date in days)


def _to_decimal(amount):
    return Decimal(str(amount))


def _get_order(work, terms):
    """Equal work in an order that nobody's logging changes."""
    return (work._name, work.id, terms.type_id, terms.price, terms.factor)


def _explain(charge, source):
    """Why a charge waits no more, or waits again, for the log."""
    if not source:
        return charge.env._("Work of earlier days takes the approval.")
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

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From logged time to charges: one for each piece of work, kind and month. Clause R4.

The days of one piece of work are rounded each on its own, see :mod:`.minutes`. What is
logged on a day that was charged already costs the difference of the whole day.
"""

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from odoo import fields
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from odoo.addons.support_contract.agreed import format_price
from odoo.addons.support_contract.periods import ONE_DAY, calendar_month
from odoo.addons.support_contract_billing.pricing import Rounding

from .allocation import DayCost
from .minutes import Rate, bill_day, get_invoice_line, hourly_price

# What a grant comes from where the contract asks for no approval.
NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class LoggedTime:
    """A line of time as metered evidence, see `contract._get_uncharged_evidence`."""

    line: object

    @property
    def _name(self):
        return self.line._name

    @property
    def contract_id(self):
        return self.line.support_contract_id

    @property
    def type_id(self):
        return self.line.support_type_id

    @property
    def date(self):
        return self.line.date

    @property
    def quantity(self):
        """Hours to bill, not rounded up."""
        return self.line.support_billed_minutes / 60


@dataclass(frozen=True)
class Terms:
    """What an hour of one kind costs on one day, and why.

    :param price: of the terms or of a special condition, or None
    :param factor: for which it was ordered
    :param discount: percent, by R4
    """

    type_id: int
    price: float | None
    factor: float = 1.0
    discount: float = 0.0

    @property
    def rate(self):
        """:class:`.minutes.Rate` of these terms."""
        return Rate(
            hourly_price(self.price, self.factor, self.discount),
            f"{self.type_id}/{self.price}/{self.factor}/{self.discount}",
        )


class Rates:
    """What hours cost on a contract, each looked up once.

    :param contract: `support.contract`
    """

    def __init__(self, contract):
        self.contract, self.known = contract, {}

    def get(self, line):
        """:class:`Terms` of a line of time, by the agreement of its day.

        Those of charged or settled time are what they were then.
        """
        billed = line.support_charge_id or line.support_settled
        if billed and line.support_terms:
            return Terms(**line.support_terms)
        return self.get_terms(
            line.support_type_id, line.date, line._get_support_factor()
        )

    def get_entry(self, line):
        """A line of time as :func:`.minutes.bill_day` takes it."""
        minutes = line.support_billed_minutes
        return self.get(line).rate, minutes, minutes < line.support_minutes

    def get_terms(self, kind, day, factor=1.0):
        """:class:`Terms` of a kind of work by the agreement of a day.

        :param kind: `support.service.type`, or none
        :param factor: for which the work is ordered
        """
        key = (kind, day, factor)
        if key not in self.known:
            price = None
            if kind:
                price = self.contract._get_agreed("price", day, service_type=kind).value
            discount = 0.0
            if self.contract._right("discount", day):
                discount = self.contract._get_agreed("hourly_discount", day).value
            self.known[key] = Terms(kind.id, price, factor, discount)
        return self.known[key]


class TimeCharges:
    """Prepares the charges of time on one contract; writes nothing.

    :param contract: `support.contract`
    :param lines: `account.analytic.line`, billed, with a price, not charged yet
    """

    def __init__(self, contract, lines):
        # The texts are read on the customer's invoice.
        self.contract = contract.with_context(lang=contract.partner_id.lang)
        self.env, self.lines = self.contract.env, lines
        self.rates = Rates(contract)
        self.rounding = Rounding(contract.currency_id.rounding)
        # {(work, first day of a month): charges that there are}
        self.numbers = {}
        days = self.env["support.charge.day"].search(
            [
                ("contract_id", "=", contract.id),
                ("date", "in", list(set(lines.mapped("date")))),
            ]
        )
        # {(model, id, day): what was charged of it before}
        self.charged = days.grouped(lambda one: (one.work_model, one.work_id, one.date))

    def prepare(self):
        """[(values of a `support.charge`, the evidence that it charges)]."""
        costs, lines = self._get_costs()
        groups, approved = defaultdict(list), self.contract._get_approved()
        for grant, part in approved.cover(costs).pop(None, ()):
            customer = approved.get_customer(part.day)
            first = part.day.replace(day=1)
            # What costs nothing more, or gives something back, needs no yes.
            source = grant.source if grant else None if part.amount > 0 else NOT_NEEDED
            groups[part.tag, first, customer, source].append(part)
        self.count_charges({(tag[0], first) for tag, first, *_rest in groups})
        found, nothing = [], self.lines.browse()
        for ((work, terms), _first, _customer, source), parts in groups.items():
            # A day that an approval covers in part has its time with the first part.
            own = nothing.union(
                *(lines.pop((work, part.day, terms), nothing) for part in parts)
            )
            vals = self.prepare_next_vals(work, terms, parts)
            vals |= prepare_approval_vals(source)
            vals["time_line_ids"] = [
                fields.Command.set(own.ids),
                *(
                    fields.Command.update(
                        line.id, {"support_terms": asdict(self.rates.get(line))}
                    )
                    for line in own
                ),
            ]
            found.append((vals, [LoggedTime(line) for line in own]))
        return found

    def get_costs(self):
        """What the uncharged time costs: list of :class:`.allocation.DayCost`."""
        return self._get_costs()[0]

    def _get_costs(self):
        """The same, and {(work, day, :class:`Terms`): the lines that it charges}."""
        costs, lines = [], {}
        for (work, day), own in self.lines.grouped(get_work_and_day).items():
            for terms, cost, charged in self._price_day(work, day, own):
                costs.append(replace(cost, tag=(work, terms)))
                lines[work, day, terms] = charged
        return costs, lines

    def _price_day(self, work, day, lines):
        """What uncharged time on one day costs.

        :return: list of (:class:`Terms`, :class:`DayCost`, the lines that it charges)
        """
        increment = self.contract._get_agreed("time_increment", day).value
        terms = {line: self.rates.get(line) for line in lines}
        before = self.charged.get(
            (work._name, work.id, day), self.env["support.charge.day"]
        )
        everything = lines | before.charge_id.time_line_ids.filtered(
            lambda line: get_work_and_day(line) == (work, day)
        )
        billed = bill_day(map(self.rates.get_entry, everything), increment)
        if before:
            cost = DayCost(
                day,
                sum(lines.mapped("support_billed_minutes")),
                sum(one.billed for one in billed)
                - sum(before.mapped("billed_minutes")),
                sum(one.amount(self.rounding) for one in billed)
                - sum(self._to_decimal(amount) for amount in before.mapped("amount")),
            )
            return [(_get_cheapest(terms), cost, lines)]
        found = []
        for one in billed:
            own = lines.filtered(lambda line, one=one: terms[line].rate == one.rate)
            cost = DayCost(day, one.minutes, one.billed, one.amount(self.rounding))
            found.append((terms[own[0]], cost, own))
        free = lines.filtered(lambda line: not line.support_billed_minutes)
        if free and found:
            # Time that goodwill made free is charged with the rest of its day.
            found[0] = (*found[0][:2], found[0][2] | free)
        elif free:
            found.append((_get_cheapest(terms), DayCost(day, 0, 0, Decimal(0)), free))
        return found

    def count_charges(self, works):
        """Count the charges that there are, for the keys of those to come.

        :param works: set of (work, first day of a month)
        """
        self.numbers = dict.fromkeys(works, 0)
        ids, days = defaultdict(set), [first for _work, first in works]
        for work, _first in works:
            ids[work._name].add(work.id)
        if not ids:
            return
        # Work that moved here has its charges on another contract.
        domain = Domain.OR(
            Domain("work_model", "=", name) & Domain("work_id", "in", list(own))
            for name, own in ids.items()
        )
        groups = self.env["support.charge.day"]._read_group(
            domain
            & Domain("date", ">=", min(days))
            & Domain("date", "<=", calendar_month(max(days)).end),
            ["work_model", "work_id", "date:month"],
            ["charge_id:count_distinct"],
        )
        for name, work_id, first, number in groups:
            self.numbers[self.env[name].browse(work_id), first] = number

    def _to_decimal(self, amount):
        return self.rounding.round(Decimal(str(amount)))

    def prepare_next_vals(self, work, terms, costs):
        """Values of one more charge, without its evidence; after `count_charges`."""
        vals = self.prepare_vals(work, terms, costs)
        first = costs[0].day.replace(day=1)
        self.numbers[work, first] += 1
        key = f"time:{work._name}:{work.id}:{first}:{self.numbers[work, first]}"
        return vals | {"key": key}

    def prepare_vals(self, work, terms, costs):
        """Values of one charge of a month, without its key and evidence.

        :param terms: :class:`Terms`
        :param costs: list of :class:`.allocation.DayCost`
        """
        contract, first = self.contract, costs[0].day.replace(day=1)
        month = calendar_month(first)
        kind = self.env["support.service.type"].browse(terms.type_id)
        days = [cost.day for cost in costs]
        billed = sum(cost.billed for cost in costs)
        amount = sum(cost.amount for cost in costs)
        today = contract.company_id._support_today()
        quantity, price = get_invoice_line(
            billed, amount, terms.rate.price, self.rounding
        )
        return {
            "name": get_time_name(work, kind, first),
            "contract_id": contract.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "product_id": kind._get_product(contract.company_id).id,
            "kind": "time",
            "date": today if today > month.end else month.end + ONE_DAY,
            "period_start": min(days),
            "period_end": max(days),
            "quantity": quantity,
            "price_unit": price,
            "amount": float(amount),
            "calculation": self._render(terms, costs, billed),
            "time_terms": asdict(terms),
            "day_ids": [
                fields.Command.create(
                    {
                        "date": cost.day,
                        "work_model": work._name,
                        "work_id": work.id,
                        "minutes": cost.minutes,
                        "billed_minutes": cost.billed,
                        "amount": float(cost.amount),
                    }
                )
                for cost in costs
            ],
        }

    def _render(self, terms, costs, billed):
        """The calculation in words."""
        env, currency = self.env, self.contract.currency_id
        minutes = sum(cost.minutes for cost in costs)
        price = format_price(env, terms.price, currency)
        parts = [env._("%s an hour", price)]
        if terms.factor != 1:
            parts.append(env._("× %s", formatLang(env, terms.factor, digits=2)))
        if terms.discount:
            discount = self.contract._format_figure("hourly_discount", terms.discount)
            parts.append(env._("less %s", discount))
        days = sorted({cost.day for cost in costs})
        return env._(
            "%(days)s: %(worked)s worked, %(billed)s billed; %(price)s",
            days=", ".join(format_date(env, day, date_format="d MMM") for day in days),
            worked=format_minutes(env, minutes),
            billed=format_minutes(env, billed),
            price=" ".join(parts),
        )


def get_time_name(work, kind, day):
    """What a charge of time is called, in the language of the kind's environment.

    :param kind: `support.service.type`
    :param day: of the month
    """
    return kind.env._(
        "%(work)s: %(kind)s, %(month)s",
        work=work.with_env(kind.env)._get_time_label(),
        kind=kind.name,
        month=format_date(kind.env, day, date_format="MMMM yyyy"),
    )


def format_minutes(env, minutes):
    """ "2 h 30 min", for people."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return env._("%s min", rest)
    if not rest:
        return env._("%s h", hours)
    return env._("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


def _get_cheapest(terms):
    """The terms of what costs least, as what rounding adds: of billed time, if any is.

    :param terms: {line of time: :class:`Terms`}
    """
    billed = [terms[line] for line in terms if line.support_billed_minutes]
    return min(billed or terms.values(), key=lambda one: one.rate.sort_key)


def prepare_approval_vals(source):
    """What a charge says of the yes that it rests on.

    :param source: `support.work.approval`, :data:`NOT_NEEDED`, or None while it waits
    """
    if source is None:
        return {"state": "approval"}
    return {} if source is NOT_NEEDED else {"approval_id": source.id}


def get_work_and_day(line):
    """What is rounded up together."""
    return line._get_support_work(), line.date

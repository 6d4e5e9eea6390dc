# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a service costs in a period, how a price is written, and why it changed."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from odoo import models
from odoo.tools import formatLang

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import Period
from odoo.addons.support_contract.read_once import remember

from .periods import BillingPeriod
from .pricing import Price

# The figures of the agreement that make a price, in the order of the calculation.
PRICE_FIGURES = ("price", "discount", "minimum")
# With those that say how units are counted and what each of them costs.
FEE_FIGURES = (*PRICE_FIGURES, "tiers", "step")


@dataclass(frozen=True)
class Fee:
    """What a service costs in a period, and what that is computed from.

    :param period: :class:`.periods.BillingPeriod`; its covered days are paid for
    :param quantity: :class:`odoo.addons.support_contract.basis.Quantity`
    :param figures: as ``service._get_figures`` returns them
    :param price: :class:`.pricing.Price` of the covered days
    """

    period: BillingPeriod
    quantity: Quantity
    figures: dict
    price: Price


def render_price(env, price):
    """The calculation of a price in the words and numbers of whoever reads it.

    :param price: :class:`.pricing.Price`
    """

    def render():
        # With the price, so that no other one gets its place in the memory.
        return price, price.text(
            env._, lambda number, places: formatLang(env, float(number), digits=places)
        )

    return remember(env, ("price", id(price), env.lang), render)[1]


def render_conditions(figures):
    """The special conditions behind figures of the agreement, a line for each.

    :param figures: of `AgreedValue`
    """
    return [
        agreed.source[:1].upper() + agreed.source[1:]
        for agreed in figures
        if agreed.is_special
    ]


# How many modules a sentence names.
NAMED_MODULES = 3


@dataclass(frozen=True)
class ChargeBasis:
    """What a service costs in a period is computed from this.

    :param counts: `support.count`, the line counts, if it is charged by lines
    :param quantity: how many units of the price
    :param day: on which the price holds
    """

    counts: models.BaseModel
    quantity: float
    day: date


def describe_changes(service, before, after):
    """Sentences on what changed from one period of a service to another.

    :param before: :class:`ChargeBasis`
    :param after: :class:`ChargeBasis`
    """
    env, sentences = service.env, []
    if after.counts:
        if sum(before.counts.mapped("billed_lines")) != sum(
            after.counts.mapped("billed_lines")
        ):
            sentences.append(_describe_lines(service, before.counts, after.counts))
    elif service.type_id.basis != "fixed" and after.quantity != before.quantity:
        sentences.append(
            env._(
                "%(service)s: %(before)s → %(after)s",
                service=service.type_id.name,
                before=f"{before.quantity:g}",
                after=f"{after.quantity:g}",
            )
        )
    was = service._get_price_figures(before.day)
    now = service._get_price_figures(after.day)
    if was != now:
        sentences.append(
            env._(
                "%(service)s: price %(before)s → %(after)s",
                service=service.type_id.name,
                before=service._describe_price(was),
                after=service._describe_price(now),
            )
        )
    return sentences


def _describe_lines(service, old, new):
    """More or fewer lines, and because of which modules.

    :param old: the counts of the month before
    :param new: those of now
    """
    env = service.env
    total = old._get_billed_lines(), new._get_billed_lines()
    return env._(
        "%(service)s: %(before)s → %(after)s lines, %(change)s (%(modules)s)",
        service=service.type_id.name,
        before=format_number(env, total[0]),
        after=format_number(env, total[1]),
        change=format_number(env, total[1] - total[0], sign=True),
        modules=describe_modules(old, new),
    )


def format_number(env, value, sign=False):
    """A whole number as its reader writes it, with + or − where it is a change."""
    text = formatLang(env, abs(value) if sign else value, digits=0)
    return text if not sign else f"{'+' if value > 0 else '−'}{text}"


def describe_modules(old, new):
    """Which modules made the lines of these counts more or fewer, the largest first.

    :param old: the counts before
    :param new: those after
    """
    env = new.env

    def number(value):
        return format_number(env, value, sign=True)

    was, now = get_lines_by_module(old), get_lines_by_module(new)
    changes = {
        name: now.get(name, 0) - was.get(name, 0) for name in was.keys() | now.keys()
    }
    ordered = sorted(
        (name for name, change in changes.items() if change),
        key=lambda name: (-abs(changes[name]), name),
    )
    parts = [
        env._(
            "%(module)s %(change)s, new",
            module=name,
            change=number(changes[name]),
        )
        if name not in was
        else f"{name} {number(changes[name])}"
        for name in ordered[:NAMED_MODULES]
    ]
    if more := len(ordered) - NAMED_MODULES:
        if more > 0:
            parts.append(env._("and %s more modules", more))
    return "; ".join(parts)


def get_lines_by_module(counts):
    """{module: billed lines} of these counts together, as they enter the fee."""
    once = {}
    for module in counts.module_ids.filtered("billed"):
        once.setdefault(module._get_code_key(), module.code_lines)
    lines = defaultdict(int)
    for (name, _code), number in once.items():
        lines[name] += number
    return dict(lines)


# === CHARGES AND THOSE BEFORE THEM === #

# Longer than the longest month, so that the one before is always seen.
LOOK_BACK = timedelta(days=62)


def get_history(charges):
    """Recurring charges of the contracts of these charges, from two months before on.

    :return: {contract: charges in the order of their periods}
    """
    recurring = _get_recurring(charges)
    if not recurring:
        return {}
    first = {
        contract: min(own.mapped("period_start")) - LOOK_BACK
        for contract, own in recurring.grouped("contract_id").items()
    }
    # One search for all; each contract looks back from its own charges.
    found = charges.search(
        [
            ("contract_id", "in", recurring.contract_id.ids),
            ("kind", "=", "recurring"),
            ("period_start", ">=", min(first.values())),
        ],
        order="period_start, id",
    )
    # Each is looked at alone later, which would ask for these one by one.
    found.fetch(["correction_ids", "count_ids"])
    return found.filtered(
        lambda charge: charge.period_start >= first[charge.contract_id]
    ).grouped("contract_id")


def get_change_notes(charges, history):
    """What changed since the month before, for the customer who is invoiced.

    :param history: as `get_history` returns it, of these charges and others
    :return: {contract: list of sentences}, in the customer's language; nothing for
        a contract without a month before
    """
    notes = {}
    for contract in _get_recurring(charges).contract_id:
        known = history.get(contract, charges.browse())
        own = charges.filtered(lambda one, mine=contract: one.contract_id == mine)
        before = known - own
        if sentences := before and _describe_changes(own, known):
            notes[contract] = sentences
    return notes


def _describe_changes(charges, history):
    """Sentences for charges of one contract."""
    env = charges.with_context(lang=charges.partner_id[:1].lang).env
    sentences = []
    for charge in _get_recurring(charges).with_env(env):
        if previous := charge._get_previous(history):
            sentences += _describe_change(charge, previous)
        else:
            sentences.append(charge.service_id._describe_begin(charge.period_start))
    earlier = history - charges
    last = max(earlier.mapped("period_end"))
    for service in (earlier.service_id - charges.service_id).with_env(env):
        end = service.date_end
        if end and (end.year, end.month) == (last.year, last.month):
            sentences.append(service._describe_end())
    return sentences


def _describe_change(charge, previous):
    """Sentences on what changed from the charge before to this one."""
    old = previous._get_correction_chain()._get_evidence()
    return describe_changes(
        charge.service_id,
        ChargeBasis(old, previous.quantity, previous.period_start),
        ChargeBasis(charge.count_ids, charge.quantity, charge.period_start),
    )


def _get_recurring(charges):
    return charges.filtered(lambda charge: charge.kind == "recurring")


def explain_fee_change(charge, before):
    """Why a charge is another amount than the one before it, for an accountant.

    :param before: the charge of the same service before this one
    :return: sentences, one a line
    """
    sentences = _describe_change(charge, before)
    # The service is said beside it.
    name = f"{charge.service_id.type_id.name}: "
    sentences = [sentence.removeprefix(name) for sentence in sentences]
    if any(
        one.currency_id.compare_amounts(one.amount, one.monthly_amount)
        for one in (charge, before)
    ):
        sentences.append(
            charge.env._(
                "%(now)s is charged, and before %(before)s",
                now=_describe_days(charge),
                before=_describe_days(before),
            )
        )
    return "\n".join(sentences)


def _describe_days(charge):
    """The days that are charged, such as 12–30 September 2026."""
    period = Period(charge.period_start, charge.period_end)
    return charge.service_id._format_days(period)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a service costs in a period, how a price is written, and why it changed."""

from dataclasses import dataclass
from datetime import date

from odoo import models
from odoo.tools import formatLang

from odoo.addons.support_contract.basis import Quantity

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
    return price.text(
        env._, lambda number, places: formatLang(env, float(number), digits=places)
    )


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
    service.ensure_one()
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

    def number(value, sign=False):
        text = formatLang(env, abs(value) if sign else value, digits=0)
        return text if not sign else f"{'+' if value > 0 else '−'}{text}"

    was, now = old._get_lines_by_module(), new._get_lines_by_module()
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
            change=number(changes[name], sign=True),
        )
        if name not in was
        else f"{name} {number(changes[name], sign=True)}"
        for name in ordered[:NAMED_MODULES]
    ]
    if more := len(ordered) - NAMED_MODULES:
        if more > 0:
            parts.append(env._("and %s more modules", more))
    total = old._get_billed_lines(), new._get_billed_lines()
    return env._(
        "%(service)s: %(before)s → %(after)s lines, %(change)s (%(modules)s)",
        service=service.type_id.name,
        before=number(total[0]),
        after=number(total[1]),
        change=number(total[1] - total[0], sign=True),
        modules="; ".join(parts),
    )

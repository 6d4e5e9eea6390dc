# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a service costs in a period, and how a price is written."""

from dataclasses import dataclass

from odoo.tools import formatLang

from odoo.addons.support_contract.basis import Quantity

from .periods import BillingPeriod
from .pricing import Price

# The figures of the agreement that make a price, in the order of the calculation.
PRICE_FIGURES = ("price", "discount", "minimum")


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

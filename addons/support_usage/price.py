# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What usage of one kind costs on a contract, by the price of its day. Clause R6."""

from decimal import Decimal

from odoo.exceptions import UserError
from odoo.tools import formatLang

from odoo.addons.support_contract.periods import ONE_DAY, Period, calendar_month
from odoo.addons.support_contract_billing.fees import FEE_FIGURES, render_price
from odoo.addons.support_contract_billing.pricing import (
    Part,
    Rounding,
    fixed_price,
    part_amount,
    stepped_price,
)


class UsagePrice:
    """Prices the usage of one kind on one contract.

    A *piece* is a :class:`odoo.addons.support_contract.periods.Period`: days of one
    month with one price.

    :param contract: `support.contract`; its language is that of the texts
    :param service_type: `support.service.type`, the kind of usage
    """

    def __init__(self, contract, service_type):
        self.contract = contract
        self.service_type = service_type
        self.env = contract.env
        self.currency = contract.currency_id

    def agreed(self, key, day):
        """A figure of the price for one unit of usage on a day.

        The customer need not have a service of that type: what is metered is always
        charged, by the terms or by a special condition.
        """
        service_type = self.service_type
        service = self.contract.service_ids.filtered(
            lambda one: one.type_id == service_type and one._runs_on(day)
        )[:1]
        return self.contract._get_agreed(
            key, day, service_type=service_type, service=service
        )

    def figures(self, day):
        """What makes the price on a day: {figure: value}."""
        return {key: self.agreed(key, day).value for key in FEE_FIGURES}

    def pieces(self, month):
        """Cut a month where the price or the customer changes.

        :param month: :class:`odoo.addons.support_contract.periods.Period`
        :return: list of Period, in order, that cover the month
        """
        contract, service_type = self.contract, self.service_type
        Service = self.env["support.contract.service"]
        services = contract.service_ids.filtered(
            lambda one: one.type_id == service_type
        )
        days = set()
        # Also without a service: a condition can be about the kind as such.
        for service in [*services, Service.new({"type_id": service_type.id})]:
            days.update(
                contract._get_agreed_changes(
                    FEE_FIGURES, month.start, month.end, service
                )
            )
        for service in services:
            days |= {
                service.date_start,
                service.date_end and service.date_end + ONE_DAY,
            }
        days.update(contract._get_change_days("partner_id", month.start, month.end))
        days = sorted(day for day in days if day and month.start < day <= month.end)
        if not days:
            return [month]
        starts, figures = [], None
        for day in [month.start, *days]:
            before, figures = figures, self.figures(day)
            figures["customer"] = contract._value_on("partner_id", day)
            if figures != before:
                starts.append(day)
        ends = [*(day - ONE_DAY for day in starts[1:]), month.end]
        return list(map(Period, starts, ends))

    def compute(self, piece, quantity):
        """The price of all usage in these days.

        :param piece: a minimum of the month is shared out by its days
        :return: :class:`odoo.addons.support_contract_billing.pricing.Price`
        :raise UserError: when there is no price, or less than nothing to charge
        """
        figures = self.figures(piece.start)
        if figures["price"] is None:
            raise UserError(
                self.env._(
                    "There is no price for %s: add it to the terms, or agree on a "
                    "special condition.",
                    self.service_type.name,
                )
            )
        rounding = Rounding(self.currency.rounding)
        quantity = round(quantity, 6)
        try:
            options = {
                "unit": self.service_type.name,
                "discount": figures["discount"],
                # Nothing used, or all of it taken back, costs nothing.
                "minimum": quantity and self._minimum(figures, piece),
                "rounding": rounding,
            }
            step, tiers = figures["step"] or 1, figures["tiers"]
            if step == 1 and not tiers:
                return fixed_price(figures["price"], quantity=quantity, **options)
            return stepped_price(
                quantity, figures["price"], step=step, tiers=tiers, **options
            )
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(kind)s from %(start)s to %(end)s of %(contract)s cannot be "
                    "priced: the recorded usage adds up to %(quantity)s. Correct what "
                    "is not charged yet. (%(error)s)",
                    kind=self.service_type.name,
                    start=piece.start,
                    end=piece.end,
                    contract=self.contract.display_name,
                    quantity=f"{quantity:.12g}",
                    error=error,
                )
            ) from error

    def _minimum(self, figures, piece):
        """The least price of these days; the parts of a month add up to its own."""
        month = calendar_month(piece.start)
        if piece == month or not figures["minimum"]:
            return figures["minimum"]
        part = Part(piece.start.day, piece.end.day, month.days)
        rounding = Rounding(self.currency.rounding)
        whole = rounding.round(Decimal(str(figures["minimum"])))
        return part_amount(whole, part, rounding)

    def render(self, piece, price):
        """The calculation in words."""
        text = render_price(self.env, price)
        month = calendar_month(piece.start)
        if piece == month or not any(
            step.kind == "minimum" for step in price.calculation
        ):
            return text
        minimum = self.figures(piece.start)["minimum"]
        return self.env._(
            "%(text)s (%(days)s/%(total)s days of %(minimum)s)",
            text=text,
            days=piece.days,
            total=month.days,
            minimum=formatLang(self.env, minimum, currency_obj=self.currency),
        )

    def late_line(self, piece, quantity, amount, text, paid):
        """((quantity, unit price), calculation) of usage that came late.

        :param amount: what it adds to that which was charged
        :param text: the calculation of all usage of these days
        :param paid: what was charged for these days before
        """
        figures = self.figures(piece.start)
        if quantity > 0 and (figures["step"] or 1) == 1 and not figures["tiers"]:
            alone = self.compute(piece, quantity)
            if self.currency.compare_amounts(float(alone.amount), amount) == 0:
                line = (float(alone.quantity), float(alone.price_unit))
                return line, self.render(piece, alone)
        sign = -1 if amount < 0 else 1
        text = self.env._(
            "%(all)s; less %(charged)s that was charged before",
            all=text,
            charged=formatLang(self.env, paid, currency_obj=self.currency),
        )
        return (sign, abs(amount)), text


def get_usage_name(service_type, days, late):
    """What a charge of usage is called, in the language of the type's environment.

    :param days: :class:`odoo.addons.support_contract.periods.Period`
    :param late: whether some of the month was charged before
    """
    env = service_type.env
    name = env._(
        "%(kind)s, %(month)s",
        kind=service_type.name,
        month=env["support.contract.service"]._format_days(days),
    )
    return env._("%s, received later", name) if late else name

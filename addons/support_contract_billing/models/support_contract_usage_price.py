# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from odoo.addons.support_contract.periods import ONE_DAY, Period, calendar_month

from ..pricing import Part, Rounding, fixed_price, part_amount, stepped_price

FIGURES = ("price", "discount", "minimum", "tiers", "step")


class SupportContract(models.Model):
    """What usage costs: by the price of its own day. Clause R6."""

    _inherit = "support.contract"

    def _get_usage_term(self, key, service_type, day):
        """A figure of the price for one unit of usage on a day.

        The customer need not have a service of that type: what is metered is always
        charged, by the terms or by a special condition.
        """
        self.ensure_one()
        service = self.service_ids.filtered(
            lambda one: one.type_id == service_type
            and one.date_start <= day
            and not (one.date_end and one.date_end < day)
        )[:1]
        return self._get_agreed(key, day, service_type=service_type, service=service)

    def _get_usage_figures(self, service_type, day):
        """What makes the price of usage on a day: {figure: value}."""
        return {
            key: self._get_usage_term(key, service_type, day).value for key in FIGURES
        }

    def _get_usage_pieces(self, service_type, month):
        """Cut a month where the price of one kind of usage or the customer changes.

        :param month: :class:`odoo.addons.support_contract.periods.Period`
        :return: list of Period, in order, that cover the month
        """
        self.ensure_one()
        Service = self.env["support.contract.service"]
        services = self.service_ids.filtered(lambda one: one.type_id == service_type)
        days = set()
        # Also without a service: a condition can be about the kind as such.
        for service in [*services, Service.new({"type_id": service_type.id})]:
            days.update(
                self._get_agreed_changes(FIGURES, month.start, month.end, service)
            )
        for service in services:
            days |= {
                service.date_start,
                service.date_end and service.date_end + ONE_DAY,
            }
        days.update(self._get_customer_changes(month.start, month.end))
        days = sorted(day for day in days if day and month.start < day <= month.end)
        if not days:
            return [month]
        starts, figures = [], None
        for day in [month.start, *days]:
            before, figures = figures, self._get_usage_figures(service_type, day)
            figures["customer"] = self._value_on("partner_id", day)
            if figures != before:
                starts.append(day)
        ends = [*(day - ONE_DAY for day in starts[1:]), month.end]
        return list(map(Period, starts, ends))

    def _compute_usage_price(self, service_type, piece, quantity):
        """The price of all usage of one kind in these days.

        :param piece: :class:`odoo.addons.support_contract.periods.Period`, days of one
            month with one price; a minimum of the month is shared out by days
        :return: :class:`..pricing.Price`
        :raise UserError: when there is no price, or less than nothing to charge
        """
        self.ensure_one()
        figures = self._get_usage_figures(service_type, piece.start)
        if figures["price"] is None:
            raise UserError(
                self.env._(
                    "There is no price for %s: add it to the terms, or agree on a "
                    "special condition.",
                    service_type.name,
                )
            )
        rounding = Rounding(self.currency_id.rounding)
        quantity = round(quantity, 6)
        try:
            knobs = {
                "unit": service_type.name,
                "discount": figures["discount"],
                # Nothing used, or all of it taken back, costs nothing.
                "minimum": quantity and self._get_usage_minimum(figures, piece),
                "rounding": rounding,
            }
            step, tiers = figures["step"] or 1, figures["tiers"]
            if step == 1 and not tiers:
                return fixed_price(figures["price"], quantity=quantity, **knobs)
            return stepped_price(
                quantity, figures["price"], step=step, tiers=tiers, **knobs
            )
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(kind)s from %(start)s to %(end)s of %(contract)s cannot be "
                    "priced: the recorded usage adds up to %(quantity)s. Correct what "
                    "is not charged yet. (%(error)s)",
                    kind=service_type.name,
                    start=piece.start,
                    end=piece.end,
                    contract=self.display_name,
                    quantity=f"{quantity:.12g}",
                    error=error,
                )
            ) from error

    def _get_usage_minimum(self, figures, piece):
        """The least price of these days; the parts of a month add up to its own."""
        month = calendar_month(piece.start)
        if piece == month or not figures["minimum"]:
            return figures["minimum"]
        part = Part(piece.start.day, piece.end.day, month.days)
        rounding = Rounding(self.currency_id.rounding)
        whole = rounding.round(Decimal(str(figures["minimum"])))
        return part_amount(whole, part, rounding)

    def _render_usage_price(self, service_type, piece, price):
        """The calculation in words."""
        text = price.text(
            self.env._,
            lambda number, places: formatLang(self.env, float(number), digits=places),
        )
        month = calendar_month(piece.start)
        if piece == month or not any(
            step.kind == "minimum" for step in price.calculation
        ):
            return text
        minimum = self._get_usage_figures(service_type, piece.start)["minimum"]
        return self.env._(
            "%(text)s (%(days)s/%(total)s days of %(minimum)s)",
            text=text,
            days=piece.days,
            total=month.days,
            minimum=formatLang(self.env, minimum, currency_obj=self.currency_id),
        )

    def _get_late_usage_line(self, service_type, piece, quantity, amount, text, paid):
        """((quantity, unit price), calculation) of usage that came late."""
        figures = self._get_usage_figures(service_type, piece.start)
        if quantity > 0 and (figures["step"] or 1) == 1 and not figures["tiers"]:
            alone = self._compute_usage_price(service_type, piece, quantity)
            if self.currency_id.compare_amounts(float(alone.amount), amount) == 0:
                line = (float(alone.quantity), float(alone.price_unit))
                return line, self._render_usage_price(service_type, piece, alone)
        sign = -1 if amount < 0 else 1
        text = self.env._(
            "%(all)s; less %(charged)s that was charged before",
            all=text,
            charged=formatLang(self.env, paid, currency_obj=self.currency_id),
        )
        return (sign, abs(amount)), text

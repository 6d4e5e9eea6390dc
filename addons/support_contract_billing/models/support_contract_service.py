# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from odoo.addons.support_contract.periods import ONE_DAY, Period, calendar_month

from ..periods import (
    BillingPeriod,
    Schedule,
    billable_periods,
    due_date,
    service_periods,
)
from ..pricing import Rounding, fixed_price, stepped_price

# The figures of the agreement that make a price, in the order of the calculation.
PRICE_FIGURES = ("price", "discount", "minimum")


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    charge_ids = fields.One2many("support.charge", "service_id")
    charged_from = fields.Date(
        compute="_compute_charged_days", help="The first day that was charged here."
    )
    charged_through = fields.Date(
        compute="_compute_charged_days", help="The last day that was charged here."
    )

    @api.depends("charge_ids.kind", "charge_ids.period_start", "charge_ids.period_end")
    def _compute_charged_days(self):
        days = {
            service: (first, last)
            for service, first, last in self.env["support.charge"]._read_group(
                [("service_id", "in", self.ids), ("kind", "=", "recurring")],
                ["service_id"],
                ["period_start:min", "period_end:max"],
            )
        }
        for service in self:
            charged = days.get(service._origin, (False, False))
            service.charged_from, service.charged_through = charged

    def _get_due_periods(self, today):
        """Periods that can be charged on ``today`` and are not yet. Clause R1.

        What is metered is charged by its usage, not by its periods. Clause R6.

        :return: list of :class:`..periods.BillingPeriod`
        """
        self.ensure_one()
        if self.type_id.basis == "usage":
            return []
        schedule = self._get_schedule()
        parts = (
            part
            for first, last in self._get_uncharged_days()
            for whole in billable_periods(
                schedule,
                start=first,
                end=last,
                today=today,
                # All services of a contract on the same days.
                anchor=self.contract_id.date_start,
            )
            for part in self._split(schedule, whole)
        )
        return [part for part in parts if part.due <= today]

    def _get_held_reason(self):
        """Why this service is not charged, while the rest of its contract is billed.

        Extend where an add-on charges what nothing here can.

        :return: a sentence, or an empty string when it is charged
        """
        self.ensure_one()
        if self.type_id.basis != "usage":
            return ""
        return self.env._(
            "%s is charged by usage, and no installed add-on records any. It is held "
            "until one does; everything else is billed.",
            self.type_id.name,
        )

    def _get_uncharged_days(self):
        """Days of the service without a charge: [(first, last or None)], in order.

        After the last charge, and before the first one where the service turned out to
        have begun earlier. What was charged elsewhere is neither.
        """
        first, last = self._get_first_day_here(), self.date_end or None
        found = []
        if self.charged_from and first < self.charged_from:
            before = self.charged_from - ONE_DAY
            found.append((first, min(before, last) if last else before))
        if self.charged_through:
            first = max(first, self.charged_through + ONE_DAY)
        found.append((first, last))
        return [(start, end) for start, end in found if not end or start <= end]

    def _get_first_day_here(self):
        """The first day that is to be charged here and not elsewhere."""
        taken = self.contract_id.billed_through
        return max(self.date_start, taken + ONE_DAY) if taken else self.date_start

    def _split(self, schedule, period):
        """Cut a period where one of its figures or the customer changes, so that each
        day has its own.

        :return: list of :class:`..periods.BillingPeriod`, in order
        """
        start, end = period.covered.start, period.covered.end
        contract = self.contract_id
        days = contract._get_agreed_changes(PRICE_FIGURES, start, end, self)
        # Each customer pays for the days on which they had the contract.
        changes = sorted({*days, *contract._get_customer_changes(start, end)})
        starts = [start, *changes]
        ends = [*(day - ONE_DAY for day in changes), end]
        pieces = map(Period, starts, ends)
        return [
            BillingPeriod(period.full, piece, due_date(schedule, period.full, piece))
            for piece in pieces
        ]

    def _get_schedule(self):
        """When this service is billed, by its terms."""
        return Schedule(
            self._get_agreed("calendar").value, self._get_agreed("timing").value
        )

    def _get_fee_between(self, start, end):
        """What the service would cost for these days, as things are today."""
        self.ensure_one()
        schedule = self._get_schedule()
        anchor = self.contract_id.date_start
        total = 0.0
        try:
            for period in service_periods(schedule, start, end, end, anchor):
                quantity = self._get_quantity(period.covered.start)
                figures = self._get_figures(period.covered.start)
                price = self._compute_price(period, quantity, figures)
                total += float(price.amount)
        except UserError:
            # Nothing was counted or priced yet, so there is nothing to tell.
            return 0.0
        return self.currency_id.round(total)

    def _get_billed_through(self):
        """The last day that was charged, here or where the contract was before."""
        self.ensure_one()
        days = [
            day
            for day in (self.charged_through, self.contract_id.billed_through)
            if day
        ]
        return max(days, default=None)

    def _prepare_recurring_charge_vals(self, period):
        """Values of the charge of one period.

        :param period: :class:`..periods.BillingPeriod`
        :raise UserError: when there is no evidence to compute the price from
        """
        self.ensure_one()
        # The text is read on the customer's invoice.
        service = self.with_context(lang=self.contract_id.partner_id.lang)
        try:
            return service._prepare_period_vals(period)
        except UserError:
            # Why not is for us to read.
            self._prepare_period_vals(period)
            raise

    def _prepare_period_vals(self, period):
        """The same in the language of the environment."""
        contract = self.contract_id
        # As it was when the charged days were over or, in advance, when they begin.
        quantity = self._get_quantity(min(period.due, period.covered.end))
        figures = self._get_figures(period.covered.start)
        price = self._compute_price(period, quantity, figures)
        counts = quantity.count_ids or self.env["support.count"]
        return {
            "name": self._get_charge_name(period.covered),
            "contract_id": contract.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "service_id": self.id,
            "product_id": self.type_id.product_id.id,
            "kind": "recurring",
            "key": f"recurring:{self._name}:{self.id}:{period.covered.start}",
            "date": period.due,
            "period_start": period.covered.start,
            "period_end": period.covered.end,
            "quantity": float(price.quantity),
            "price_unit": float(price.price_unit),
            "amount": float(price.amount),
            "calculation": self._render_calculation(
                price, counts, figures, quantity.notes
            ),
            "count_ids": [fields.Command.set(counts.ids)],
            "provisional": quantity.provisional,
            **self._prepare_rate_vals(period, quantity, figures, price),
        }

    def _get_figures(self, day):
        """What the agreement says on that day: {figure: term}.

        :raise UserError: when no price was ever agreed. Nothing is ever billed as zero
            because a figure is missing.
        """
        self.ensure_one()
        figures = {
            key: self._get_agreed(key, day) for key in (*PRICE_FIGURES, "tiers", "step")
        }
        if figures["price"].value is None:
            raise UserError(
                self.env._(
                    "%(service)s has no price: its terms have none for that service. "
                    "Agree on a special condition.",
                    service=self.display_name,
                )
            )
        return figures

    def _compute_price(self, period, quantity, figures):
        """The price of one period with its calculation. Clauses R2, R3.

        :param quantity: :class:`odoo.addons.support_contract.basis.Quantity`
        :param figures: as ``_get_figures`` returns them
        :return: :class:`..pricing.Price`
        """
        self.ensure_one()
        price = figures["price"].value
        knobs = {
            "unit": quantity.unit,
            "discount": figures["discount"].value,
            "minimum": figures["minimum"].value,
            "part": period.part,
            "rounding": Rounding(self.currency_id.rounding),
        }
        if not quantity.unit:
            return fixed_price(price, quantity=quantity.value, **knobs)
        knobs["tiers"] = figures["tiers"].value
        return stepped_price(quantity.value, price, step=figures["step"].value, **knobs)

    def _get_charge_name(self, period):
        """First line of the invoice line: what was bought for which days."""
        self.ensure_one()
        days = self._format_days(period)
        return self.env._("%(service)s, %(days)s", service=self.type_id.name, days=days)

    @api.model
    def _format_days(self, period):
        """A period for the reader of an invoice, a whole month by its name."""
        month = calendar_month(period.start)
        if period == month:
            return format_date(self.env, period.start, date_format="LLLL y")
        if period.end in month:
            return self.env._(
                "%(first)s–%(last)s %(month)s",
                first=period.start.day,
                last=period.end.day,
                month=format_date(self.env, period.start, date_format="MMMM y"),
            )
        return self.env._(
            "%(start)s – %(end)s",
            start=format_date(self.env, period.start),
            end=format_date(self.env, period.end),
        )

    def _render_calculation(self, price, counts, figures, notes=()):
        """How the price came about, for a reader: the sum, the special conditions that
        it used, which revision was counted, and what else there is to say.
        """
        self.ensure_one()

        def format_number(number, places):
            return formatLang(self.env, float(number), digits=places)

        text = price.text(self.env._, format_number)
        for term in figures.values():
            if term.is_special:
                text += "\n" + term.source[:1].upper() + term.source[1:]
        for count in counts:
            text += "\n" + self.env._(
                "%(instance)s: %(lines)s lines counted on %(date)s, "
                "revision %(revision)s",
                instance=count.instance_id.name,
                lines=format_number(count.billed_lines, 0),
                date=format_date(self.env, count.date),
                revision=count._get_short_revision(),
            )
        return "\n".join([text, *notes])

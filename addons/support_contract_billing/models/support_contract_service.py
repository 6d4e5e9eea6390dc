# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date
from functools import lru_cache

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from odoo.addons.support_contract.agreement import WorkedExample
from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import ONE_DAY, Period, calendar_month
from odoo.addons.support_contract.read_once import remember

from ..fees import (
    FEE_FIGURES,
    PRICE_FIGURES,
    Fee,
    render_conditions,
    render_price,
)
from ..periods import (
    BillingPeriod,
    Schedule,
    service_periods,
)
from ..pricing import Rounding, fixed_price, stepped_price
from ..simulation import Simulation

# Most months cost what others do: the same numbers make the same price.
_get_fixed_price = lru_cache(maxsize=4096)(fixed_price)
_get_stepped_price = lru_cache(maxsize=4096)(stepped_price)
_get_rounding = lru_cache(Rounding)
_get_schedule = lru_cache(Schedule)

# What the agreement works out an example for while nothing is counted.
EXAMPLES = {"lines": Quantity(12_345, "lines"), "instances": Quantity(2, "instances")}


class SupportContractService(models.Model):
    """A service that is charged: for which days, how much, and in which words."""

    _inherit = "support.contract.service"

    charge_ids = fields.One2many("support.charge", "service_id")
    charged_from = fields.Date(
        compute="_compute_charged_days", help="The first day that was charged here."
    )
    charged_through = fields.Date(
        compute="_compute_charged_days", help="The last day that was charged here."
    )
    # sudo: what enters a fee may be closed to who may see it.
    month_fee = fields.Monetary(
        string="Per Month",
        compute="_compute_month_fee",
        compute_sudo=True,
        help="A whole month of the service as of today, without tax.",
    )

    def _compute_month_fee(self):
        for service in self:
            saved = service._origin
            service.month_fee = saved and saved._get_known_month_fee()

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

    # === PERIODS === #

    def _get_schedule(self, day=None):
        """When this service is billed, by its terms of a day; by default of today."""
        keys = ("calendar", "timing")
        agreed = self._get_agreed_several(keys, day or self._get_agreed_day())
        return _get_schedule(*(agreed[key].value for key in keys))

    def _get_schedules(self, start):
        """When this service is billed from a day on, by the terms of each day.

        :return: list of (first day, :class:`..periods.Schedule`), in order
        """
        contract = self.contract_id
        if not isinstance(contract.id, int):
            return self._find_schedules(start)
        # They are those of all services of the contract.
        return remember(
            self.env,
            ("schedules", contract.id, start),
            lambda: self._find_schedules(start),
        )

    def _find_schedules(self, start):
        days = self.contract_id._get_agreed_changes(
            ("calendar", "timing"), start, date.max, self
        )
        found = [(start, self._get_schedule(start))]
        for day in days:
            schedule = self._get_schedule(day)
            if schedule != found[-1][1]:
                found.append((day, schedule))
        return found

    def _get_periods(self, start, end, until):
        """The billing periods of these days, by the terms of each day.

        All services of a contract have them on the same days.

        :param start: first day
        :param end: last day, or None
        :param until: no period whose whole begins after this day
        :return: tuple of :class:`..periods.BillingPeriod`, in order
        """
        # A virtual service may be the first of its contract.
        anchor = self.contract_id.date_start or self.date_start
        days = (tuple(self._get_schedules(start)), start, end, until, anchor)
        return remember(
            self.env, ("periods", *days), lambda: tuple(service_periods(*days))
        )

    def _get_first_day_here(self):
        """The first day that is to be charged here and not elsewhere."""
        taken = self.contract_id.billed_through
        return max(self.date_start, taken + ONE_DAY) if taken else self.date_start

    def _get_billed_through(self):
        """The last day that was charged, here or where the contract was before."""
        self.ensure_one()
        days = [
            day
            for day in (self.charged_through, self.contract_id.billed_through)
            if day
        ]
        return max(days, default=None)

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

    def _get_due_periods(self, today):
        """Periods that can be charged on ``today`` and are not yet. Clause R1.

        What is metered is charged by its usage, not by its periods. Clause R6. What no
        installed add-on can count is held.

        :return: list of :class:`..periods.BillingPeriod`
        """
        return remember(
            self.env, ("due periods", self, today), lambda: self._find_due(today)
        )

    def _find_due(self, today):
        if not self._has_monthly_fee():
            return []
        parts = (
            part
            for first, last in self._get_uncharged_days()
            for whole in self._get_periods(first, last, today)
            if whole.due <= today
            for part in self._split(whole)
        )
        return [part for part in parts if part.due <= today]

    def _get_held_reason(self):
        """Why this service is not charged, while the rest of its contract is billed.

        Extend where an add-on charges what nothing here can.

        :return: a sentence, or an empty string when it is charged
        """
        self.ensure_one()
        if self.type_id.basis == "usage":
            return self.env._(
                "%s is charged by usage, and no installed add-on records any. It is "
                "held until one does; everything else is billed.",
                self.type_id.name,
            )
        if self.type_id.basis not in self._get_bases():
            return self.env._(
                "%s is charged by something that no installed add-on can count. It is "
                "held until one does; everything else is billed.",
                self.type_id.name,
            )
        return ""

    def _has_monthly_fee(self):
        """Whether its periods are charged: not what is metered, nor what is held."""
        self.ensure_one()
        kind = self.type_id
        return remember(
            self.env,
            ("monthly fee", kind),
            lambda: kind._is_monthly() and kind.basis in self._get_bases(),
        )

    def _split(self, period):
        """Cut a period where one of its figures or the customer changes, so that each
        part has one price and one customer, and one number of users.

        :return: list of :class:`..periods.BillingPeriod`, in order
        """
        start, end = period.covered.start, period.covered.end
        contract = self.contract_id
        days = contract._get_agreed_changes(PRICE_FIGURES, start, end, self)
        # Each customer pays for the days on which they had the contract.
        days += self._get_quantity_changes(start, end)
        changes = sorted({*days, *contract._get_change_days("partner_id", start, end)})
        starts = [start, *changes]
        ends = [*(day - ONE_DAY for day in changes), end]
        return [period.cut(piece) for piece in map(Period, starts, ends)]

    def _get_quantity_changes(self, start, end):
        """Days after ``start``, through ``end``, from which another quantity is paid.

        Users are paid by the day. Lines and instances are those of a whole period.
        """
        if self.type_id.basis != "users":
            return []
        return self._get_change_days("user_count", start, end)

    # === FEE === #

    def _get_known_month_fee(self):
        """What a whole month of the service costs today, or 0 while nobody knows."""
        self.ensure_one()
        today = self.company_id._support_today()
        try:
            return Simulation(self.contract_id, services=self).get_whole_fee(today)
        except UserError:
            return 0.0

    def _get_fee(self, period, quantity=None, day=None):
        """What the service costs in a period; every fee and charge comes from here.

        :param period: :class:`..periods.BillingPeriod`
        :param quantity: :class:`odoo.addons.support_contract.basis.Quantity`, instead
            of that of the day
        :param day: whose figures and quantity hold; by default the first one that the
            period covers
        :return: :class:`..fees.Fee`
        :raise UserError: when there is no price, or nothing to compute it from
        """
        day = day or period.covered.start
        if quantity is None:
            quantity = self._get_quantity(day)
        figures = self._get_figures(day)
        price = self._compute_price(period, quantity, figures)
        return Fee(period, quantity, figures, price)

    def _get_fee_pieces(self, start, end, quantity=None):
        """What the service costs in the billing periods that begin in these days.

        Known ends, scheduled amendments and special conditions are in it; the lines
        are those that govern each period, as far as they are known today.

        :param start: first day; periods that begin before are left out
        :param end: last day on which a period may begin
        :param quantity: :class:`odoo.addons.support_contract.basis.Quantity` that is
            assumed for all of them, instead of what there is
        :return: list of :class:`..fees.Fee`, in order
        :raise UserError: when there is no price, or nothing to compute it from
        """
        wholes = self._get_whole_periods(start, end)
        return self._price_periods(wholes, quantity)

    def _get_whole_periods(self, start, end):
        """The billing periods that begin in these days: see `_get_fee_pieces`.

        :yield: :class:`..periods.BillingPeriod`
        """
        wholes = self._get_periods(self.date_start, self.date_end, end)
        return (one for one in wholes if start <= one.covered.start <= end)

    def _get_fee_between(self, start, end):
        """What the service would cost for these days, as things are today."""
        try:
            fees = self._price_periods(self._get_periods(start, end, end))
        except UserError:
            # Nothing was counted or priced yet, so nothing is known.
            return 0.0
        return self.currency_id.round(sum(float(fee.price.amount) for fee in fees))

    def _get_worked_example(self):
        day = self._get_agreed_day()
        whole = self._get_whole_period(day)
        period = BillingPeriod(whole, whole, day)
        if not self._has_monthly_fee():
            return None
        figure = self.contract_id._get_estimated_quantities().get(self)
        for quantity in (figure, EXAMPLES.get(self.type_id.basis)):
            try:
                fee = self._get_fee(period, quantity, day)
            except UserError:
                continue  # nothing is counted or priced yet
            text = render_price(self.env, fee.price)
            if quantity is figure:
                amount = float(fee.price.amount)
                # A fixed price as such needs no calculation.
                plain = not fee.quantity.unit and amount == fee.figures["price"].value
                return WorkedExample("" if plain else text, amount)
            text = self.env._("For example: %s", text)
            return WorkedExample(text, None)
        return None

    def _price_periods(self, wholes, quantity=None):
        fees = []
        for whole in wholes:
            changes = self._get_quantity_changes(whole.covered.start, whole.covered.end)
            for piece in self._split(whole):
                used = quantity
                if used is None:
                    begun = [day for day in changes if day <= piece.covered.start]
                    used = self._get_quantity([whole.covered.start, *begun][-1])
                fees.append(self._get_fee(piece, used))
        return fees

    def _may_fee_change(self, begin):
        """Whether this service can cost something else from that day on.

        A yes may be wrong, and is quicker than computing the fee. Extend where a price
        depends on more than quantity and figures.
        """
        self.ensure_one()
        day = begin - ONE_DAY
        if self.contract_id._get_agreed_changes(FEE_FIGURES, day, begin, self):
            return True
        if self.type_id.basis == "lines":
            # Which counts they are says as much, without reading what they found.
            before, after = (
                {
                    instance: found.count and found.count.id
                    for instance, found in self._get_period_counts(
                        self._get_whole_period(one)
                    ).items()
                }
                for one in (day, begin)
            )
            return before != after
        try:
            return self._get_quantity(day) != self._get_quantity(begin)
        except UserError:
            return True  # what follows from that is decided where it is computed

    def _get_figures(self, day):
        """What the agreement says on that day: {figure: `AgreedValue`}.

        :raise UserError: when no price was ever agreed. Nothing is ever billed as zero
            because a figure is missing.
        """
        self.ensure_one()
        figures = self._get_agreed_several(FEE_FIGURES, day)
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
        price = figures["price"].value
        options = {
            "unit": quantity.unit,
            "discount": figures["discount"].value,
            "minimum": figures["minimum"].value,
            "part": None if period.is_whole else period.part,
            "rounding": _get_rounding(self.currency_id.rounding),
        }
        if not quantity.unit:
            return _get_fixed_price(price, quantity=quantity.value, **options)
        options["tiers"] = figures["tiers"].value
        return _get_stepped_price(
            quantity.value, price, step=figures["step"].value, **options
        )

    # === CHARGES === #

    def _prepare_recurring_charge_vals(self, period):
        """Values of the charge of one period.

        :param period: :class:`..periods.BillingPeriod`
        :raise UserError: when there is no evidence to compute the price from
        """
        # The text is read on the customer's invoice.
        service = self.with_context(lang=self.contract_id.partner_id.lang)
        try:
            return service._prepare_period_vals(period)
        except UserError:
            # Why not is for us to read.
            self._prepare_period_vals(period)
            raise

    def _prepare_period_vals(self, period):
        """Values of the charge of one period, in the language of the environment."""
        contract = self.contract_id
        # As it was when the charged days were over or, in advance, when they begin.
        quantity = self._get_quantity(min(period.due, period.covered.end))
        fee = self._get_fee(period, quantity)
        price = fee.price
        counts = quantity.count_ids or self.env["support.count"]
        return {
            "name": self._get_charge_name(period.covered),
            "contract_id": contract.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
            "service_id": self.id,
            "product_id": self.type_id._get_product(contract.company_id).id,
            "kind": "recurring",
            "key": f"recurring:{self._name}:{self.id}:{period.covered.start}",
            "date": period.due,
            "period_start": period.covered.start,
            "period_end": period.covered.end,
            "quantity": float(price.quantity),
            "price_unit": float(price.price_unit),
            "amount": float(price.amount),
            "calculation": self._render_calculation(
                price, counts, fee.figures, quantity.notes
            ),
            "count_ids": [fields.Command.set(counts.ids)],
            "provisional": quantity.provisional,
            **self._prepare_rate_vals(fee),
            **self._prepare_hold_vals(period.covered.start),
        }

    def _prepare_hold_vals(self, day):
        """Values of a charge that begins on a day, and that its customer questions."""
        customer = self.contract_id.partner_id.commercial_partner_id
        questions = self.contract_id.question_ids.filtered(
            lambda one: one.is_hold
            and one.state == "open"
            and one.service_id == self
            and one.period_start == day
            and one.customer_id == customer
        )
        if not questions:
            return {}
        charges = self.env["support.charge"]
        return charges._prepare_decision_vals("held", questions[0]._get_hold_reason())

    def _prepare_rate_vals(self, fee):
        """What a charge says about a whole month.

        :param fee: :class:`..fees.Fee` of the days that are charged
        """
        period, price, figures = fee.period, fee.price, fee.figures
        units = fee.quantity.value
        if fee.quantity.unit:
            # Whole started steps.
            units = -(-units // (figures["step"].value or 1))
        if not period.is_whole:
            whole = BillingPeriod(period.full, period.full, period.due)
            price = self._compute_price(whole, fee.quantity, figures)
        keys = ("price", "discount", "minimum", "step", "tiers")
        return {
            "monthly_amount": float(price.amount),
            "units": units,
            "rate": "|".join(str(figures[key].value or 0) for key in keys),
        }

    # === WORDS === #

    def _get_charge_name(self, period):
        """First line of the invoice line: what was bought for which days."""
        days = remember(
            self.env,
            ("days", period, self.env.lang),
            lambda: self._format_days(period),
        )
        return self.env._("%(service)s, %(days)s", service=self.type_id.name, days=days)

    @api.model
    def _format_days(self, period):
        """A period for the reader of an invoice, a whole month by its name."""
        month = calendar_month(period.start)
        if period == month:
            return format_date(self.env, period.start, date_format="LLLL y")
        if period.start == period.end:
            return format_date(self.env, period.start, date_format="d MMMM y")
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
        it used, which revision was counted, and further notes.
        """
        lines = [render_price(self.env, price), *render_conditions(figures.values())]
        lines += [
            self.env._(
                "%(instance)s: %(lines)s lines counted on %(date)s, "
                "revision %(revision)s",
                instance=count.instance_id.name,
                lines=formatLang(self.env, count.billed_lines, digits=0),
                date=remember(
                    self.env,
                    ("day", count.date, self.env.lang),
                    lambda count=count: format_date(self.env, count.date),
                ),
                revision=count._get_short_revision(),
            )
            for count in counts
        ]
        return "\n".join([*lines, *notes])

    def _describe_begin(self, day):
        """That the service was not charged before ``day``."""
        return self.env._(
            "%(service)s: new from %(day)s",
            service=self.type_id.name,
            day=format_date(self.env, day),
        )

    def _describe_end(self):
        """That the service is over."""
        return self.env._(
            "%(service)s: ended on %(day)s",
            service=self.type_id.name,
            day=format_date(self.env, self.date_end),
        )

    def _get_price_figures(self, day):
        """(price, discount, minimum) that hold on a day."""
        return tuple(self._get_agreed(key, day).value or 0.0 for key in PRICE_FIGURES)

    def _describe_price(self, figures):
        """What `_get_price_figures` returned in words, as far as there is any."""
        price, discount, minimum = figures
        contract = self.contract_id.with_env(self.env)
        text = contract._format_figure("price", price)
        if discount:
            text += self.env._(
                ", discount %s", contract._format_figure("discount", discount)
            )
        if minimum:
            text += self.env._(
                ", at least %s", contract._format_figure("minimum", minimum)
            )
        return text

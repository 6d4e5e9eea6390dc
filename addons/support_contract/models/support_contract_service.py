# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import LazyTranslate, float_compare, format_date, ormcache

from ..agreed import PRICE_DECIMALS, AgreedFigures, AgreedValue, format_price
from ..basis import Quantity, registered_bases
from ..basis import basis as register_basis
from ..notice import earliest_end
from ..periods import ONE_DAY, anchored_period, calendar_month, period_at
from ..proposed import PROPOSED
from ..renewal import get_renewal

_lt = LazyTranslate(__name__)

# What of a service is agreed, and told of a day.
SERVICE_FIELDS = ("price_unit", "date_start", "date_min_end", "date_notice", "date_end")
# What a figure of a service can change with, besides the terms.
CONDITIONS = tuple(
    f"contract_id.condition_ids.{name}"
    for name in ("key", "type_id", "service_id", "value", "date_start", "date_end")
)


class SupportContractService(models.Model):
    """One service of a contract, with its own price, start and end. Clauses R1, R3."""

    _name = "support.contract.service"
    _description = "Support Contract Service"
    _inherit = ["support.amendable.mixin"]
    # Without the contract: its own order reads dates that are computed from services.
    _order = "date_start, id"
    _rec_names_search = ["type_id.name", "contract_id.name"]
    _check_company_auto = True

    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    type_id = fields.Many2one("support.service.type", required=True)
    basis = fields.Selection(related="type_id.basis")
    # The type's own, at the time: the database compares it with the other services.
    exclusive = fields.Boolean(
        compute="_compute_exclusive", store=True, precompute=True
    )
    user_count = fields.Integer(
        string="Users",
        help="The agreed number of users, for services that are charged by users.",
    )
    step = fields.Integer(compute="_compute_step")
    price_unit = fields.Float(
        digits=(16, PRICE_DECIMALS),
        min_display_digits=2,
        string="Price per Month",
        compute="_compute_price_unit",
        inverse="_inverse_price_unit",
        help="A month's price: of the service, or of each started step of its units. "
        "Comes from the terms; another one is a special condition.",
    )
    price_text = fields.Char(string="Price", compute="_compute_price_text")
    date_start = fields.Date(required=True, default=lambda self: self._default_start())
    date_min_end = fields.Date(
        string="Minimum Term Until",
        compute="_compute_date_min_end",
        help="The last day of the minimum term.",
        **PROPOSED,
    )
    date_notice = fields.Date(string="Notice Given On", copy=False)
    date_end = fields.Date(
        copy=False, help="The last day of the service. Empty while it runs on."
    )
    date_next_end = fields.Date(
        string="Can End On",
        compute="_compute_renewal",
        store=True,
        help="The end of the term with which notice of today ends a service that "
        "renews.",
    )
    date_last_notice = fields.Date(
        string="Notice at the Latest",
        compute="_compute_renewal",
        store=True,
        help="The last day on which notice prevents the next renewal.",
    )
    date_reminded = fields.Date(
        string="Reminded of the Term Until",
        readonly=True,
        copy=False,
        help="The end of the term of which the customer was reminded last.",
    )
    end_reason = fields.Char(readonly=True, copy=False)
    remaining_fee = fields.Monetary(
        readonly=True,
        copy=False,
        help="What the customer was let off by ending before the earliest lawful day, "
        "at the price of the day on which it was decided.",
    )
    condition_ids = fields.One2many(
        "support.contract.condition", "service_id", string="Special Conditions"
    )

    _dates_ordered = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "A service cannot end before it starts.",
    )
    _min_term_ordered = models.Constraint(
        "CHECK (date_min_end IS NULL OR date_min_end >= date_start)",
        "A minimum term cannot end before its service starts.",
    )
    _user_count_positive = models.Constraint(
        "CHECK (user_count >= 0)", "The number of users cannot be negative."
    )
    # Closed ranges of whole days. A range of one id stands for the id itself, so that
    # `=` works in a GiST index without the extension btree_gist.
    _no_overlap = models.Constraint(
        """EXCLUDE USING gist (
            int4range(contract_id, contract_id, '[]') WITH =,
            int4range(type_id, type_id, '[]') WITH =,
            daterange(date_start, date_end, '[]') WITH &&
        ) WHERE (exclusive)""",
        "The contract already has a service of this type on some of these days.",
    )

    @api.model
    def _default_start(self):
        """The first of next month: a contract is agreed before it begins."""
        return calendar_month(self.env.company._support_today()).end + ONE_DAY

    @api.depends("type_id", "contract_id.name")
    @api.depends_context("support_one_contract")
    def _compute_display_name(self):
        """With ``support_one_contract`` in the context it is clear of which one."""
        alone = self.env.context.get("support_one_contract")
        for service in self:
            name, contract = service.type_id.name, service.contract_id.name
            service.display_name = name if alone else f"{contract}: {name}"

    @api.depends("type_id")
    def _compute_exclusive(self):
        for service in self:
            service.exclusive = service.type_id.exclusive

    @api.depends("type_id", "contract_id.terms_id")
    def _compute_step(self):
        for service in self:
            service.step = service._get_agreed("step").value

    @api.depends(
        "type_id", "date_start", "date_end", "contract_id.terms_id", *CONDITIONS
    )
    def _compute_price_unit(self):
        for service in self:
            service.price_unit = service._get_agreed("price").value or 0.0

    @api.depends("price_unit", "step", "basis")
    @api.depends_context("lang")
    def _compute_price_text(self):
        for service in self:
            service.price_text = service._get_price_in_words()

    def _inverse_price_unit(self):
        for service in self:
            service._agree_price(service.price_unit)

    @api.depends("type_id", "date_start", "contract_id.terms_id", *CONDITIONS)
    def _compute_date_min_end(self):
        for service in self:
            start = service.date_start
            months = start and service._get_agreed("min_months", start).value
            service.date_min_end = (
                anchored_period(start, 0, months=months).end if months else False
            )

    @api.depends(
        *("type_id", "date_start", "date_min_end", "date_end", "contract_id.terms_id"),
        *CONDITIONS,
    )
    def _compute_renewal(self):
        for service in self:
            service.update(service._get_kept_values())

    def _get_kept_values(self):
        """What changes with the day; see :mod:`..kept`."""
        self.ensure_one()
        today = (self.company_id or self.env.company)._support_today()
        renewal = self._get_renewal(today)
        return {
            "date_next_end": renewal.end if renewal else False,
            "date_last_notice": renewal.last_notice if renewal else False,
        }

    @api.model_create_multi
    def create(self, vals_list):
        # A new service may follow on one whose end was set in the same save: the
        # database has to know of the end before it compares the two.
        self.flush_model(["contract_id", "type_id", "date_start", "date_end"])
        return super().create(vals_list)

    def _get_agreed(self, key, on_date=None):
        """What holds for this service on a day: see `contract._get_agreed()`."""
        self.ensure_one()
        if not self.contract_id:
            return AgreedValue(None, "")  # a line of a form that is still empty
        day = on_date or self._get_agreed_day()
        return self.contract_id._get_agreed(key, day, service=self)

    def _get_agreed_several(self, keys, on_date):
        """{figure: what `_get_agreed` says of it}, for a tuple of figures."""
        self.ensure_one()
        if not self.contract_id:
            return dict.fromkeys(keys, AgreedValue(None, ""))
        return AgreedFigures(self.contract_id).get_several(keys, on_date, self)

    def _get_agreed_day(self):
        """Today, or the nearest day on which the service runs."""
        self.ensure_one()
        day = self.contract_id._get_agreed_day()
        if self.date_start:
            day = max(day, self.date_start)
        return min(day, self.date_end) if self.date_end else day

    def _agree_price(self, price):
        """Agree on a price for this service; that of the terms needs no condition."""
        self.ensure_one()
        own = self.condition_ids.filtered(lambda condition: condition.key == "price")
        standard = self.contract_id._get_agreed(
            "price", self._get_agreed_day(), service_type=self.type_id
        ).value
        if standard is None:
            # Nothing was entered: activation will ask for the price.
            same = not price
        else:
            same = not float_compare(price, standard, PRICE_DECIMALS)
        if same:
            own.unlink()
        elif own:
            own.value = price
        else:
            self.env["support.contract.condition"].create(
                {
                    "contract_id": self.contract_id.id,
                    "service_id": self.id,
                    "type_id": self.type_id.id,
                    "key": "price",
                    "value": price,
                }
            )

    @api.constrains("type_id")
    def _check_type_is_service(self):
        for service in self:
            if service.type_id.basis == "hours":
                raise ValidationError(
                    self.env._(
                        "%s is a kind of work: its price per hour is in the terms, and "
                        "it is no service of a contract.",
                        service.type_id.name,
                    )
                )

    def _get_activation_obstacles(self):
        """Sentences that say what this service lacks before it can be charged."""
        self.ensure_one()
        missing = []
        term = self.contract_id._get_agreed("price", self.date_start, service=self)
        if term.value is None:
            missing.append(
                self.env._(
                    "Agree on a price for %s: the terms have none.", self.type_id.name
                )
            )
        if self.type_id.basis == "users" and not self.user_count:
            missing.append(
                self.env._("Enter the number of users of %s.", self.type_id.name)
            )
        return missing

    def _get_price_in_words(self, on_date=None):
        """The price as the agreement states it; of another day, if one is given."""
        self.ensure_one()
        price, step, currency = self.price_unit, self.step, self.currency_id
        if on_date:
            price = self._get_agreed("price", on_date).value or 0.0
            step = self._get_agreed("step", on_date).value
            currency = self.contract_id._value_on("currency_id", on_date)
        price = format_price(self.env, price, currency)
        if self.basis == "lines":
            return self.env._(
                "%(price)s a month per started %(step)s lines of code",
                price=price,
                step=step,
            )
        return self.env._("%(price)s a month", price=price)

    # === AMENDMENT === #

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"contract_id": "write"}

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "contract_id",
            "type_id",
            "price_unit",
            "user_count",
            "date_start",
            "date_min_end",
            "date_notice",
            "date_end",
            "end_reason",
            "remaining_fee",
        }

    @api.model
    def _get_self_dated_fields(self):
        return super()._get_self_dated_fields() | {
            "date_start",
            "date_min_end",
            "date_notice",
            "date_end",
            "end_reason",
            "remaining_fee",
        }

    def _value_on(self, field_name, day):
        if field_name == "price_unit":
            return self._get_agreed("price", day).value or 0.0
        return super()._value_on(field_name, day)

    def _get_amendment_changes(self, vals, day):
        """A new price is a special condition from its day, after the one before it."""
        vals = dict(vals)
        if "price_unit" not in vals:
            return super()._get_amendment_changes(vals, day)
        price = vals.pop("price_unit")
        changes = super()._get_amendment_changes(vals, day)
        for service in self:
            agreed = service._get_agreed("price", day).value
            if agreed is None or float_compare(agreed, price, PRICE_DECIMALS):
                changes += service._get_condition_changes("price", price, day)
        return changes

    def _get_condition_changes(self, key, value, day):
        """What has to be written so that another figure is agreed from ``day`` on.

        :return: list of (record, values), as ``contract._amend`` takes them
        """
        self.ensure_one()
        own = self.condition_ids.filtered(lambda cond: cond.key == key)
        current = own.filtered(lambda cond: cond._holds_on(day))
        if current.date_start == day:
            return [(current, {"value": value})]
        later = own.filtered(lambda cond: cond.date_start and cond.date_start > day)
        until = min(later.mapped("date_start"), default=None)
        condition = {
            "contract_id": self.contract_id.id,
            "service_id": self.id,
            "key": key,
            "value": value,
            "date_start": day,
            "date_end": until and until - ONE_DAY,
        }
        ended = [(current, {"date_end": day - ONE_DAY})] if current else []
        return [*ended, (own.browse(), condition)]

    def _values_on(self, day):
        self.ensure_one()
        return {name: self._value_on(name, day) for name in SERVICE_FIELDS}

    def _is_over(self, day):
        """Whether the service has ended before ``day``, as far as it is known today."""
        return bool(self.date_end and self.date_end < day)

    def _runs_on(self, day, values=None):
        """Whether it runs on ``day``, as far as it is known today.

        :param values: instead of today's, as `_values_on` returns them
        """
        values = values or self
        ended = values["date_end"] and values["date_end"] < day
        return values["date_start"] <= day and not ended

    # === QUANTITY: ONE REGISTERED METHOD PER BASIS (basis.py) === #

    def _get_quantity(self, day):
        """How much of the service there is on `day`.

        :return: :class:`..basis.Quantity`
        :raise UserError: when it cannot be known, with what to do
        """
        self.ensure_one()
        bases = self._get_bases()
        if self.type_id.basis not in bases:
            self._refuse_uncounted()
        method, _label = bases[self.type_id.basis]
        return getattr(self, method)(day)

    @api.model
    @ormcache()
    def _get_bases(self):
        """What is registered, looked for once: it takes as long as pricing a month."""
        return registered_bases(self.env.registry[self._name])

    @register_basis("fixed", _lt("Fixed price"))
    def _basis_fixed(self, day):
        return Quantity(1)

    @register_basis("lines", _lt("Lines of code"))
    def _basis_lines(self, day):
        """Lines of the code that is billed on `day`. Clause R2.

        For the add-on that counts code; without it nobody knows.
        """
        self._refuse_uncounted()

    @register_basis("users", _lt("Users"))
    def _basis_users(self, day):
        users = self._value_on("user_count", day)
        if not users:
            raise UserError(
                self.env._("Enter the number of users of %s.", self.display_name)
            )
        return Quantity(users, "users")

    @register_basis("instances", _lt("Instances"))
    def _basis_instances(self, day):
        """Systems that are billed on `day`; for the add-on that knows of them."""
        self._refuse_uncounted()

    @register_basis("usage", _lt("Usage"))
    def _basis_usage(self, day):
        """What was metered in the month of `day`. Clause R6."""
        return Quantity(self._get_usage(day), self.type_id.name)

    @register_basis("hours", _lt("Hours of work"))
    def _basis_hours(self, day):
        """A kind of work, whose price per hour is in the terms. Clause R4.

        Work is no service that runs on a contract: its hours are logged.
        """
        self._refuse_uncounted()

    def _get_usage(self, day):
        """The number of metered units in the month of `day`.

        For the add-on that keeps the meters. It passes on to here what it does not
        know: nothing is ever charged as zero because a figure is missing.
        """
        raise UserError(
            self.env._(
                "No usage of %(service)s is known for %(day)s. Import it first.",
                service=self.display_name,
                day=day,
            )
        )

    def _refuse_uncounted(self):
        raise UserError(
            self.env._(
                "%(type)s is charged by something that no installed add-on can "
                "count. Choose another basis for that type.",
                type=self.type_id.name,
            )
        )

    # === PERIODS === #

    def _get_whole_period(self, day):
        """The whole billing period that holds ``day``, by the terms of that day.

        :return: :class:`..periods.Period`
        """
        self.ensure_one()
        if self._get_agreed("calendar", day).value == "month":
            return calendar_month(day)
        anchor = self.contract_id.date_start or self.date_start
        return period_at(anchor, day, months=1)

    def _get_next_period(self, day):
        """The first whole period after ``day`` with days of the service, or None."""
        self.ensure_one()
        first = self._get_whole_period(day).end + ONE_DAY
        period = self._get_whole_period(max(first, self.date_start))
        return period.clip(end=self.date_end) and period

    def _get_charged_part(self, period):
        """The days of a whole period that the service is charged for here.

        :return: :class:`..periods.Period`, or None without such a day
        """
        before = self.contract_id.billed_through
        start = max(self.date_start, before + ONE_DAY if before else self.date_start)
        return period.clip(start, self.date_end)

    # === NOTICE === #

    def _get_earliest_end(self, date_notice):
        """When this service can end at the earliest. Clause R1.

        :return: :class:`..notice.EarliestEnd`
        """
        self.ensure_one()
        contract = self.contract_id
        return earliest_end(
            date_notice,
            start=self.date_start,
            min_end=self.date_min_end,
            months=self._get_agreed("notice_months", date_notice).value,
            to_month_end=contract._get_agreed("notice_to_month_end", date_notice).value,
            renewal=self._get_agreed("renewal_months", date_notice).value,
        )

    def _get_renewal(self, day):
        """The next renewal that notice given on ``day`` can prevent.

        :return: :class:`..renewal.Renewal`; None for a service that runs on or ends
        """
        self.ensure_one()
        return get_renewal(self, day)

    def _get_bound_end(self, day):
        """The end through which it is bound on ``day``: of its minimum term, or of a
        term by which it renewed.

        :return: :class:`..notice.EarliestEnd`; None if nothing but notice keeps it
        """
        self.ensure_one()
        end = earliest_end(
            day,
            start=self.date_start,
            min_end=self.date_min_end,
            to_month_end=False,
            renewal=self._get_agreed("renewal_months", day).value,
        )
        return end if end.rule in ("min_term", "renewal") else None

    def _get_lawful_end(self, date_notice, end):
        """The earliest end that ``end`` has to keep to, if no manager decides.

        A day that is over was promised and perhaps charged: no day of the notice
        makes it the last one.
        """
        self.ensure_one()
        today = self.company_id._support_today()
        return self._get_earliest_end(
            max(date_notice, today) if end < today else date_notice
        )

    def _explain_earliest_end(self, end):
        """The rule behind an earliest end, in a sentence."""
        self.ensure_one()
        if end.missed:
            return self.env._(
                "%(service)s: that is too late for the term until %(missed)s, so it "
                "renews and runs until %(day)s.",
                service=self.type_id.name,
                missed=format_date(self.env, end.missed),
                day=format_date(self.env, end.day),
            )
        pattern = {
            "renewal": self.env._("%(service)s: the term runs until %(day)s."),
            "min_term": self.env._("%(service)s: the minimum term runs until %(day)s."),
            "start": self.env._(
                "%(service)s: it begins on %(day)s and cannot end before."
            ),
            "month_end": self.env._("%(service)s: it ends with the month, on %(day)s."),
            "notice": self.env._("%(service)s: the notice period is over on %(day)s."),
        }[end.rule]
        day = format_date(self.env, end.day)
        return pattern % {"service": self.type_id.name, "day": day}

    def _check_early_end(self, end, earliest, reason):
        """Let a manager end the service before its day, for a reason.

        :return: the fee that is not charged because of it
        """
        self.ensure_one()
        rule = self._explain_earliest_end(earliest)
        if not self.contract_id._may_amend():
            raise AccessError(
                self.env._("%(rule)s Only a manager can end it earlier.", rule=rule)
            )
        if not (reason or "").strip():
            raise UserError(self.env._("%(rule)s Say why it ends earlier.", rule=rule))
        self.contract_id._log_event(
            "override",
            reason,
            record=self,
            field_name="date_end",
            before=fields.Date.to_string(earliest.day),
            after=fields.Date.to_string(end),
        )
        return self._get_fee_between(end + ONE_DAY, earliest.day)

    def _get_last_period_name(self):
        """The period of the last invoice, as customers say it."""
        self.ensure_one()
        return format_date(self.env, self.date_end, date_format="MMMM y")

    def _get_worked_example(self):
        """How a month's price is computed, for the agreement; billing knows.

        :return: :class:`..agreement.WorkedExample`, or None
        """
        return None

    def _get_fee_between(self, start, end):
        """What the service would cost from ``start`` to ``end``; billing knows."""
        return 0.0

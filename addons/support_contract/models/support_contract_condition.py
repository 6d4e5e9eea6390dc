# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare, format_date

from ..agreed import FIGURES, WHOLE_UNITS, Figure

# What is told of a condition on a day.
CONDITION_FIELDS = ("key", "type_id", "service_id", "value", "date_start", "date_end")


class SupportContractCondition(models.Model):
    """A figure that was agreed differently with one customer: a special condition.

    It wins over the terms on its days and is named wherever it is used. The most
    particular one counts: for one service, for a type of service, for all.
    """

    _name = "support.contract.condition"
    _description = "Special Condition"
    _inherit = ["support.amendable.mixin"]
    # Without the contract: its own order reads dates that are computed from conditions.
    _order = "key, date_start, id"
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
    key = fields.Selection(
        "_selection_key",
        string="Figure",
        required=True,
        help="The figure of the terms that does not hold for this customer.",
    )
    type_id = fields.Many2one(
        "support.service.type",
        string="Service",
        ondelete="restrict",
        help="Empty: for all services with a monthly fee. What is charged by usage or "
        "by the hour has to be named.",
    )
    service_id = fields.Many2one(
        "support.contract.service",
        string="One Service Only",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('contract_id', '=', contract_id)]",
        help="For one of several services of the same type.",
        check_company=True,
    )
    value = fields.Float(
        string="Agreed",
        required=True,
        digits=(16, 4),
        help="What holds instead of the figure in the terms. An agreed price holds "
        "for every step: there is no ladder then.",
    )
    date_start = fields.Date(string="From", help="Empty: from the very beginning.")
    date_end = fields.Date(string="Until", help="The last day. Empty: for good.")
    note = fields.Char(
        string="Reason", help="Is printed on the agreement beside the condition."
    )
    agreed = fields.Char(
        string="Agreed Figure",
        compute="_compute_texts",
        help="The agreed figure with its unit.",
    )
    standard = fields.Char(
        string="Terms Say",
        compute="_compute_texts",
        help="What the customer's version of the terms says.",
    )
    summary = fields.Char(compute="_compute_summary", help="All of it in one sentence.")

    # Closed ranges of whole days. A range of one number stands for the number itself,
    # so that `=` works in a GiST index without the extension btree_gist.
    _no_overlap = models.Constraint(
        """EXCLUDE USING gist (
            int4range(contract_id, contract_id, '[]') WITH =,
            int8range(hashtext(key::text), hashtext(key::text), '[]') WITH =,
            int4range(coalesce(type_id, 0), coalesce(type_id, 0), '[]') WITH =,
            int4range(coalesce(service_id, 0), coalesce(service_id, 0), '[]') WITH =,
            daterange(date_start, date_end, '[]') WITH &&
        )""",
        "The contract already has a special condition for that on some of these days.",
    )
    _dates_ordered = models.Constraint(
        "CHECK (date_end IS NULL OR date_start IS NULL OR date_end >= date_start)",
        "A special condition cannot end before it starts.",
    )

    @api.model
    def _selection_key(self):
        figures = self._get_agreed_figures()
        return [(key, self.env._(figure.label)) for key, figure in figures.items()]

    @api.model
    def _get_agreed_figures(self):
        """{key: :class:`..agreed.Figure`}: what can be agreed differently; extend."""
        return dict(FIGURES)

    @api.model
    def _get_figure(self, key):
        """What is known of a figure; a condition outlives the add-on that had it."""
        return self._get_agreed_figures().get(key) or Figure(key, "unknown")

    @api.depends(
        "key",
        "value",
        "type_id",
        "service_id",
        "date_start",
        "contract_id.currency_id",
        "contract_id.terms_id",
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        for condition in self:
            contract, key = condition.contract_id, condition.key
            standard = condition._get_standard() if contract and key else None
            condition.standard = contract._format_figure(key, standard)
            condition.agreed = contract._format_figure(key, condition.value)

    @api.depends("agreed", "standard", "date_end", "note", "service_id", "type_id.name")
    @api.depends_context("lang")
    def _compute_summary(self):
        for condition in self:
            condition.summary = condition._get_summary()

    @api.depends("key", "type_id.name")
    def _compute_display_name(self):
        for condition in self:
            condition.display_name = self._name_figure(condition.key, condition.type_id)

    @api.model
    def _name_figure(self, key, service_type=None):
        """The figure, and the service that it is about."""
        label = key and self.env._(self._get_figure(key).label)
        return ", ".join(filter(None, [label, service_type and service_type.name]))

    @api.constrains("key", "value")
    def _check_value(self):
        for condition in self:
            figure, value = self._get_figure(condition.key), condition.value
            label = self.env._(figure.label)
            if value < figure.least:
                raise ValidationError(
                    self.env._(
                        "%(what)s: enter %(least)s or more.",
                        what=label,
                        least=figure.least,
                    )
                )
            if figure.most is not None and value > figure.most:
                raise ValidationError(
                    self.env._(
                        "%(what)s: enter %(most)s or less.",
                        what=label,
                        most=figure.most,
                    )
                )
            if figure.unit == "percent" and value > 100:
                raise ValidationError(
                    self.env._("%(what)s: enter 0 to 100 percent.", what=label)
                )
            whole = not float_compare(value, round(value), precision_digits=4)
            if figure.unit in WHOLE_UNITS and not whole:
                raise ValidationError(
                    self.env._("%(what)s: enter a whole number.", what=label)
                )

    @api.constrains("key", "type_id", "service_id", "contract_id")
    def _check_service(self):
        for condition in self:
            service, kind = condition.service_id, condition.type_id
            figure = self._get_figure(condition.key)
            label = self.env._(figure.label)
            if not figure.by_type and (service or kind):
                raise ValidationError(
                    self.env._(
                        "%(what)s is one for the whole contract: leave the service "
                        "empty.",
                        what=label,
                    )
                )
            if figure.by_type and figure.unit == "money" and not (service or kind):
                raise ValidationError(
                    self.env._("%(what)s: choose the service.", what=label)
                )
            if service and service.contract_id != condition.contract_id:
                raise ValidationError(
                    self.env._(
                        "%s is not a service of this contract.", service.display_name
                    )
                )

    @api.onchange("key")
    def _onchange_key(self):
        if self.key and not self._get_figure(self.key).by_type:
            self.type_id = self.service_id = False

    @api.model_create_multi
    def create(self, vals_list):
        # A condition may follow on one whose end was set in the same save: the
        # database has to know of the end before it compares the two.
        self.flush_model()
        return super().create(vals_list)

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"contract_id": "write"}

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {
            "contract_id",
            "key",
            "type_id",
            "service_id",
            "value",
            "date_start",
            "date_end",
            "note",
        }

    @api.model
    def _get_self_dated_fields(self):
        """A condition says itself from when it holds."""
        return self._get_guarded_fields()

    def _describe_added(self):
        return self.summary

    def _holds_on(self, day, values=None):
        """Whether this condition is in force on `day`, by its ``values`` of a day."""
        self.ensure_one()
        start, end = (values or self)["date_start"], (values or self)["date_end"]
        return (not start or start <= day) and (not end or day <= end)

    def _applies_to(self, key, service_type, service):
        """Whether this condition is about that figure of that service."""
        self.ensure_one()
        if self.key != key:
            return False
        if self.service_id:
            return self.service_id == service._origin
        if self.type_id:
            return self.type_id == service_type._origin
        # Without a service it is about what is paid month by month: what is metered or
        # worked has to be named (R6).
        return not self._get_figure(key).by_type or service_type._is_monthly()

    def _get_standard(self, terms=None):
        """What the terms say: the contract's version, or `terms` to compare."""
        self.ensure_one()
        if self.key not in self._get_agreed_figures():
            return None
        contract = self.contract_id
        day = self.date_start or contract._get_agreed_day()
        terms = terms or contract._get_terms(day)
        return terms._get_figure(self.key, self.type_id or self.service_id.type_id)

    def _get_summary(self, terms=None):
        """The condition as the agreement prints it; beside other `terms`, if given."""
        self.ensure_one()
        standard = self.standard
        if terms:
            standard = self.contract_id._format_figure(
                self.key, self._get_standard(terms)
            )
        what = self.display_name
        if self.service_id and not self.type_id:
            what = f"{what}, {self.service_id.type_id.name}"
        values = {"what": what, "agreed": self.agreed, "standard": standard}
        if standard:
            text = self.env._("%(what)s: %(agreed)s instead of %(standard)s", **values)
        else:
            text = self.env._("%(what)s: %(agreed)s", **values)
        text = self._add_days(text, self.date_start, self.date_end)
        return f"{text}. {self.note}" if self.note else text

    def _add_days(self, text, start, end):
        """A sentence with the days from and until which it holds, where it has any."""
        if start:
            day = format_date(self.env, start)
            text = self.env._("%(text)s, from %(day)s", text=text, day=day)
        if end:
            day = format_date(self.env, end)
            text = self.env._("%(text)s, until %(day)s", text=text, day=day)
        return text

    def _values_on(self, day):
        self.ensure_one()
        return {name: self._value_on(name, day) for name in CONDITION_FIELDS}

    def _describe_on(self, values):
        """One sentence about it, with the ``values`` of a day."""
        self.ensure_one()
        kind = values["type_id"] or values["service_id"].type_id
        text = self.env._(
            "%(what)s: %(agreed)s",
            what=self._name_figure(values["key"], kind),
            agreed=self.contract_id._format_figure(values["key"], values["value"]),
        )
        return self._add_days(text, values["date_start"], values["date_end"])

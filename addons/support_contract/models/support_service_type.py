# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class SupportServiceType(models.Model):
    """A kind of service: what it grants and what its price is based on.

    Types are data: a consultancy adds its own without code. Clauses R1-R3.
    """

    _name = "support.service.type"
    _description = "Support Service Type"
    _inherit = ["support.shared.mixin", "support.history.mixin"]
    _order = "sequence, id"
    # A file to import names a type in whatever language by its code.
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="A stable technical name, used by imports and reports.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        domain=[("type", "=", "service")],
        help="Invoice lines carry this product, with its income account and taxes.",
    )
    company_product_id = fields.Many2one(
        "product.product",
        string="Product of This Company",
        company_dependent=True,
        domain="[('type', '=', 'service'), "
        "('company_id', 'in', [current_company_id, False])]",
        help="Instead of the product of all companies, on the invoices of the company "
        "that you work in.",
    )
    basis = fields.Selection(
        "_selection_basis",
        required=True,
        default="fixed",
        help="What the monthly quantity is: nothing but the service itself, the "
        "counted lines of code, or something else that is counted.",
    )
    step = fields.Integer(
        default=1,
        required=True,
        help="The price is for each started step of this many units, "
        "such as 100 lines of code. New versions of the terms begin with it.",
    )
    min_months = fields.Integer(
        string="Minimum Term (Months)",
        help="The service cannot end before this many months have passed. New "
        "versions of the terms begin with it.",
    )
    renewal_months = fields.Integer(
        string="Renews By (Months)",
        help="After its minimum term the service renews by this many months at a time, "
        "unless notice is given in time. 0: it runs on. New versions of the terms "
        "begin with it.",
    )
    exclusive = fields.Boolean(
        string="One at a Time",
        default=True,
        help="A contract has at most one such service on any day. Switch it off for "
        "services of which a customer can have several, each with its own price.",
    )
    grant_ids = fields.Many2many(
        "support.right",
        string="Grants",
        ondelete="restrict",
        help="The rights that a customer has on every day of such a service.",
    )
    is_signed = fields.Boolean(
        compute="_compute_is_signed",
        help="Customers may have signed on it: it is in published terms or sold.",
    )

    _code_uniq = models.UniqueIndex("(code)", "That code is already used.")
    _step_positive = models.Constraint(
        "CHECK (step > 0)", "The step must be at least one unit."
    )
    _min_months_positive = models.Constraint(
        "CHECK (min_months >= 0)", "The minimum term cannot be negative."
    )
    _renewal_months_positive = models.Constraint(
        "CHECK (renewal_months >= 0)", "A renewal has zero months or more."
    )

    @api.model
    def _get_signed_fields(self):
        """What customers have signed on; extend.

        Prices are not among them: those are in the terms.
        """
        return frozenset({"basis", "exclusive", "grant_ids"})

    @api.model
    def _get_guarded_fields(self):
        # Each company chooses its own.
        return super()._get_guarded_fields() - {"company_product_id"}

    @api.model
    def _get_history_fields(self):
        return super()._get_history_fields() | {
            "product_id",
            "company_product_id",
            "basis",
            "step",
            "min_months",
            "exclusive",
            "grant_ids",
            "active",
        }

    @api.constrains("product_id")
    def _check_product_is_shared(self):
        for kind in self:
            company = kind.product_id.company_id
            if company and kind._get_using_companies() - company.sudo():
                raise ValidationError(
                    self.env._(
                        "%(product)s is of %(company)s only, and others use "
                        "%(type)s: choose it as the product of that company.",
                        product=kind.product_id.display_name,
                        company=company.name,
                        type=kind.name,
                    )
                )

    def _get_product(self, company):
        """The product on a company's invoices."""
        return self.with_company(company).company_product_id or self.product_id

    def _get_products(self, companies):
        """All products of these types: the shared ones, and those of companies."""
        own = (self.with_company(one).company_product_id for one in companies)
        return self.product_id.union(*own)

    @api.model
    def _selection_basis(self):
        """The quantity bases that this database can bill: see `basis.py`."""
        bases = self.env["support.contract.service"]._get_bases()
        return [(code, self.env._(label)) for code, (_name, label) in bases.items()]

    def _is_monthly(self):
        """Whether it has a monthly fee: not what is metered (R6) or worked (R4)."""
        return self.basis not in ("usage", "hours")

    def _compute_is_signed(self):
        signed = self._get_signed()
        for kind in self:
            kind.is_signed = kind._origin in signed

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for kind, vals in zip(self, vals_list, strict=True):
            vals.setdefault("code", kind._get_free_code())
        return vals_list

    def _get_using_companies(self):
        companies = self._find_companies("support.contract.service", "type_id")
        return super()._get_using_companies() | companies

    def write(self, vals):
        self._check_signed(vals)
        return super().write(vals)

    def _check_signed(self, vals):
        """A published version fixes what its services are as well as what they cost."""
        names = [name for name in self._get_signed_fields() if name in vals]
        if not names:
            return
        for kind in self._get_signed():
            before = {name: kind[name] for name in names}
            # Only what is really another value is refused: an import or an update may
            # write the same again.
            after = self.new({name: vals[name] for name in names}, origin=kind)
            if any(before[name] != _origin(after[name]) for name in names):
                raise UserError(
                    self.env._(
                        "%(type)s is in published terms or in running contracts, so "
                        "what it counts and grants cannot change. Make a new type and "
                        "use it in a new version of the terms.",
                        type=kind.name,
                    )
                )

    def _get_signed(self):
        """The types among these that customers may have signed on."""
        # sudo: a version or contract of another company counts as well.
        priced = (
            self.env["support.terms.price"]
            .sudo()
            ._read_group(
                [("type_id", "in", self.ids), ("terms_id.state", "!=", "draft")],
                ["type_id"],
            )
        )
        bought = (
            self.env["support.contract.service"]
            .sudo()
            ._read_group(
                [
                    ("type_id", "in", self.ids),
                    ("contract_id.state", "not in", ("draft", "cancelled")),
                ],
                ["type_id"],
            )
        )
        return self.browse({kind.id for [kind] in (*priced, *bought)})

    def _get_free_code(self):
        self.ensure_one()
        number = 2
        while self.with_context(active_test=False).search_count(
            [("code", "=", f"{self.code}_{number}")], limit=1
        ):
            number += 1
        return f"{self.code}_{number}"


def _origin(value):
    return value._origin if isinstance(value, models.BaseModel) else value

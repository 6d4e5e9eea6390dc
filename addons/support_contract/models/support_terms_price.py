# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..agreed import PRICE_DECIMALS
from ..evidence_guard import Owner, get_columns, guard_table
from ..proposed import PROPOSED
from .support_terms import GUARD_MESSAGE, SIGNABLE


class SupportTermsPrice(models.Model):
    """What one type of service costs under one version of the terms. Clauses R1-R3."""

    _name = "support.terms.price"
    _description = "Support Terms Price"
    _inherit = ["support.protected.mixin"]
    _order = "terms_id, id"

    terms_id = fields.Many2one("support.terms", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="terms_id.currency_id")
    type_id = fields.Many2one("support.service.type", required=True)
    basis = fields.Selection(related="type_id.basis")
    # The version's own, so that a change on the type leaves what was published alone.
    step = fields.Integer(
        compute="_compute_from_type",
        required=True,
        help="The price is for each started step of this many units, "
        "such as 100 lines of code.",
        **PROPOSED,
    )
    min_months = fields.Integer(
        string="Minimum Term (Months)",
        compute="_compute_from_type",
        help="The service cannot end before this many months have passed.",
        **PROPOSED,
    )
    renewal_months = fields.Integer(
        string="Renews By (Months)",
        compute="_compute_from_type",
        help="After its minimum term the service renews by this many months at a time, "
        "unless notice is given in time. 0: it runs on until notice is given.",
        **PROPOSED,
    )
    price_unit = fields.Float(
        digits=(16, PRICE_DECIMALS),
        min_display_digits=2,
        string="Price per Month",
        required=True,
        help="A month's price: of the service, or of each started step of its units.",
    )
    minimum = fields.Monetary(
        string="Minimum Fee",
        help="A full month never costs less than this.",
    )
    tier_ids = fields.One2many(
        "support.terms.price.tier",
        "price_id",
        string="Tiers",
        copy=True,
        help="Cheaper steps above a quantity. Each step keeps the price of its own "
        "tier, so more never costs less than it would alone.",
    )
    is_example = fields.Boolean(
        string="Example",
        help="A proposal that came with the add-on, and no price of yours: enter your "
        "own in a version of the terms before you charge by it.",
    )
    ladder = fields.Char(
        compute="_compute_ladder", help="What the steps above a quantity cost."
    )

    _terms_type_uniq = models.UniqueIndex(
        "(terms_id, type_id)", "These terms already have a price for that service."
    )
    _price_positive = models.Constraint(
        "CHECK (price_unit >= 0 AND coalesce(minimum, 0) >= 0)",
        "Prices cannot be negative.",
    )
    _step_positive = models.Constraint(
        "CHECK (step > 0)", "The step must be at least one unit."
    )
    _min_months_positive = models.Constraint(
        "CHECK (min_months >= 0)", "The minimum term cannot be negative."
    )
    _renewal_months_positive = models.Constraint(
        "CHECK (renewal_months >= 0)", "A renewal has zero months or more."
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["support.terms"]._check_new_lines(self, "terms_id", vals_list)
        return super().create(vals_list)

    def write(self, vals):
        # A price that somebody entered is theirs.
        if "price_unit" in vals:
            vals = {"is_example": False, **vals}
        return super().write(vals)

    @api.depends("type_id")
    def _compute_from_type(self):
        for price in self:
            price.step = price.type_id.step or 1
            price.min_months = price.type_id.min_months
            price.renewal_months = price.type_id.renewal_months

    @api.depends("tier_ids.display_name")
    def _compute_ladder(self):
        for price in self:
            tiers = price.tier_ids.sorted("above")
            price.ladder = "; ".join(tiers.mapped("display_name"))

    @api.depends("terms_id", "type_id")
    def _compute_display_name(self):
        for price in self:
            price.display_name = f"{price.terms_id.display_name}: {price.type_id.name}"

    @api.constrains("step", "tier_ids", "type_id")
    def _check_tiers(self):
        for price in self:
            if price.tier_ids and price.type_id.basis == "fixed":
                raise ValidationError(
                    self.env._(
                        "%(type)s has a fixed price, so there is no quantity for a "
                        "ladder.",
                        type=price.type_id.name,
                    )
                )
            for tier in price.tier_ids:
                if tier.above % price.step:
                    raise ValidationError(
                        self.env._(
                            "A tier of %(type)s starts above %(above)s: let it start "
                            "above a multiple of the step, %(step)s.",
                            type=price.type_id.name,
                            above=tier.above,
                            step=price.step,
                        )
                    )

    def init(self):
        # The database refuses what `_check_editable` does.
        columns = sorted(get_columns(self))
        owner = Owner("support_terms", SIGNABLE, "terms_id")
        guard_table(self.env.cr, self._table, columns, GUARD_MESSAGE, owner=owner)

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"terms_id": "write"}

    def _check_editable(self, operation):
        self.terms_id._check_draft()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import formatLang

from ..agreed import PRICE_DECIMALS, price_decimals
from ..evidence_guard import Owner, get_columns, guard_table
from .support_terms import GUARD_MESSAGE, SIGNABLE


class SupportTermsPriceTier(models.Model):
    """The price of the steps above a quantity: a rung of a graduated ladder. R2."""

    _name = "support.terms.price.tier"
    _description = "Support Terms Price Tier"
    _inherit = ["support.protected.mixin"]
    _order = "price_id, above"

    price_id = fields.Many2one("support.terms.price", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="price_id.currency_id")
    above = fields.Integer(
        required=True,
        help="The price holds for the steps above this quantity, such as "
        "10,000 lines of code.",
    )
    price_unit = fields.Float(
        digits=(16, PRICE_DECIMALS),
        min_display_digits=2,
        string="Price per Month",
        required=True,
        help="A month's price of each started step above that quantity.",
    )

    _price_above_uniq = models.UniqueIndex(
        "(price_id, above)", "There is already a tier above that quantity."
    )
    _above_positive = models.Constraint(
        "CHECK (above > 0)", "A tier starts above a quantity of more than zero."
    )
    _price_positive = models.Constraint(
        "CHECK (price_unit >= 0)", "Prices cannot be negative."
    )

    def init(self):
        # The database refuses what `_check_editable` does.
        owner = Owner(
            "support_terms",
            SIGNABLE,
            "terms_id",
            part="price_id",
            part_table="support_terms_price",
        )
        columns = sorted(get_columns(self))
        guard_table(self.env.cr, self._table, columns, GUARD_MESSAGE, owner=owner)

    @api.model_create_multi
    def create(self, vals_list):
        self.env["support.terms"]._check_new_lines(self, "price_id", vals_list)
        return super().create(vals_list)

    @api.depends("above", "price_unit")
    def _compute_display_name(self):
        for tier in self:
            tier.display_name = self.env._(
                "above %(above)s: %(price)s",
                above=formatLang(self.env, tier.above, digits=0),
                price=formatLang(
                    self.env,
                    tier.price_unit,
                    digits=price_decimals(tier.price_unit, tier.currency_id),
                ),
            )

    @api.constrains("above")
    def _check_above(self):
        self.price_id._check_tiers()

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"price_id": "write"}

    def _check_editable(self, operation):
        self.price_id.terms_id._check_draft()

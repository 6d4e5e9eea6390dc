# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class SupportTermsPrice(models.Model):
    """What one type of service costs under one version of the terms. Clause R2."""

    _name = "support.terms.price"
    _description = "Support Terms Price"
    _order = "terms_id, id"

    terms_id = fields.Many2one("support.terms", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="terms_id.currency_id")
    type_id = fields.Many2one("support.service.type", required=True)
    basis = fields.Selection(related="type_id.basis")
    step = fields.Integer(related="type_id.step")
    price_unit = fields.Monetary(
        string="Price per Month",
        required=True,
        help="A month's price: of the service, or of each started step of its units.",
    )
    minimum = fields.Monetary(
        string="Minimum Fee",
        help="A full month never costs less than this.",
    )

    _terms_type_uniq = models.UniqueIndex(
        "(terms_id, type_id)", "These terms already have a price for that service."
    )
    _price_positive = models.Constraint(
        "CHECK (price_unit >= 0 AND coalesce(minimum, 0) >= 0)",
        "Prices cannot be negative.",
    )

    @api.depends("terms_id", "type_id")
    def _compute_display_name(self):
        for price in self:
            price.display_name = f"{price.terms_id.display_name}: {price.type_id.name}"

    @api.model_create_multi
    def create(self, vals_list):
        prices = super().create(vals_list)
        prices._check_terms_draft()
        return prices

    def write(self, vals):
        self._check_terms_draft()
        result = super().write(vals)
        self._check_terms_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_terms_draft()

    def _check_terms_draft(self):
        """A contract was signed on the published text: its figures never change."""
        if self.terms_id.filtered(lambda terms: terms.state != "draft"):
            raise UserError(
                self.env._(
                    "These terms are published and cannot change. "
                    "Duplicate them to make a new version."
                )
            )

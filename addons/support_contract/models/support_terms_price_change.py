# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportTerms(models.Model):
    """When the consultancy may change its prices under a version of the terms."""

    _inherit = "support.terms"

    price_notice_months = fields.Integer(
        string="Notice of Price Changes (Months)",
        default=1,
        help="A running contract gets another price at the earliest this many months "
        "after the customer is told.",
    )
    price_change_in_min_term = fields.Boolean(
        string="Price Changes Within the Minimum Term",
        help="Otherwise the price of a service stays until its minimum term is over.",
    )

    _price_notice_positive = models.Constraint(
        "CHECK (price_notice_months >= 0)",
        "The notice of price changes has zero months or more.",
    )

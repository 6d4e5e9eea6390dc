# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class AccountTax(models.Model):
    _name = "account.tax"
    _inherit = ["account.tax", "support.history.mixin"]

    @api.model
    def _get_history_fields(self):
        """What decides how much VAT is on an invoice."""
        return super()._get_history_fields() | {
            "active",
            "amount",
            "amount_type",
            "price_include_override",
        }

    def _filter_history(self):
        """Those of sales: nothing else is on an invoice of support."""
        taxes = super()._filter_history()
        return taxes.filtered(lambda tax: tax.type_tax_use == "sale")

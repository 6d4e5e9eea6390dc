# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "support.history.mixin"]

    @api.model
    def _get_history_fields(self):
        """What decides where charges are posted."""
        return super()._get_history_fields() | {
            "property_account_income_id",
            "taxes_id",
            "categ_id",
            "active",
        }

    def _filter_history(self):
        """The products of support services."""
        # sudo: which services there are does not depend on who writes a product.
        Type = self.env["support.service.type"].sudo().with_context(active_test=False)
        types = Type.search([])
        used = types.product_id | types.company_product_id
        return super()._filter_history() & used.product_tmpl_id.sudo(self.env.su)

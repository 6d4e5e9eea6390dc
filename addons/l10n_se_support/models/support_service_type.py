# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportServiceType(models.Model):
    _inherit = "support.service.type"

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        types._l10n_se_set_product_defaults()
        return types

    def write(self, vals):
        result = super().write(vals)
        if not {"product_id", "company_product_id"}.isdisjoint(vals):
            self._l10n_se_set_product_defaults()
        return result

    def _l10n_se_set_product_defaults(self):
        """What contracts charge is a service in every Swedish company."""
        products = self._get_products(self.env.company).product_tmpl_id
        # sudo: products are shared, also with companies that the user is not in.
        for company_sudo in self.env["res.company"].sudo().search([]):
            products._l10n_se_set_support_defaults(company_sudo)

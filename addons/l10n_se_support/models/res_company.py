# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_se_support_product_tmpl_ids = fields.Many2many(
        "product.template",
        "l10n_se_support_company_product_rel",
        string="Products With Swedish Defaults",
        groups="base.group_system",
        copy=False,
        help="Each gets its Swedish account and tax once; whatever an accountant "
        "chooses afterwards stays.",
    )

    def _l10n_se_has_bas_chart(self):
        """Whether the company keeps its books with one of the BAS charts."""
        self.ensure_one()
        ChartTemplate = self.env["account.chart.template"]
        return "se" in ChartTemplate._get_parent_template(self.chart_template)

    @api.model
    def _l10n_se_set_support_defaults(self):
        """Prepare all support products in all Swedish companies.

        Runs at installation and at every update: a later version of the suite may
        bring products, and a company's chart may be older than this module.
        """
        products = self.env["product.template"]._l10n_se_get_support_products()
        for company in self.sudo().search([]):
            products._l10n_se_set_support_defaults(company)

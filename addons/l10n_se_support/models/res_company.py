# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..charts import CHARTS

TAX_CATEGORIES = {
    "sale_tax_25_services": ("S", False),
    "sale_tax_services_EC": ("AE", "VATEX-EU-AE"),
    "sale_tax_services_NEC": ("G", "VATEX-EU-G"),
}


class ResCompany(models.Model):
    _inherit = "res.company"

    l10n_se_f_tax = fields.Boolean(
        string="Approved for F-tax",
        help="Invoices, on paper and electronic, say “Godkänd för F-skatt”.",
    )
    l10n_se_seat = fields.Char(
        string="Seat",
        help="The municipality of the board's seat, which a limited company says on "
        "its invoices (aktiebolagslagen 28:5).",
    )
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
        # By name: Odoo's own list of charts takes hundreds of queries.
        return self.chart_template in CHARTS

    def _l10n_se_set_tax_categories(self):
        """Say on the taxes of services what e-invoices call them, unless somebody has.

        Odoo takes a service to a business in the EU for a delivery of goods (K), also
        to Norway. Article 196 of directive 2006/112/EC: the buyer pays (AE); outside
        the EU it is not taxed here (G).
        """
        for company in self.filtered(lambda one: one._l10n_se_has_bas_chart()):
            chart = self.env["account.chart.template"].with_company(company)
            missing = company._l10n_se_get_taxes_without_category()
            for xmlid, (category, reason) in TAX_CATEGORIES.items():
                tax = chart.ref(xmlid, raise_if_not_found=False)
                if tax and tax in missing:
                    tax.ubl_cii_tax_category_code = category
                    tax.ubl_cii_tax_exemption_reason_code = reason

    def _l10n_se_get_taxes_without_category(self):
        """Those of the taxes on services that nobody has said a category of."""
        self.ensure_one()
        chart = self.env["account.chart.template"].with_company(self)
        taxes = self.env["account.tax"]
        for xmlid in TAX_CATEGORIES:
            taxes |= chart.ref(xmlid, raise_if_not_found=False) or taxes
        return taxes.filtered(lambda tax: not tax.ubl_cii_tax_category_code)

    @api.model
    def _l10n_se_set_support_defaults(self):
        """Prepare all support products in all Swedish companies.

        Runs at installation and at every update: a later version of the suite may
        bring products, and a company's chart may be older than this module.
        """
        products = self.env["product.template"]._l10n_se_get_support_products()
        for company in self.sudo().search([]):
            products._l10n_se_set_support_defaults(company)
            company._l10n_se_set_tax_categories()

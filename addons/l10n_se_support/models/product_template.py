# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Command

# What the BAS charts use for goods, and the same for services (template xmlids). The
# fiscal positions map each of them to its own account, tax and box of the VAT return.
GOODS_TO_SERVICES_ACCOUNTS = {
    "a30011": "a30012",
    "a30021": "a30022",
    "a30031": "a30032",
    "a30041": "a30042",
}
GOODS_TO_SERVICES_TAXES = {
    "sale_tax_25_goods": "sale_tax_25_services",
    "sale_tax_12_goods": "sale_tax_12_services",
    "sale_tax_6_goods": "sale_tax_6_services",
}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.model
    def _l10n_se_get_support_products(self):
        """Everything that a support contract can charge, as superuser."""
        # sudo: a setting for all companies, whoever installs or loads a chart.
        types_sudo = self.env["support.service.type"].sudo()
        types_sudo = types_sudo.with_context(active_test=False).search([])
        products = types_sudo._get_products(types_sudo.env["res.company"].search([]))
        return products.product_tmpl_id | self._l10n_se_get_own_products()

    @api.model
    def _l10n_se_get_own_products(self):
        """The products that the suite brings, as superuser.

        They came with support_contract or an add-on that builds on it.
        """
        # sudo: which add-ons there are is a matter of the database, not of the user.
        base_sudo = self.env.ref("base.module_support_contract").sudo()
        suite_sudo = base_sudo | base_sudo.downstream_dependencies()
        xmlids_sudo = base_sudo.env["ir.model.data"].search(
            [
                ("model", "=", "product.product"),
                ("module", "in", suite_sudo.mapped("name")),
            ]
        )
        products_sudo = self.env["product.product"].sudo()
        return (
            products_sudo.browse(xmlids_sudo.mapped("res_id")).exists().product_tmpl_id
        )

    def _l10n_se_set_support_defaults(self, company):
        """Sell these products as services from ``company``, where nobody chose else.

        The company's own defaults are goods, and would put a foreign customer's
        invoice on the account and in the box for goods. Happens once for each
        product and company: emptied again by an accountant, a field stays empty.
        """
        # sudo: the company may not be among the user's, and a support manager who
        # adds a type of service has no right to change products.
        company_sudo = company.sudo()
        if not company_sudo._l10n_se_has_bas_chart():
            return
        done_sudo = company_sudo.l10n_se_support_product_tmpl_ids
        products_sudo = (self.sudo() - done_sudo).filtered(
            lambda product: (
                not product.company_id or product.company_id in company_sudo.parent_ids
            )
        )
        own_sudo = self._l10n_se_get_own_products()
        for product_sudo in products_sudo.with_company(company_sudo):
            fill = product_sudo in own_sudo
            product_sudo.write(product_sudo._l10n_se_prepare_service_vals(fill))
        company_sudo.l10n_se_support_product_tmpl_ids = [
            Command.link(product_sudo.id) for product_sudo in products_sudo
        ]
        # The cache now holds taxes of companies that the user may not read.
        products_sudo.invalidate_recordset(["taxes_id"])

    def _l10n_se_prepare_service_vals(self, fill):
        """Account and tax of services in Sweden, where nothing else was chosen.

        :param fill: also where the product has no tax. Ours may be older than the
            accounting of the database; on any other an empty field is a choice.
        """
        self.ensure_one()
        vals = {}
        account = self._l10n_se_ref("a30012")
        if account.active and not self.property_account_income_id:
            vals["property_account_income_id"] = account.id
        company = self.env.company
        default = company.account_sale_tax_id or company.root_id.account_sale_tax_id
        goods = self._l10n_se_ref("sale_tax_25_goods")
        services = self._l10n_se_ref("sale_tax_25_services")
        current = self.taxes_id._filter_taxes_by_company(company)
        # Another default, or none for a company below the VAT threshold, was chosen.
        if default == goods and services.active:
            if current == goods or (fill and not current):
                vals["taxes_id"] = [
                    *(Command.unlink(tax.id) for tax in current),
                    Command.link(services.id),
                ]
        return vals

    def _l10n_se_ref(self, xmlid):
        """Record of the current company's chart by template xmlid; empty if gone."""
        model = "account.tax" if "_tax_" in xmlid else "account.account"
        record = self.env["account.chart.template"].ref(xmlid, raise_if_not_found=False)
        return record.sudo() if record else self.env[model].sudo()

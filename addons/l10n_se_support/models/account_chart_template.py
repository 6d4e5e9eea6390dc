# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class AccountChartTemplate(models.AbstractModel):
    _inherit = "account.chart.template"

    def _load(self, template_code, company, install_demo, force_create=True):
        # Another chart deletes the accounts and taxes of the old one (same condition
        # as in the inherited method), and with them every choice made so far.
        if template_code != company.chart_template and (
            not company.root_id._existing_accounting() or install_demo
        ):
            # sudo: the field is for the system alone.
            company.sudo().l10n_se_support_product_tmpl_ids = False
        return super()._load(template_code, company, install_demo, force_create)

    def _post_load_data(self, template_code, company, template_data):
        result = super()._post_load_data(template_code, company, template_data)
        company = company or self.env.company
        self.env[
            "product.template"
        ]._l10n_se_get_support_products()._l10n_se_set_support_defaults(company)
        # sudo: whoever loads a chart need not be able to change its taxes.
        company.sudo()._l10n_se_set_tax_categories()
        return result

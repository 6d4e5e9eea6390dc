# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..charts import CHARTS

ROUNDING = "l10n_se_support.rounding_krona"
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
    l10n_se_round_totals = fields.Boolean(
        string="Round Totals to Whole Kronor",
        help="Totals in kronor end with no öre; what that adds or takes off is booked "
        "on account 3740, without VAT. A credit note is rounded as its invoice was.",
    )
    l10n_se_late_interest = fields.Float(
        string="Late-Payment Interest Above the Reference Rate",
        default=8.0,
        help="Percentage points a year that invoices claim above the reference rate "
        "from the due date on; 8 by law (räntelagen 1975:635, § 6). 0: they say "
        "nothing of it.",
    )
    l10n_se_rate_day = fields.Selection(
        selection=lambda self: self._selection_l10n_se_rate_day(),
        string="Exchange Rate of Invoices",
        default="invoice",
        required=True,
        help="The rate that an invoice in another currency is booked at, and its VAT "
        "in kronor.",
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

    @api.model
    def _get_history_fields(self):
        return super()._get_history_fields() | {
            name
            for name, field in self._fields.items()
            if field.store and name.startswith("l10n_se_")
        }

    @api.model
    def _selection_l10n_se_rate_day(self):
        return [
            ("invoice", self.env._("Of the invoice's day")),
            ("period", self.env._("Of the last day of the service")),
        ]

    @api.constrains("l10n_se_round_totals")
    def _check_l10n_se_round_totals(self):
        for company in self.filtered("l10n_se_round_totals"):
            if company.currency_id.name != "SEK" or not company._l10n_se_find("a3740"):
                raise ValidationError(
                    self.env._(
                        "Totals are rounded in kronor, on account 3740. Load a Swedish "
                        "chart of accounts in %s first.",
                        company.name,
                    )
                )

    @api.constrains("l10n_se_late_interest")
    def _check_l10n_se_late_interest(self):
        if any(not 0 <= company.l10n_se_late_interest <= 100 for company in self):
            raise ValidationError(
                self.env._(
                    "Late-payment interest is between 0 and 100 percentage points "
                    "above the reference rate."
                )
            )

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("l10n_se_round_totals"):
            self._l10n_se_set_rounding_accounts()
        return result

    # === ROUNDING === #

    def _l10n_se_set_rounding_accounts(self):
        """What is rounded goes on account 3740, unless somebody chose another one."""
        for company in self:
            # sudo: who changes settings need not keep the books.
            rounding_sudo = self.env.ref(ROUNDING).sudo().with_company(company)
            account = company._l10n_se_find("a3740")
            for name in ("profit_account_id", "loss_account_id"):
                rounding_sudo[name] = rounding_sudo[name] or account

    def _l10n_se_find(self, xmlid):
        """The record of the company's chart of accounts by template xmlid, or none."""
        self.ensure_one()
        chart = self.env["account.chart.template"].with_company(self)
        return chart.ref(xmlid, raise_if_not_found=False)

    def _get_support_cash_rounding(self, currency):
        """To whole kronor, 50 öre upwards (lag 1970:1029), where that is set."""
        rounding = super()._get_support_cash_rounding(currency)
        if not self.l10n_se_round_totals or currency.name != "SEK":
            return rounding
        krona = self.env.ref(ROUNDING, raise_if_not_found=False) or rounding
        # sudo: who bills need not read how totals are rounded.
        return krona if krona.sudo().with_company(self).profit_account_id else rounding

    # === CHART OF ACCOUNTS === #

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
            missing = company._l10n_se_get_taxes_without_category()
            for xmlid, (category, reason) in TAX_CATEGORIES.items():
                tax = company._l10n_se_find(xmlid)
                if tax and tax in missing:
                    tax.ubl_cii_tax_category_code = category
                    tax.ubl_cii_tax_exemption_reason_code = reason

    def _l10n_se_get_taxes_without_category(self):
        """Those of the taxes on services that nobody has said a category of."""
        self.ensure_one()
        taxes = self.env["account.tax"]
        for xmlid in TAX_CATEGORIES:
            taxes |= self._l10n_se_find(xmlid) or taxes
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

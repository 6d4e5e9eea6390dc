# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import tagged, users

from .common import L10nSeSupportCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeProduct(L10nSeSupportCommon):
    def _forget(self, company=None):
        """As before this module: nothing prepared, the company's default for goods."""
        company = company or self.company
        company.sudo().l10n_se_support_product_tmpl_ids = False
        product = self.product.with_company(company)
        product.property_account_income_id = False
        product.taxes_id = [
            *(
                Command.unlink(tax.id)
                for tax in product.taxes_id._filter_taxes_by_company(company)
            ),
            Command.link(self._chart("sale_tax_25_goods", company).id),
        ]
        return product

    def _install(self):
        self.env["res.company"]._l10n_se_set_support_defaults()

    def _assert_service(self, product, company=None):
        company = company or self.company
        self.assertRecordValues(
            product.with_company(company),
            [{"property_account_income_id": self._chart("a30012", company).id}],
        )
        self.assertEqual(
            product.sudo().taxes_id._filter_taxes_by_company(company),
            self._chart("sale_tax_25_services", company),
        )

    def test_company_defaults_are_goods(self):
        self.assertEqual(self.company.income_account_id.code, "30011")
        self.assertEqual(
            self.company.account_sale_tax_id, self._chart("sale_tax_25_goods")
        )

    def test_chart_loaded_after_the_module(self):
        products = (
            self.type_maintenance | self.type_operations | self.type_patch
        ).product_id
        for product in products:
            self._assert_service(product)
        self.assertEqual(self.product.property_account_income_id.code, "30012")

    def test_chart_loaded_before_the_module(self):
        product = self._forget()
        self._install()
        self._assert_service(product)

    def test_products_older_than_the_accounting(self):
        product = self._forget()
        product.taxes_id = False
        self._install()
        self._assert_service(product)

    def test_change_of_chart(self):
        old = self.product.property_account_income_id
        self.env["account.chart.template"].try_loading("se_K2", self.company)
        self.assertFalse(old.exists())
        self._assert_service(self.product)

    def test_branch_uses_the_accounts_of_its_company(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.env["account.chart.template"].try_loading("se", branch)
        self._assert_service(self.product, branch)

    def test_company_of_another_country_is_left_alone(self):
        company = self.env["res.company"].create(
            {"name": "Elsewhere", "country_id": self.env.ref("base.us").id}
        )
        self.env["account.chart.template"].try_loading("generic_coa", company)
        self._install()
        self.assertFalse(self.product.with_company(company).property_account_income_id)

    def test_chosen_account_stays(self):
        product = self._forget()
        product.property_account_income_id = self._chart("a30042")
        self._install()
        self.assertEqual(product.property_account_income_id.code, "30042")
        self.assertEqual(product.taxes_id, self._chart("sale_tax_25_services"))

    def test_chosen_tax_stays(self):
        product = self._forget()
        product.taxes_id = self._chart("sale_tax_6_services")
        self._install()
        self.assertEqual(product.taxes_id, self._chart("sale_tax_6_services"))
        self.assertEqual(product.property_account_income_id.code, "30012")

    def test_emptied_fields_stay_empty(self):
        self.product.write({"property_account_income_id": False, "taxes_id": False})
        self._install()
        self.env["account.chart.template"].try_loading("se", self.company)
        self.assertRecordValues(
            self.product, [{"property_account_income_id": False, "taxes_id": []}]
        )

    def test_company_below_the_vat_threshold(self):
        product = self._forget()
        product.taxes_id = False
        self.company.account_sale_tax_id = False
        self._install()
        self.assertFalse(product.taxes_id)

    def test_archived_account_is_not_proposed(self):
        product = self._forget()
        self._chart("a30012").active = False
        self._install()
        self.assertFalse(product.property_account_income_id)

    def _create_product_vals(self, **vals):
        return {"name": "First-line support", "type": "service", **vals}

    def _create_type(self, product):
        return self.env["support.service.type"].create(
            {"name": product.name, "code": product.name, "product_id": product.id}
        )

    @users("support_manager")
    def test_product_of_a_new_type_is_a_service(self):
        """Added by a support manager, who has no right to change products."""
        product = self.env["product.product"].sudo().create(self._create_product_vals())
        self.assertEqual(
            product.with_company(self.company).taxes_id._filter_taxes_by_company(
                self.company
            ),
            self._chart("sale_tax_25_goods"),
        )
        self._create_type(product)
        self._assert_service(product)

    def test_other_product_on_a_type(self):
        product = self.env["product.product"].create(self._create_product_vals())
        self.type_patch.product_id = product
        self._assert_service(product)

    def test_new_type_without_tax_stays_without(self):
        product = self.env["product.product"].create(
            self._create_product_vals(taxes_id=False)
        )
        self._create_type(product)
        self.assertFalse(product.taxes_id)
        self.assertEqual(product.property_account_income_id.code, "30012")

    def test_product_of_another_company_is_left_alone(self):
        other = self.env["res.company"].create({"name": "Other"})
        product = (
            self.env["product.product"]
            .sudo()
            .create(self._create_product_vals(company_id=other.id))
        )
        self._create_type(product)
        self.assertFalse(product.with_company(self.company).property_account_income_id)

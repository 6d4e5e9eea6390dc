# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon

from .common import L10nSeSupportCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeBadInput(L10nSeSupportCommon):
    """What people enter wrongly says what to do, and stops nobody else's invoice."""

    def _create_other(self, **vals):
        return self._create_customer(**{"country_id": self._get_country("fi"), **vals})

    def _create_operations(self, customer, **vals):
        contract = self._create_contract(
            [("operations", "2026-09-01")], partner_id=customer.id, **vals
        )
        contract.service_ids.price_unit = 2400.0
        return contract

    def test_one_run_with_all_of_it(self):
        unchecked = {"no_vat_validation": True}
        Partner = self.env["res.partner"].with_context(**unchecked)
        fine = {
            "plain": self._create_operations(self.swedish),
            "slash": self._create_operations(
                self._create_other(name="Ei numeroa Oy", vat="/")
            ),
            "written as people do": self._create_operations(
                self._create_customer(
                    name="Blanksteg AB",
                    country_id=self._get_country("se"),
                    company_registry="16 559999 - 0016",
                )
            ),
        }
        norwegian, wrong = Partner.create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "country_id": self._get_country("fi"),
                    "vat": number,
                }
                for name, number in (
                    ("Vieras Oy", "NO123456785MVA"),
                    ("Väärä Oy", "FI12345670"),
                )
            ]
        )
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids |= elsewhere
        archived = self._create_contract(
            [("patch", "2026-09-01")], partner_id=self.swedish.id
        )
        archived.service_ids.price_unit = 100.0
        bad = {
            "no VAT number of another EU country": self._create_operations(norwegian),
            "“FI12345670” of Väärä Oy": self._create_operations(wrong),
            "has no country": self._create_operations(
                self._create_customer(name="Adresslös AB")
            ),
            "is archived. Choose another one": archived,
        }
        tax = self._chart("sale_tax_12_services")
        self.type_patch.product_id.product_tmpl_id.taxes_id = tax
        tax.active = False
        for contract in [*fine.values(), *bad.values()]:
            contract.action_activate()
        self._run_cron("2026-10-01")
        for name, contract in fine.items():
            with self.subTest(name):
                self.assertFalse(contract.billing_error)
                self.assertEqual(contract.invoice_ids.amount_tax, 600.0)
        for message, contract in bad.items():
            with self.subTest(message):
                self.assertIn(message, contract.billing_error or "")
                self.assertFalse(contract.invoice_ids)
        registry = fine["written as people do"].partner_id
        self.assertEqual(registry.peppol_endpoint, "5599990016")
        # Put right as the message asks for, the next night invoices it.
        wrong.vat = "FI12345671"
        self._run_cron("2026-10-02")
        self.assertEqual(bad["“FI12345670” of Väärä Oy"].invoice_ids.amount_tax, 0.0)

    def test_only_of_the_eu_a_number_of_the_eu_is_asked(self):
        """Until the set-up corrects it, Odoo reports services to Norway in box 39."""
        box_39 = self.env["account.account.tag"]._get_tax_tags(
            "se_39", self._get_country("se")
        )
        lines = self._chart("sale_tax_services_NEC").repartition_line_ids
        lines.filtered(lambda one: one.repartition_type == "base").tag_ids = box_39
        outside = self.env["account.fiscal.position"].create(
            {"name": "Utanför EU", "tax_ids": lines.tax_id.ids}
        )
        Partner = self.env["res.partner"].with_context(no_vat_validation=True)
        norwegian = {
            "name": "Bjørkedal Båt AS",
            "is_company": True,
            "country_id": self._get_country("no"),
            "vat": "NO123456785MVA",
        }
        for position, is_billed in (
            (False, True),
            (outside.id, True),
            # As if they had a fixed establishment in the EU.
            (self._chart("fp_euro_b2b").id, False),
        ):
            customer = Partner.create(
                {**norwegian, "property_account_position_id": position}
            )
            contract = self._create_operations(customer)
            contract.action_activate()
            self._run_cron("2026-10-01")
            self.assertEqual(bool(contract.invoice_ids), is_billed)
            self.assertEqual(bool(contract.billing_error), not is_billed)
        self.assertIn("no VAT number of another EU country", contract.billing_error)

    def test_details_of_the_company(self):
        self._create_operations(self.swedish).action_activate()
        self._run_cron("2026-10-01")
        for field, section, value, message in (
            ("vat", "company", "NO123456785MVA", "no Swedish VAT number"),
            ("vat", "company", "/", "no Swedish VAT number"),
            ("vat", "company", "SE559999001701", "right check digit"),
            ("org_number", "company", "559999-0017", "ten digits"),
            ("org_number", "company", "99-0016", "ten digits"),
            ("bankgiro", "payment", "505010", "7 to 8 digits"),
            ("bankgiro", "payment", "505010551", "7 to 8 digits"),
            ("bankgiro", "payment", "50501054", "check digit"),
            ("plusgiro", "payment", "2865433", "check digit"),
            ("iban", "payment", "12345", "no IBAN"),
            ("chart_template", "chart", "se_K3", "keeps its chart"),
        ):
            with self.subTest(field=field, value=value):
                details = self.env["l10n_se.support.setup.details"].create(
                    {"section": section, field: value}
                )
                with self.assertRaisesRegex(UserError, message):
                    details.action_save()
        details = self.env["l10n_se.support.setup.details"].create(
            {
                "section": "company",
                "org_number": "16 559999 0016",
                "vat": "se559999001601",
            }
        )
        details.action_save()
        self.assertRecordValues(
            self.company,
            [{"company_registry": "559999-0016", "vat": "SE559999001601"}],
        )


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeOtherChart(SupportBillingCommon):
    """A company whose books are not Swedish is billed as it would be without this."""

    def test_its_run(self):
        self.assertFalse(self.env.company._l10n_se_has_bas_chart())
        # In Sweden, and elsewhere.
        for code, name in (("se", "Björkdal Snickeri AB"), ("no", "Bjørkedal AS")):
            with self.subTest(country=code):
                country = self.env.ref(f"base.{code}")
                self.env.company.country_id = country
                customer = self.customer.copy(
                    {"name": name, "country_id": country.id, "is_company": True}
                )
                contract = self._create_active_contract(partner_id=customer.id)
                self._run_cron("2026-10-01")
                self.assertFalse(contract.billing_error)
                self.assertRecordValues(
                    contract.invoice_ids,
                    [{"state": "posted", "amount_untaxed": 2400.0}],
                )
                credit = contract.invoice_ids._reverse_moves()
                credit.action_post()
                self.assertEqual(credit.amount_total, contract.invoice_ids.amount_total)

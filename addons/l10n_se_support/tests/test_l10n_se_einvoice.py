# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree
from peppol import check_rules, validate_xsd

from odoo import Command
from odoo.tests import tagged

from odoo.addons.support_instance.tests.repository import module_files

from .common import L10nSeSupportCommon

NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
SUBTOTAL = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/"


@tagged("post_install", "-at_install")
class TestL10nSePeppolAddress(L10nSeSupportCommon):
    """Who a Swedish customer is in Peppol: 0007 and ten digits."""

    def _address(self, **vals):
        partner = self._create_customer(
            name="Ekbacken AB", country_id=self._get_country("se"), **vals
        )
        return partner.peppol_eas, partner.peppol_endpoint or False

    def test_organisation_number(self):
        for number in ("5566778899", "556677-8899", "16556677-8899", "556677 8899"):
            self.assertEqual(
                self._address(company_registry=number), ("0007", "5566778899"), number
            )
        for number in ("556677-8898", "5566778", "Ekbacken"):
            self.assertEqual(self._address(company_registry=number), ("0007", False))

    def test_filled_in_later(self):
        partner = self._create_customer(
            name="Ekbacken AB", country_id=self._get_country("se")
        )
        self.assertFalse(partner.peppol_endpoint)
        partner.company_registry = "556677-8899"
        self.assertEqual(partner.peppol_endpoint, "5566778899")

    def test_out_of_the_vat_number_of_an_organisation_alone(self):
        """Not of a person (month 01-12 in digits 3 and 4), nor of a VAT group (66…)."""
        for vat, expected in (
            ("SE556677889901", "5566778899"),
            ("SE202100548901", "2021005489"),
            ("SE663000000501", False),
            ("SE811228987401", False),
        ):
            self.assertEqual(self._address(vat=vat), ("0007", expected), vat)
        unchecked = self.env["res.partner"].with_context(no_vat_validation=True)
        partner = unchecked.create(
            {
                "name": "Ekbacken AB",
                "is_company": True,
                "country_id": self._get_country("se"),
                "vat": "SE556677889801",
            }
        )
        self.assertFalse(partner.peppol_endpoint)

    def test_what_somebody_typed_stays(self):
        typed = {"peppol_eas": "0088", "peppol_endpoint": "7300010000001"}
        address = ("0088", "7300010000001")
        self.assertEqual(self._address(**typed), address)
        partner = self._create_customer(
            name="Ekbacken AB", country_id=self._get_country("se"), **typed
        )
        partner.vat = "SE556677889901"
        partner.company_registry = "556677-8899"
        self.assertEqual((partner.peppol_eas, partner.peppol_endpoint), address)
        own = self._address(
            peppol_eas="0007",
            peppol_endpoint="2021005489",
            company_registry="556677-8899",
        )
        self.assertEqual(own, ("0007", "2021005489"))

    def test_the_vat_number_s_code_never_stays(self):
        partner = self._create_customer(
            name="Ekbacken AB",
            country_id=self._get_country("se"),
            peppol_eas="9955",
            peppol_endpoint="SE556677889901",
        )
        partner.vat = "SE556677889901"
        self.assertEqual(
            (partner.peppol_eas, partner.peppol_endpoint), ("0007", "5566778899")
        )

    def test_customer_who_moves_has_a_number_of_the_new_country(self):
        partner = self._create_customer(
            name="Ekbacken",
            country_id=self._get_country("no"),
            company_registry="556677-8899",
        )
        self.assertNotEqual(partner.peppol_eas, "0007")
        partner.country_id = self._get_country("se")
        self.assertEqual(
            (partner.peppol_eas, partner.peppol_endpoint), ("0007", "5566778899")
        )


@tagged("post_install", "-at_install")
class TestL10nSeEinvoice(L10nSeSupportCommon):
    """The XML of an e-invoice, field by field, and as validators read it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "company_registry": "123456-7897",
                "l10n_se_f_tax": True,
                "street": "Storgatan 1",
                "city": "Umeå",
                "zip": "90325",
                "email": "info@example.com",
                "phone": "+46 90 123456",
            }
        )
        owner = cls.company.partner_id
        owner.bank_ids.unlink()
        bank = cls.env["res.bank"].create({"name": "Banken", "bic": "ESSESESS"})
        cls.env["res.partner.bank"].create(
            [
                {"partner_id": owner.id, "acc_number": "5050-1055"},
                {
                    "partner_id": owner.id,
                    "acc_number": "SE4550000000058398257466",
                    "bank_id": bank.id,
                },
            ]
        )
        cls.swedish.write(
            {
                "company_registry": "556677-8899",
                "vat": "SE556677889901",
                "ref": "K-1044",
                "street": "Ågatan 2",
                "city": "Luleå",
                "zip": "97231",
            }
        )
        for customer in (cls.finnish, cls.norwegian):
            customer.write({"street": "Katu 1", "city": "Oulu", "zip": "90100"})

    def setUp(self):
        super().setUp()
        # What a test commits would be there in the next.
        self.repository = self._create_repository()
        self.repository.commit(module_files("workshop", 12345))

    def _bill(self, customer=None, order="PO 77", reference="Eva Björk"):
        contract = self._create_contract(
            services=[("maintenance", "2026-09-01")],
            partner_id=(customer or self.swedish).id,
            billing_order_number=order,
            billing_reference=reference,
        )
        self.instance = self._create_instance(contract, self.repository)
        contract.action_activate()
        self._run_cron("2026-10-01")
        self.assertFalse(contract.billing_error)
        return contract.invoice_ids

    def _export(self, move):
        xml, errors = self.env["account.edi.xml.ubl_bis3"]._export_invoice(move)
        return etree.fromstring(xml), xml, errors

    def _read(self, root, path):
        return [one.text for one in root.findall(path, NS)]

    def _check_rules(self, xml):
        self.assertEqual(validate_xsd(xml), (True, []))
        fatal = [str(one) for one in check_rules(xml) if one.severity == "fatal"]
        self.assertFalse(fatal)

    def test_references_periods_and_payment(self):
        invoice = self._bill()
        root, xml, errors = self._export(invoice)
        self.assertFalse(errors)
        self._check_rules(xml)
        contract = invoice.support_contract_ids
        payment = "cac:PaymentMeans/"
        account = f"{payment}cac:PayeeFinancialAccount/"
        seller = "cac:AccountingSupplierParty/cac:Party/"
        buyer = "cac:AccountingCustomerParty/cac:Party/"
        for path, expected in (
            ("cbc:BuyerReference", ["Eva Björk"]),
            ("cac:OrderReference/cbc:ID", ["PO 77"]),
            ("cac:BillingReference", []),
            ("cac:ContractDocumentReference/cbc:ID", [contract.name]),
            ("cac:InvoicePeriod/cbc:StartDate", ["2026-09-01"]),
            ("cac:InvoicePeriod/cbc:EndDate", ["2026-09-30"]),
            ("cac:InvoiceLine/cac:InvoicePeriod/cbc:StartDate", ["2026-09-01"]),
            ("cac:Delivery/cbc:ActualDeliveryDate", ["2026-09-30"]),
            (f"{payment}cbc:PaymentMeansCode", ["30"]),
            (f"{payment}cbc:PaymentID", [invoice.payment_reference]),
            (f"{account}cbc:ID", ["50501055"]),
            (f"{account}cac:FinancialInstitutionBranch/cbc:ID", ["SE:BANKGIRO"]),
            (f"{seller}cac:PartyLegalEntity/cbc:CompanyID", ["1234567897"]),
            (
                f"{seller}cac:PartyTaxScheme/cbc:CompanyID",
                ["SE123456789701", "Godkänd för F-skatt"],
            ),
            (f"{seller}cac:PartyTaxScheme/cac:TaxScheme/cbc:ID", ["VAT", "TAX"]),
            (f"{buyer}cbc:EndpointID", ["5566778899"]),
            (f"{buyer}cac:PartyLegalEntity/cbc:CompanyID", ["5566778899"]),
            (f"{buyer}cac:PartyTaxScheme/cbc:CompanyID", ["SE556677889901"]),
            ("cac:LegalMonetaryTotal/cbc:PayableAmount", ["27900.00"]),
            (
                "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:ID",
                ["S"],
            ),
        ):
            self.assertEqual(self._read(root, path), expected, path)
        invoice.partner_bank_id = self.env["res.partner.bank"].create(
            {"partner_id": self.company.partner_id.id, "acc_number": "28 65 43-4"}
        )
        root, xml, errors = self._export(invoice)
        self.assertFalse(errors)
        self._check_rules(xml)
        self.assertEqual(self._read(root, f"{account}cbc:ID"), ["2865434"])
        self.assertEqual(
            self._read(root, f"{account}cac:FinancialInstitutionBranch/cbc:ID"),
            ["SE:PLUSGIRO"],
        )

    def test_no_reference_says_what_to_do(self):
        invoice = self._bill(order=False, reference=False)
        root, _xml, errors = self._export(invoice)
        self.assertEqual(self._read(root, "cac:OrderReference"), [])
        [error] = errors
        self.assertIn("receives e-invoices only with a reference", error)

    def test_correction_names_what_it_corrects(self):
        """What is given back of September stands on October's invoice."""
        invoice = self._bill()
        correction = self._correct(invoice, 6000)
        self._run_cron("2026-11-01")
        self.assertEqual(correction.move_id.move_type, "out_invoice")
        self._assert_names(correction.move_id, invoice)
        # The period of the document spans those of its lines.
        root, _xml, _errors = self._export(correction.move_id)
        for name, day in (("StartDate", "2026-09-01"), ("EndDate", "2026-10-31")):
            self.assertEqual(self._read(root, f"cac:InvoicePeriod/cbc:{name}"), [day])

    def test_credit_note_by_hand_names_what_it_credits(self):
        """By Odoo's own wizard, whose reference is “Reversal of …”."""
        invoice = self._bill()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": "Too much"})
        )
        credit = invoice.browse(wizard.refund_moves()["res_id"])
        credit.action_post()
        self.assertIn("Reversal of", credit.ref)
        self._assert_names(credit, invoice)

    def _assert_names(self, move, invoice):
        root, xml, errors = self._export(move)
        self.assertFalse(errors)
        self._check_rules(xml)
        named = "cac:BillingReference/cac:InvoiceDocumentReference/"
        for path, expected in (
            (f"{named}cbc:ID", [invoice.name]),
            (f"{named}cbc:IssueDate", ["2026-10-01"]),
            ("cac:OrderReference/cbc:ID", ["PO 77"]),
            ("cbc:BuyerReference", ["Eva Björk"]),
        ):
            self.assertEqual(self._read(root, path), expected, path)

    def test_services_abroad_are_no_goods(self):
        """Reverse charge in the EU (AE), nothing due outside it (G), never K."""
        for customer, category, reason in (
            (self.finnish, "AE", "VATEX-EU-AE"),
            (self.norwegian, "G", "VATEX-EU-G"),
        ):
            root, xml, errors = self._export(self._bill(customer))
            self.assertFalse(errors)
            self._check_rules(xml)
            account = "cac:PaymentMeans/cac:PayeeFinancialAccount/"
            for path, expected in (
                (f"{SUBTOTAL}cbc:ID", [category]),
                (f"{SUBTOTAL}cbc:TaxExemptionReasonCode", [reason]),
                (f"{account}cbc:ID", ["SE4550000000058398257466"]),
                (
                    f"{account}cac:FinancialInstitutionBranch/cbc:ID",
                    ["ESSESESS"],
                ),
                ("cac:LegalMonetaryTotal/cbc:PayableAmount", ["22320.00"]),
            ):
                self.assertEqual(self._read(root, path), expected, path)
            # UBL-SR-53, which the validator does not know.
            for scheme in root.iterfind(".//cac:PartyTaxScheme", NS):
                self.assertTrue(scheme.findtext("cbc:CompanyID", namespaces=NS))

    def test_exempt_on_request(self):
        """Some receivers want E, with the reason that the accountant chooses."""
        self._chart("sale_tax_services_NEC").write(
            {
                "ubl_cii_tax_category_code": "E",
                "ubl_cii_tax_exemption_reason_code": "VATEX-EU-132",
            }
        )
        root, xml, errors = self._export(self._bill(self.norwegian))
        self.assertFalse(errors)
        self._check_rules(xml)
        self.assertEqual(self._read(root, f"{SUBTOTAL}cbc:ID"), ["E"])

    def test_outside_the_scope_of_vat(self):
        """BR-O: no VAT number and no rate; nothing else beside it."""
        self.env["l10n_se.support.setup"].create({}).action_correct()
        self._chart("sale_tax_services_NEC").write(
            {
                "ubl_cii_tax_category_code": "O",
                "ubl_cii_tax_exemption_reason_code": "VATEX-EU-O",
            }
        )
        self.norwegian.vat = "NO072274687MVA"
        move = self._bill(self.norwegian)
        root, xml, errors = self._export(move)
        self.assertFalse(errors)
        self._check_rules(xml)
        self.assertEqual(self._read(root, f"{SUBTOTAL}cbc:ID"), ["O"])
        self.assertFalse(root.findall(".//cbc:Percent", NS))
        self.assertEqual(
            self._read(root, ".//cac:PartyTaxScheme/cbc:CompanyID"),
            ["Godkänd för F-skatt"],
        )
        other = move.copy({"invoice_date": "2026-10-02"})
        other.invoice_line_ids += other.invoice_line_ids[0].copy(
            {
                "move_id": other.id,
                "tax_ids": [Command.set(self._chart("sale_tax_25_services").ids)],
            }
        )
        other.action_post()
        self.assertIn("outside the scope", " ".join(self._export(other)[2]))

    def test_category_that_somebody_chose_stays(self):
        tax = self._chart("sale_tax_services_NEC")
        tax.ubl_cii_tax_category_code = "E"
        self.company._l10n_se_set_tax_categories()
        self.assertEqual(tax.ubl_cii_tax_category_code, "E")

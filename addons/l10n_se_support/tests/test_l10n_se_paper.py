# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
import re

from lxml import etree

from odoo import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import format_date, formatLang
from odoo.tools.pdf import OdooPdfFileReader

from odoo.addons.support_contract_billing.invoicing import bill_at_once
from odoo.addons.support_instance.tests.repository import module_files

from .common import L10nSeSupportCommon

NS = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


@tagged("post_install", "-at_install")
class TestL10nSePaper(L10nSeSupportCommon, HttpCase):
    """The PDF of an invoice, read back as text, and its XML: both say the same."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "company_registry": "123456-7897",
                "l10n_se_f_tax": True,
                "l10n_se_seat": "Umeå",
                "l10n_se_round_totals": True,
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
        # As the demo; the wkhtmltopdf of tests prints larger than others do.
        cls.env["report.paperformat"].search([]).dpi = 110
        for customer in (cls.finnish, cls.norwegian):
            customer.write({"street": "Katu 1", "city": "Oulu", "zip": "90100"})

    def setUp(self):
        super().setUp()
        # What a test commits would be there in the next.
        self.repository = self._create_repository()
        self.repository.commit(module_files("workshop", 12345))

    def _bill(
        self,
        customer,
        services=(("maintenance", "2026-09-01"),),
        day="2026-10-01",
        **vals,
    ):
        """The invoice for September, on the first of October."""
        contract = self._create_contract(
            services=services,
            partner_id=customer.id,
            **{
                "billing_order_number": "PO 77",
                "billing_reference": "Eva Björk",
                **vals,
            },
        )
        self._create_instance(contract, self.repository)
        contract.action_activate()
        with self._on(day):
            return bill_at_once(contract)

    def _reverse(self, invoice):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": invoice.journal_id.id,
                    "reason": "Too much",
                    "date": "2026-10-05",
                }
            )
        )
        credit = invoice.browse(wizard.refund_moves()["res_id"])
        credit.action_post()
        return credit

    def _print(self, move):
        """The text of the PDF; a line break is a space."""
        Report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        content, kind = Report._render_qweb_pdf("account.account_invoices", move.ids)
        self.assertEqual(kind, "pdf")
        pages = OdooPdfFileReader(io.BytesIO(content)).pages
        self.assertEqual(len(pages), 1)
        text = re.sub(r"[\s\u200b]+", " ", pages[0].extract_text())
        # A field begins a word of its own in the text of a PDF.
        return re.sub(r" (?=[.,;])", "", text)

    def _export(self, move):
        xml, errors = self.env["account.edi.xml.ubl_bis3"]._export_invoice(move)
        self.assertFalse(errors)
        return etree.fromstring(xml)

    def _assert_both(self, move, texts, nodes):
        """The PDF has these texts, and the e-invoice the same; both the usual ones.

        :param texts: what is printed besides
        :param nodes: {path in the XML: texts}
        :return: the text of the PDF
        """
        printed, root = self._print(move), self._export(move)
        company = self.company.partner_id
        total = "cac:LegalMonetaryTotal/"
        seller = "cac:AccountingSupplierParty/cac:Party/"
        for path, text, shown in (
            ("cbc:ID", move.name, move.name),
            (
                "cbc:IssueDate",
                str(move.invoice_date),
                format_date(self.env, move.invoice_date),
            ),
            ("cbc:BuyerReference", "Eva Björk", "Your Reference Eva Björk"),
            ("cac:OrderReference/cbc:ID", "PO 77", "Order Number PO 77"),
            (
                f"{total}cbc:PayableAmount",
                f"{move.amount_residual or 0:.2f}",
                self._format(move, move.amount_total),
            ),
            (
                f"{seller}cac:PartyLegalEntity/cbc:CompanyID",
                "1234567897",
                "Organisation number: 123456-7897",
            ),
            (
                f"{seller}cac:PartyTaxScheme/cbc:CompanyID",
                company.vat,
                f"VAT number: {company.vat}",
            ),
        ):
            self.assertEqual(root.findtext(path, namespaces=NS), text, path)
            self.assertIn(shown, printed)
        for path, expected in nodes.items():
            found = [one.text for one in root.findall(path, NS)]
            self.assertEqual(found, expected, path)
        for text in ("Seat: Umeå", "Approved for F-tax", *texts):
            self.assertIn(text, printed)
        return printed

    def _format(self, move, amount):
        text = formatLang(self.env, amount, currency_obj=move.currency_id)
        return re.sub(r"\s+", " ", text)

    def test_customer_at_home(self):
        """124 × 180.00 = 22,320.00, VAT 5,580.00, 27,900.00 in whole kronor already."""
        move = self._bill(self.swedish)
        account = "cac:PaymentMeans/cac:PayeeFinancialAccount/"
        printed = self._assert_both(
            move,
            [
                "124.00 180.00 25% 22,320.00 kr",
                "5,580.00 kr",
                f"Our Reference {move.invoice_user_id.name}",
                "Service Period 09/01/2026 – 09/30/2026",
                "Due Date 10/31/2026",
                f"Communication: {move.payment_reference}",
                "Bankgiro 5050-1055",
                "reference rate plus 8 percentage points a year",
                "VAT: SE556677889901",
                f"Agreement {move.support_contract_ids.name}",
            ],
            {
                "cac:InvoicePeriod/cbc:StartDate": ["2026-09-01"],
                "cac:InvoicePeriod/cbc:EndDate": ["2026-09-30"],
                "cac:InvoiceLine/cbc:InvoicedQuantity": ["124.0"],
                "cac:InvoiceLine/cac:Price/cbc:PriceAmount": ["180.0"],
                "cbc:DueDate": ["2026-10-31"],
                "cac:PaymentMeans/cbc:PaymentID": [move.payment_reference],
                f"{account}cbc:ID": ["50501055"],
                "cac:TaxTotal/cbc:TaxAmount": ["5580.00"],
                "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount": [],
            },
        )
        for text in ("Source", "IBAN", "BIC", "Reverse charge", "Corrects", "Rounding"):
            self.assertNotIn(text, printed)

    def test_rounded_total_without_late_interest(self):
        """512.50, VAT 128.13, rounded by 0.37 to 641.00."""
        self.company.l10n_se_late_interest = 0
        contract = self._create_contract(
            services=[("operations", "2026-09-01")],
            partner_id=self.swedish.id,
            billing_order_number="PO 77",
            billing_reference="Eva Björk",
        )
        contract.service_ids.price_unit = 512.5
        contract.action_activate()
        with self._on("2026-10-01"):
            move = bill_at_once(contract)
        printed = self._assert_both(
            move,
            ["512.50 kr", "128.13 kr", "Rounding 0.37 kr", "Total 641.00 kr"],
            {
                "cac:LegalMonetaryTotal/cbc:TaxInclusiveAmount": ["640.63"],
                "cac:LegalMonetaryTotal/cbc:PayableRoundingAmount": ["0.37"],
                "cac:LegalMonetaryTotal/cbc:PayableAmount": ["641.00"],
            },
        )
        self.assertNotIn("reference rate", printed)

    def test_customers_abroad(self):
        subtotal = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/"
        account = "cac:PaymentMeans/cac:PayeeFinancialAccount/"
        for customer, category, text in (
            (
                self.finnish,
                "AE",
                "Reverse charge: the buyer accounts for the VAT. VAT number of the "
                "seller SE123456789701, of the buyer FI12345671.",
            ),
            (self.norwegian, "G", "No Swedish VAT: services to a customer outside"),
        ):
            printed = self._assert_both(
                self._bill(customer),
                [text, "SE45 5000 0000 0583 9825 7466", "BIC: ESSESESS"],
                {
                    f"{subtotal}cbc:ID": [category],
                    f"{account}cbc:ID": ["SE4550000000058398257466"],
                    "cac:TaxTotal/cbc:TaxAmount": ["0.00"],
                },
            )
            self.assertNotIn("Bankgiro", printed)

    def test_worked_examples(self):
        """Posted, printed and exported.

        From 12 November: 22,320.00 × 19/30. An upgrade once. A Finnish customer without
        VAT number. Four of 10.10: VAT 10.10, and 50.50 goes up to 51.00.
        """
        self.finnish.vat = False
        four = self._create_by_hand(*4 * [self.product], price_unit=10.1)
        upgrade = self._create_by_hand(
            self.env.ref("support_contract.product_upgrade"), price_unit=9900.0
        )
        split = self._bill(self.swedish, [("maintenance", "2026-11-12")], "2026-12-01")
        for move, untaxed, tax, total, texts in (
            (
                split,
                14136.0,
                3534.0,
                17670.0,
                ["Service Period 11/12/2026 – 11/30/2026"],
            ),
            (upgrade, 9900.0, 2475.0, 12375.0, ["9,900.00 25% 9,900.00 kr"]),
            (
                self._bill(self.finnish),
                22320.0,
                5580.0,
                27900.0,
                ["25%", "SE45 5000 0000 0583 9825 7466"],
            ),
            (four, 40.4, 10.1, 51.0, ["Rounding 0.50 kr", "Total 51.00 kr"]),
        ):
            with self.subTest(total=total):
                self.assertEqual(move.state, "posted")
                rounded = round(total - untaxed - tax, 2)
                expected = {"1510": total, "30012": -untaxed, "2611": -tax}
                if rounded:
                    expected["3740"] = -rounded
                balances = {
                    account.code: round(sum(lines.mapped("balance")), 2)
                    for account, lines in move.line_ids.grouped("account_id").items()
                }
                self.assertEqual(balances, expected)
                self.assertEqual(self._get_boxes(move), {"05": untaxed, "10": tax})
                sum_path = "cac:LegalMonetaryTotal/cbc:"
                category = "cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:"
                self._assert_both(
                    move,
                    [
                        self._format(move, untaxed),
                        self._format(move, tax),
                        self._format(move, total),
                        *texts,
                    ],
                    {
                        f"{sum_path}TaxExclusiveAmount": [f"{untaxed:.2f}"],
                        f"{sum_path}TaxInclusiveAmount": [f"{untaxed + tax:.2f}"],
                        f"{sum_path}PayableRoundingAmount": [f"{rounded:.2f}"]
                        if rounded
                        else [],
                        "cac:TaxTotal/cbc:TaxAmount": [f"{tax:.2f}"],
                        f"{category}ID": ["S"],
                        f"{category}Percent": ["25.0"],
                    },
                )
        period = "cac:InvoiceLine/cac:InvoicePeriod/cbc:"
        root = self._export(split)
        self.assertEqual(
            [
                root.findtext(f"{period}{name}", namespaces=NS)
                for name in ("StartDate", "EndDate")
            ],
            ["2026-11-12", "2026-11-30"],
        )

    def _create_by_hand(self, *products, price_unit):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.swedish.id,
                "invoice_date": "2026-10-01",
                "ref": "PO 77",
                "support_customer_reference": "Eva Björk",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "price_unit": price_unit,
                            "start_date": "2026-09-01",
                            "end_date": "2026-09-30",
                        }
                    )
                    for product in products
                ],
            }
        )
        move.action_post()
        return move

    def test_corrections_name_what_they_correct(self):
        """A cut and a rise by us, and a credit note by Odoo's wizard."""
        invoice = self._bill(self.swedish)
        named = "cac:BillingReference/cac:InvoiceDocumentReference/"
        nodes = {
            f"{named}cbc:ID": [invoice.name],
            f"{named}cbc:IssueDate": ["2026-10-01"],
        }
        for lines, text in ((6000, "11,520.00 kr"), (13000, "12,600.00 kr")):
            correction = self._correct_charge(
                invoice.invoice_line_ids.support_charge_ids, lines, "2026-10-05"
            )
            with self._on("2026-10-06"):
                bill = correction.contract_id.sudo()._bill()
            words = "Corrects" if bill.move_type == "out_invoice" else "Credits"
            texts = [f"{words} invoice: {invoice.name}, 10/01/2026", text]
            self._assert_both(bill, texts, nodes)
        credit = self._reverse(invoice)
        self.assertIn("Reversal of", credit.ref)
        printed = self._assert_both(
            credit, [f"Credits invoice: {invoice.name}, 10/01/2026"], nodes
        )
        self.assertNotIn("Reversal", printed)

    def test_other_currency(self):
        """1,000.00 EUR and VAT of 250.00. By the invoice's day a euro is 11.25 kronor,
        VAT 2,812.50; by the last day of the service 11.00, VAT 2,750.00.
        """
        euro = self.env.ref("base.EUR")
        euro.active = True
        for day, rate in (("2026-09-30", 11.0), ("2026-10-01", 11.25)):
            self.env["res.currency.rate"].create(
                {
                    "name": day,
                    "currency_id": euro.id,
                    "inverse_company_rate": rate,
                    "company_id": self.company.id,
                }
            )
        for setting, rate, day, vat, base in (
            ("invoice", "11.25", "10/01/2026", 2812.5, "11,250.00 kr"),
            ("period", "11", "09/30/2026", 2750.0, "11,000.00 kr"),
        ):
            self.company.l10n_se_rate_day = setting
            move = self.env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.swedish.id,
                    "invoice_date": "2026-10-01",
                    "currency_id": euro.id,
                    "ref": "PO 77",
                    "support_customer_reference": "Eva Björk",
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "price_unit": 1000.0,
                                "start_date": "2026-09-01",
                                "end_date": "2026-09-30",
                            }
                        )
                    ],
                }
            )
            move.action_post()
            credit = self._reverse(move)
            for one, sign in ((move, 1), (credit, -1)):
                tax = one.line_ids.filtered("tax_line_id")
                self.assertEqual(-sign * tax.balance, vat)
                self.assertEqual(
                    self._get_boxes(one), {"05": sign * vat * 4, "10": sign * vat}
                )
                self._assert_both(
                    one,
                    [
                        "250.00 €",
                        base,
                        f"{vat:,.2f} kr",
                        f"1 EUR = {rate} SEK, exchange rate of {day}",
                    ],
                    {
                        "cbc:DocumentCurrencyCode": ["EUR"],
                        "cbc:TaxCurrencyCode": ["SEK"],
                        "cac:TaxTotal/cbc:TaxAmount": ["250.00", f"{vat:.2f}"],
                    },
                )

    def test_sent_in_demo_mode(self):
        """The XML carries the PDF and its specification; all is kept as it was sent."""
        self.env["ir.config_parameter"].set_param("account_peppol.edi.mode", "demo")
        self.swedish.invoice_sending_method = "peppol"
        key = (
            self.env["certificate.key"]
            .sudo()
            ._generate_rsa_private_key(self.company, name="peppol.key")
        )
        self.env["account_edi_proxy_client.user"].create(
            {
                "id_client": "support-demo",
                "company_id": self.company.id,
                "proxy_type": "peppol",
                "edi_mode": "demo",
                "edi_identification": "0007:1234567897",
                "refresh_token": "c2VjcmV0",
                "private_key_id": key.id,
            }
        )
        self.company.account_peppol_proxy_state = "sender"
        move = self._bill(self.swedish)
        Send = self.env["account.move.send"].with_context(force_report_rendering=True)
        move._queue_sending()
        Send._generate_and_send_invoices(move, from_cron=True)
        self.assertEqual(move.peppol_move_state, "processing")
        self.assertTrue(move.is_move_sent)
        root = etree.fromstring(move.ubl_cii_xml_id.raw)
        embedded = {
            node.get("filename"): base64.b64decode(node.text)
            for node in root.iterfind(".//cbc:EmbeddedDocumentBinaryObject", NS)
        }
        kept = move.invoice_pdf_report_id | move.support_specification_id
        self.assertEqual(embedded, {one.name: one.raw for one in kept})
        self.assertEqual(len(kept), 2)
        # What was sent stays in the messages, whatever becomes of the invoice.
        sent = move.message_ids.attachment_ids
        for one in move.invoice_pdf_report_id | move.ubl_cii_xml_id:
            self.assertIn(
                (one.name, one.raw), sent.mapped(lambda at: (at.name, at.raw))
            )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from stdnum import luhn

from odoo.tests import tagged

from .common import L10nSeSupportCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeJournal(L10nSeSupportCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_sale"]

    def _create_invoice(self):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.swedish.id,
                "invoice_line_ids": [
                    (0, 0, {"product_id": self.product.id, "price_unit": 100.0})
                ],
            }
        )

    def test_journals_of_a_new_chart_make_ocr_references(self):
        self.assertEqual(self.journal.invoice_reference_model, "se_ocr3")

    def test_other_countries_keep_the_proposal_of_odoo(self):
        self.company.country_id = self.env.ref("base.no")
        Journal = self.env["account.journal"]
        self.assertFalse(
            Journal.default_get(["invoice_reference_model"])[
                "invoice_reference_model"
            ].startswith("se_")
        )

    def test_unused_journal_gets_the_length_digit(self):
        self.journal.invoice_reference_model = "se_ocr2"
        self.env["account.journal"]._l10n_se_set_unused_journals()
        self.assertEqual(self.journal.invoice_reference_model, "se_ocr3")

    def test_journal_in_use_is_left_alone(self):
        self.journal.invoice_reference_model = "se_ocr2"
        self._create_invoice().action_post()
        self.env["account.journal"]._l10n_se_set_unused_journals()
        self.assertEqual(self.journal.invoice_reference_model, "se_ocr2")

    def test_choice_of_the_accountant_is_left_alone(self):
        self.journal.invoice_reference_model = "se_ocr4"
        self.env["account.journal"]._l10n_se_set_unused_journals()
        self.assertEqual(self.journal.invoice_reference_model, "se_ocr4")

    def test_chart_reload_keeps_the_choice(self):
        self.journal.invoice_reference_model = "euro"
        self.env["account.chart.template"].try_loading("se", self.company)
        self.assertEqual(self.journal.invoice_reference_model, "euro")

    def test_length_digit_of_short_reference(self):
        """126 and two digits are 5 digits long: 1265; its check digit is 8."""
        reference = self._create_invoice()._get_invoice_reference_se_ocr3("126")
        self.assertEqual(reference, "12658")

    def test_length_digit_of_ten_digits_is_zero(self):
        """12345678 and two digits are 10 digits long: 123456780, check digit 6."""
        reference = self._create_invoice()._get_invoice_reference_se_ocr3("12345678")
        self.assertEqual(reference, "1234567806")
        self.assertTrue(luhn.is_valid(reference))

    def test_reference_of_customer_with_organisation_number(self):
        """1234567897 and two digits are 12 long: 2; then check digit 0."""
        self.journal.invoice_reference_type = "partner"
        self.swedish.ref = "1234567897"
        move = self._create_invoice()
        move.action_post()
        self.assertEqual(move.payment_reference[:-1], "12345678972")
        self.assertTrue(luhn.is_valid(move.payment_reference))

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..reconciling import Reconciliation
from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportInvoiceGuard(SupportBillingCommon):
    """Whatever becomes of an invoice, it asks for what the charges say."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract(billing_policy="draft")

    def _bill(self, day="2026-10-01"):
        self._run_cron(day)
        return self.contract.invoice_ids.with_user(self.accountant)

    def test_line_that_was_edited_while_cancelled_is_not_taken_back(self):
        invoice = self._bill()
        line = invoice.invoice_line_ids.filtered("product_id")
        invoice.button_cancel()
        line.price_unit = 1.0
        with self.assertRaisesRegex(UserError, "has to stay at"):
            invoice.button_draft()

    def test_amount_in_the_books_is_not_posted(self):
        """No form offers them, and no check of a field sees them."""
        invoice = self._bill()
        line = invoice.invoice_line_ids.filtered("product_id")
        for name, value in (
            ("balance", -5.0),
            ("amount_currency", -5.0),
            ("credit", 5.0),
            ("price_subtotal", 5.0),
        ):
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, "has to stay at|stays as it is"),
                self.env.cr.savepoint(),
            ):
                line.write({name: value})
                self.env.flush_all()
                invoice.action_post()

    def test_rounding_of_other_lines_is_posted(self):
        """2 × 0.5 × 10.01 = 10.01, and 5.01 on each line: where taxes are rounded
        together, Odoo takes the difference off the largest line in the books.
        """
        self.company.tax_calculation_rounding_method = "round_globally"
        invoice = self._bill()
        line = invoice.invoice_line_ids.filtered("product_id")
        hours = {"name": "Hours", "quantity": 0.5, "price_unit": 10.01}
        hours["tax_ids"] = [Command.set(line.tax_ids.ids)]
        invoice.invoice_line_ids = [Command.create(hours), Command.create(hours)]
        self.assertEqual(line.amount_currency, -2399.99)
        with self.assertRaisesRegex(UserError, "has to stay"), self.env.cr.savepoint():
            line.write({"amount_currency": -2399.98})
            self.env.flush_all()
            invoice.action_post()
        invoice.action_post()
        self.assertEqual((invoice.state, invoice.amount_untaxed), ("posted", 2410.01))
        self.assertEqual(line.price_subtotal, 2400.0)

    def test_invoice_goes_to_the_invoice_address(self):
        address = self.env["res.partner"].create(
            {
                "name": "Invoices",
                "type": "invoice",
                "parent_id": self.customer.id,
                "email": "invoices@bjorkdal.example",
            }
        )
        invoice = self._bill()
        self.assertEqual(invoice.partner_id, address)
        self.assertEqual(invoice.commercial_partner_id, self.customer)

    def test_credit_note_that_is_reversed_asks_for_the_money_again(self):
        """The reconciliation names the invoice that no charge is behind."""
        self.contract.billing_policy = "post"
        invoice = self._bill()
        credit = self._reverse(invoice, support_reopen_charges=True)
        again = self._reverse(credit)
        self.assertEqual(again.move_type, "out_invoice")
        differences = Reconciliation(
            self.contract, date(2026, 9, 1), date(2026, 9, 30)
        ).get_differences()
        [found] = [one for one in differences if one["kind"] == "line_without_charge"]
        self.assertEqual((found["move"], found["found"]), (again, 2400.0))

    def _reverse(self, move, **vals):
        with self._on("2026-10-05"):
            wizard = (
                self.env["account.move.reversal"]
                .with_user(self.accountant)
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"journal_id": move.journal_id.id, **vals})
            )
            wizard.reverse_moves()
            reversal = move.reversal_move_ids
            reversal.action_post()
        return reversal

    # -- tax ------------------------------------------------------------------------

    def _create_position(self, *others):
        tax = self.type_operations.product_id.taxes_id
        abroad = self.env["account.tax"].create(
            {
                "name": "Reverse charge",
                "amount": 0,
                "type_tax_use": "sale",
                "original_tax_ids": [Command.set(tax.ids)],
            }
        )
        position = self.env["account.fiscal.position"].create(
            {"name": "Abroad", "tax_ids": [Command.set([abroad.id, *others])]}
        )
        self.customer.property_account_position_id = position
        return abroad

    def test_archived_tax_of_a_fiscal_position_fails(self):
        """Odoo would invoice without VAT, or with that of the seller's country."""
        unrelated = self.env["account.tax"].create(
            {"name": "Unrelated", "amount": 6, "type_tax_use": "sale"}
        )
        for others in ((), unrelated.ids):
            with self.subTest(others=bool(others)):
                self._create_position(*others).active = False
                self.assertFalse(self._bill())
                self.assertIn("Reverse charge", self.contract.billing_error)

    def test_tax_of_a_fiscal_position(self):
        abroad = self._create_position()
        [line] = self._bill().invoice_line_ids.filtered("product_id")
        self.assertEqual(line.tax_ids, abroad)

    # -- no tax at all ----------------------------------------------------------------

    def _get_sale_taxes(self):
        return self.env["account.tax"].search(
            [("type_tax_use", "=", "sale"), ("company_id", "=", self.company.id)]
        )

    def test_product_that_lost_its_taxes_fails(self):
        """Nobody leaves VAT out by emptying a field."""
        product = self.type_operations.product_id
        product.taxes_id = False
        self.assertFalse(self._bill())
        self.assertIn("has no tax in", self.contract.billing_error)
        self.assertIn(product.name, self.contract.billing_error)
        self.assertIn("zero percent if it is exempt", self.contract.billing_error)

    def test_taxes_of_another_company_are_none_here(self):
        other = self._create_company(name="Elsewhere")
        product = self.type_operations.product_id
        product.taxes_id = product.taxes_id.filtered(
            lambda tax: tax.company_id == other
        )
        self.assertTrue(product.taxes_id)
        self.assertFalse(self._bill())
        self.assertIn("has no tax in", self.contract.billing_error)

    def test_exempt_product_has_a_tax_of_nothing(self):
        exempt = self.env["account.tax"].create(
            {"name": "Exempt", "amount": 0, "type_tax_use": "sale"}
        )
        self.type_operations.product_id.taxes_id = exempt
        [line] = self._bill().invoice_line_ids.filtered("product_id")
        self.assertEqual(line.tax_ids, exempt)

    def test_tax_of_the_income_account_is_taken(self):
        product = self.type_operations.product_id
        account = product.product_tmpl_id.get_product_accounts()["income"]
        account.tax_ids = tax = self._get_sale_taxes()[0]
        product.taxes_id = False
        [line] = self._bill().invoice_line_ids.filtered("product_id")
        self.assertEqual(line.tax_ids, tax)

    def test_fiscal_position_without_taxes_explains_it(self):
        self.type_operations.product_id.taxes_id = False
        self.customer.property_account_position_id = self.env[
            "account.fiscal.position"
        ].create({"name": "Untaxed"})
        self.assertEqual(self._bill().amount_tax, 0)

    def test_company_without_sales_taxes_bills_without(self):
        self.type_operations.product_id.taxes_id = False
        self._get_sale_taxes().active = False
        self.assertEqual(self._bill().amount_untaxed, 2_400.0)

    # -- customer ----------------------------------------------------------------------

    def test_draft_that_is_given_to_another_customer_is_not_posted(self):
        """They would get the specification, and owe what is not theirs."""
        other = self.env["res.partner"].create({"name": "Somebody else"})
        invoice = self._bill()
        invoice.partner_id = other
        with (
            self.assertRaisesRegex(UserError, "is owed by Björkdal Snickeri AB"),
            self.env.cr.savepoint(),
        ):
            invoice.action_post()
        invoice.partner_id = self.customer
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

    def test_draft_to_another_address_of_the_customer_is_posted(self):
        invoice = self._bill()
        invoice.partner_id = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.customer.id}
        )
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportChargedLine(SupportBillingCommon):
    """A line that asks for a charge stays on its invoice and in the books.

    Operations cost 2,400.00 a month; the other customer owes 2,400.00 as well.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract(billing_policy="draft")
        cls.stranger = cls.env["res.partner"].create(
            {"name": "Fjällglass AB", "is_company": True}
        )
        cls.other = cls._create_active_contract(
            partner_id=cls.stranger.id, billing_policy="post"
        )

    def setUp(self):
        super().setUp()
        self._run_cron("2026-10-01")
        self.draft = self.contract.invoice_ids.with_user(self.accountant)
        self.posted = self.other.invoice_ids.with_user(self.accountant)
        self.assertEqual((self.draft.state, self.posted.state), ("draft", "posted"))
        self.line = self.draft.invoice_line_ids.filtered("product_id")

    def _assert_refused(self, action, message):
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            action()
            self.env.flush_all()
        self.env.invalidate_all()

    def test_line_does_not_move_to_another_invoice(self):
        outside = self.posted.with_context(skip_readonly_check=True)
        for target in (self.posted, outside, self.draft.copy()):
            for action in (
                lambda target=target: self.line.write({"move_id": target.id}),
                lambda target=target: target.write(
                    {"line_ids": [Command.link(self.line.id)]}
                ),
                lambda target=target: target.write(
                    {"invoice_line_ids": [Command.link(self.line.id)]}
                ),
            ):
                self._assert_refused(action, "stays as it is|readonly fields")
        self.assertEqual(self.line.move_id, self.draft)
        self.assertEqual(self.posted.amount_untaxed, 2400.0)

    def test_books_keep_debit_and_credit(self):
        posted = self.posted.invoice_line_ids.filtered("product_id")
        for line in (self.line, posted):
            self.assertEqual(line.credit, 2400.0)
            for vals in (
                {"credit": 1.0},
                {"debit": 2400.0},
                {"debit": 2400.0, "credit": 0.0},
                {"balance": -1.0},
                {"amount_currency": -1.0},
                {"balance": 2400.0, "amount_currency": 2400.0},
            ):
                with self.subTest(line.move_id.state, vals=vals):
                    self._assert_refused(
                        lambda line=line, vals=vals: line.write(vals), "stay"
                    )
            line.write({"credit": 2400.0, "debit": 0.0})
            self.assertEqual(line.credit, 2400.0)

    def test_other_lines_are_the_accountant_s(self):
        self.draft.invoice_line_ids = [
            Command.create({"name": "Travel", "price_unit": 100.0, "tax_ids": False})
        ]
        other = self.draft.invoice_line_ids - self.line
        other.price_unit = 150.0
        self.assertEqual(other.credit, 150.0)
        self.draft.invoice_date = "2026-10-03"
        self.draft.action_post()
        self.assertEqual(self.draft.amount_untaxed, 2550.0)
        self.assertEqual(self.line.credit, 2400.0)

    def test_charge_is_tied_to_its_customers_documents_alone(self):
        charge = self.contract.charge_ids.sudo()
        charge.former_line_ids = self.line
        charge.write({"state": "pending", "move_line_id": False})
        posted = self.posted.invoice_line_ids.filtered("product_id")
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.customer.id,
                "invoice_line_ids": [
                    Command.create({"name": "Bill", "price_unit": 2400.0})
                ],
            }
        )
        for line, message in (
            (posted, "is owed by"),
            (bill.invoice_line_ids, "no invoice to a customer"),
        ):
            self._assert_refused(
                lambda line=line: charge.write(
                    {"state": "invoiced", "move_line_id": line.id}
                ),
                message,
            )

    def test_posted_invoice_stays_with_who_owes_it(self):
        self._assert_refused(
            lambda: self.posted.with_context(skip_readonly_check=True).write(
                {"partner_id": self.customer.id}
            ),
            "is owed by",
        )
        # A draft may be prepared; it is checked when it is posted.
        self.draft.partner_id = self.stranger
        self._assert_refused(self.draft.action_post, "is owed by")

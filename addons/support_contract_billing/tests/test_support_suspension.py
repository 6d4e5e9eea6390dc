# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.tests import tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportSuspension(SupportBillingCommon):
    """Rights while an invoice is unpaid: by default nothing follows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suspending = cls.terms.copy(
            {
                "version": "suspends",
                "suspend_days": 30,
                "suspend_right_ids": [
                    Command.set(cls.env.ref("support_contract.right_operations").ids)
                ],
            }
        )
        cls.suspending.action_publish()

    def _invoice(self, terms):
        """September's operations, invoiced and due on 1 October."""
        contract = self._create_contract(
            [("operations", "2026-09-01")],
            terms_id=terms.id,
            billed_through="2026-08-31",
        )
        contract.action_activate()
        self._run_cron("2026-10-01")
        self.assertEqual(contract.invoice_ids.invoice_date_due, date(2026, 10, 1))
        return contract

    def _pay(self, invoice, day):
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"payment_date": day})._create_payments()

    def test_unpaid_invoice_suspends_nothing_by_default(self):
        contract = self._invoice(self.terms)
        self.assertTrue(contract._right("operations", date(2027, 6, 1)))

    def test_rights_rest_after_the_days_that_the_terms_give(self):
        contract = self._invoice(self.suspending)
        last, first = date(2026, 10, 31), date(2026, 11, 1)
        verdict = contract._right("operations", last)
        self.assertEqual((bool(verdict), verdict.changes_on), (True, first))
        verdict = contract._right("operations", first)
        self.assertFalse(verdict)
        self.assertFalse(verdict.changes_on)
        self.assertIn(contract.invoice_ids.name, verdict.reason)
        self.assertIn("due on 10/01/2026, is not paid", verdict.reason)
        # Another right goes on.
        self.assertTrue(contract._right("discount", first))
        # A consultant, who reads no invoices, gets the same answer.
        own = contract.with_user(self.consultant)._right("operations", first)
        self.assertFalse(own)

    def test_payment_gives_the_rights_back_on_its_day(self):
        contract = self._invoice(self.suspending)
        self._pay(contract.invoice_ids, "2026-11-15")
        verdict = contract._right("operations", date(2026, 11, 14))
        self.assertFalse(verdict)
        self.assertEqual(verdict.changes_on, date(2026, 11, 15))
        self.assertTrue(contract._right("operations", date(2026, 11, 15)))

    def test_payment_in_time_suspends_nothing(self):
        contract = self._invoice(self.suspending)
        self._pay(contract.invoice_ids, "2026-10-20")
        verdict = contract._right("operations", date(2026, 10, 2))
        self.assertTrue(verdict)
        self.assertFalse(verdict.changes_on)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportBacklog(SupportBillingCommon):
    """More than one missed month is never posted unattended, whatever is charged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract()

    def _agree(self, day, contract=None):
        with self._on(day):
            contract = contract or self.contract
            contract.with_user(self.accountant).action_approve_backlog()

    def _run_months(self, *days):
        for day in days:
            self._run_cron(day)

    # -- charges that came off their invoices ----------------------------------------

    def _delete_invoices(self, invoices):
        # The last number first, as Odoo has it.
        for invoice in invoices.with_user(self.accountant).sorted("id", reverse=True):
            invoice.button_draft()
            invoice.sudo().unlink()

    def test_charges_of_several_months_that_came_back_wait(self):
        self._run_months("2026-10-01", "2026-11-01")
        self._delete_invoices(self.contract.invoice_ids)
        self._run_months("2026-12-01")
        self.assertFalse(self.contract.invoice_ids)
        self.assertEqual(self.contract.charge_ids.mapped("state"), ["pending"] * 2)
        self.assertEqual(self.contract.billing_wait.count("2,400.00"), 2)
        self.assertIn("Operations, September 2026: ", self.contract.billing_wait)
        self._agree("2026-12-01")
        self._run_months("2026-12-01")
        self.assertEqual(self.contract.invoice_ids.amount_untaxed, 3 * 2_400.0)

    def test_one_deleted_draft_was_decided_by_who_deleted_it(self):
        """It goes on the next invoice with the month that is due then."""
        self._run_months("2026-10-01")
        self._delete_invoices(self.contract.invoice_ids)
        self._run_months("2026-11-01")
        self.assertFalse(self.contract.billing_wait)
        self.assertEqual(self.contract.invoice_ids.amount_untaxed, 2 * 2_400.0)

    def test_month_in_two_parts_is_one_month(self):
        with self._on("2026-09-10"):
            self.contract._amend(
                self.company._support_today().replace(day=15),
                "Agreed",
                [(self.contract.service_ids, {"price_unit": 3_000.0})],
            )
        self._run_months("2026-10-01")
        self.assertEqual(len(self.contract.charge_ids), 2)
        self._delete_invoices(self.contract.invoice_ids)
        self._run_months("2026-11-01")
        self.assertEqual(set(self.contract.charge_ids.mapped("state")), {"invoiced"})

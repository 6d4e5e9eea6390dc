# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.support_contract_billing.previewing import preview_invoices

from .common import SupportUsageCommon


@tagged("post_install", "-at_install")
class TestSupportUsageBacklog(SupportUsageCommon):
    """Usage of more than one missed month is never posted unattended."""

    def _agree(self, day, contract=None):
        with self._on(day):
            contract = contract or self.contract
            contract.with_user(self.accountant).action_approve_backlog()

    def _run_months(self, *days):
        for day in days:
            self._run_cron(day)

    def test_several_earlier_months_of_usage_wait(self):
        """November is regular on 1 December; September and October were missed."""
        self._run_months("2026-10-01", "2026-11-01")
        self._record(
            self._row(date="2026-09-15", quantity=100, reference="sep"),
            self._row(date="2026-10-15", quantity=10, reference="oct"),
            self._row(date="2026-11-15", quantity=2, reference="nov"),
            day="2026-11-30",
        )
        self._run_months("2026-12-01")
        self.assertFalse(self._get_usage_charges())
        self.assertEqual(len(self.contract.invoice_ids), 2)
        for line in (
            "OCR scans, September 2026: ",
            "OCR scans, October 2026: ",
            "OCR scans, November 2026: ",
            "150.00",
            "15.00",
            "3.00",
        ):
            self.assertIn(line, self.contract.billing_wait)
        self._agree("2026-12-01")
        self._run_months("2026-12-01")
        self.assertEqual(self._get_usage_charges().mapped("amount"), [150.0, 15.0, 3.0])
        self.assertEqual(set(self._get_usage_charges().mapped("state")), {"invoiced"})
        self.assertRecordValues(
            self.contract, [{"billing_wait": False, "backlog_approved": False}]
        )

    def test_one_earlier_month_of_usage_came_late_and_is_posted(self):
        self._run_months("2026-10-01")
        self._record(
            self._row(date="2026-09-15", quantity=10, reference="sep"),
            self._row(date="2026-10-15", quantity=2, reference="oct"),
            day="2026-10-31",
        )
        self._run_months("2026-11-01")
        self.assertEqual(self._get_usage_charges().mapped("amount"), [15.0, 3.0])

    def test_grace_days_make_no_usage_late(self):
        """60 days: September's month is invoiced on 30 November, with all usage."""
        contract = self._create_active_contract(
            terms_id=self.metered.id, billing_grace_days=60
        )
        rows = [
            self._row(contract=contract.name, date=f"2026-{month}-15", reference=month)
            for month in ("09", "10")
        ]
        self._record(*rows, day="2026-11-01")
        self._run_months("2026-11-30")
        self.assertEqual(set(self._get_usage_charges(contract).mapped("amount")), {468})

    def test_preview_of_usage_that_waits_says_so(self):
        self._run_months("2026-10-01", "2026-11-01")
        self._record(
            self._row(date="2026-09-15", reference="sep"),
            self._row(date="2026-10-15", reference="oct"),
            day="2026-12-01",
        )
        with self._on("2026-12-01"):
            (preview,) = preview_invoices(self.contract, self.company._support_today())
        self.assertIn("More than one month", preview.error)

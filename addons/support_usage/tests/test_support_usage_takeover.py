# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import tagged

from .common import SupportUsageCommon


@tagged("post_install", "-at_install")
class TestSupportUsageTakeover(SupportUsageCommon):
    def test_usage_is_shared_by_days(self):
        """10 × 1.50 before, 30 × 1.50 afterwards."""
        heir = self.env["res.partner"].create(
            {"name": "Björkdal Möbler AB", "is_company": True}
        )
        self._run_cron("2026-10-01")
        self._record(
            self._row(date="2026-10-05", quantity=10, reference="a"), day="2026-10-05"
        )
        with self._on("2026-10-12"):
            self.contract._amend(
                date(2026, 10, 12), "Merger", [(self.contract, {"partner_id": heir.id})]
            )
        self._record(
            self._row(date="2026-10-20", quantity=30, reference="b"), day="2026-10-20"
        )
        self._run_cron("2026-11-01")
        charges = self._get_usage_charges()
        self.assertRecordValues(
            charges,
            [
                {"partner_id": self.customer.id, "amount": 15.0},
                {"partner_id": heir.id, "amount": 45.0},
            ],
        )
        self.assertEqual(charges.mapped("move_id.partner_id"), self.customer | heir)
        self.assertEqual(len(self.contract.invoice_ids), 3)

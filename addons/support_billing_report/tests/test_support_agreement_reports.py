# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import tagged

from odoo.addons.support_contract_billing.tests.test_support_charge_agreement import (
    SupportAgreementCommon,
)


@tagged("post_install", "-at_install")
class TestSupportAgreementReports(SupportAgreementCommon):
    """What is earned, and the recurring revenue, when an agreement changes after it was
    charged.
    """

    def test_earlier_first_day_is_earned_before_it_is_charged(self):
        contract = self._create_active_contract([("operations", "2026-09-12")])
        self._run_cron("2026-10-01")
        self._amend(
            contract, "2026-10-05", (contract.service_ids, {"date_start": "2026-09-05"})
        )
        with self._on("2026-10-05"):
            found = contract.service_ids._get_earned_uncharged(date(2026, 9, 30))
        self.assertEqual([amount for _vals, amount in found], [560.0])

    def test_earned_by_day(self):
        """880.00 on the 11th, and no more on the days after."""
        contract = self._charged()
        self._end(contract.service_ids, "2026-11-11")
        for day, earned in ((11, 880.0), (12, 880.0), (20, 880.0), (30, 880.0)):
            total = sum(
                charge._get_earned_on(date(2026, 11, day))
                for charge in contract.charge_ids
            )
            self.assertAlmostEqual(total, earned, 2, day)

    def _movements(self, contract):
        self.env.invalidate_all()
        rows = self.env["support.revenue.report"].search(
            [("contract_id", "=", contract.id)], order="month, movement"
        )
        return [(row.month.month, row.movement, row.amount) for row in rows]

    def test_revenue_is_that_of_a_change_known_before(self):
        contract = self._create_active_contract(
            [("operations", "2026-10-01")], terms_id=self.terms_advance.id
        )
        self._run_cron("2026-10-01")
        self._run_cron("2026-11-01")
        self._amend(
            contract, "2026-11-11", (contract.service_ids, {"price_unit": 1_800.0})
        )
        self.assertEqual(
            self._movements(contract),
            [
                (10, "new", 2_400.0),
                (11, "kept", 2_400.0),
                (11, "price", -600.0),
            ],
        )
        self._end(contract.service_ids, "2026-11-20", "2026-11-15")
        self.assertEqual(
            self._movements(contract)[3:],
            [(12, "ended", -1_800.0), (12, "kept", 1_800.0)],
        )
        self._end(contract.service_ids, "2026-10-31", "2026-11-16")
        self.assertEqual(
            self._movements(contract),
            [(10, "new", 2_400.0), (11, "ended", -2_400.0), (11, "kept", 2_400.0)],
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportForecast(SupportBillingCommon):
    """What months to come cost."""

    def _forecast(self, contract):
        self.env["support.forecast"]._open(contract)
        return self.env["support.forecast"].search([("contract_id", "=", contract.id)])

    def test_twelve_months_with_all_that_is_known(self):
        """Operations 2,400.00; from January 2,600.00 by amendment; patch ends on 15
        December: 495.00 × 15/31 = 239.52; a discount of 50 % in February.
        """
        contract = self._create_active_contract(
            [("operations", "2026-09-01"), ("patch", "2026-09-01")]
        )
        operations, patch = contract.service_ids
        with self._on("2026-10-10"):
            contract._amend(
                date(2027, 1, 1), "Price", [(operations, {"price_unit": 2600.0})]
            )
            contract._amend(
                date(2026, 10, 10), "End", [(patch, {"date_end": "2026-12-15"})]
            )
            contract._amend(
                date(2027, 2, 1),
                "Half",
                [
                    (
                        self.env["support.contract.condition"],
                        {
                            "contract_id": contract.id,
                            "key": "discount",
                            "type_id": operations.type_id.id,
                            "value": 50.0,
                            "date_start": "2027-02-01",
                            "date_end": "2027-02-28",
                        },
                    )
                ],
            )
            rows = self._forecast(contract)
        fees = {
            service: [
                (row.month.strftime("%Y-%m"), row.amount)
                for row in rows.filtered(lambda row, s=service: row.service_id == s)
            ]
            for service in contract.service_ids
        }
        self.assertEqual(
            fees[patch],
            [("2026-10", 495.0), ("2026-11", 495.0), ("2026-12", 239.52)],
        )
        self.assertEqual(
            [fee for _month, fee in fees[operations]],
            [2400.0] * 3 + [2600.0, 1300.0] + [2600.0] * 7,
        )
        self.assertEqual(fees[operations][0][0], "2026-10")
        self.assertEqual(fees[operations][-1][0], "2027-09")
        self.assertEqual(rows[0].date, date(2026, 11, 1))

    def test_forecast_equals_what_is_charged(self):
        contract = self._create_active_contract(
            [("operations", "2026-09-12"), ("patch", "2026-09-01")]
        )
        with self._on("2026-09-01"):
            rows = self._forecast(contract)
        expected = sorted(
            (row.service_id.id, row.period_start, row.period_end, row.amount)
            for row in rows
            if row.month < date(2026, 12, 1)
        )
        with self._on("2026-12-01"):
            contract.sudo()._bill()
        self.assertEqual(
            expected,
            sorted(
                (c.service_id.id, c.period_start, c.period_end, c.amount)
                for c in contract.charge_ids
            ),
        )

    def test_r06_usage_is_left_out_and_said_so(self):
        ocr = self.env.ref("support_contract_billing.service_type_ocr")
        terms = self.terms.copy()
        terms.price_ids = [Command.create({"type_id": ocr.id, "price_unit": 1.5})]
        terms.action_publish()
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.terms_id = terms
        contract.service_ids = [
            Command.create({"type_id": ocr.id, "date_start": "2026-09-01"})
        ]
        contract.action_activate()
        with self._on("2026-10-10"):
            rows = self._forecast(contract)
        usage = rows.filtered(lambda row: row.kind == "usage")
        self.assertEqual(usage.type_id, ocr)
        self.assertEqual(usage.amount, 0.0)
        self.assertEqual(sum(rows.mapped("amount")), 12 * 2400.0)

    def test_a_contract_without_count_does_not_stop_the_others(self):
        bad = self._create_contract([("maintenance", "2026-09-01")])
        self._create_instance(bad, self._create_repository())
        bad.action_activate()
        fine = self._create_active_contract()
        with self._on("2026-10-10"):
            self.env["support.forecast"]._open(bad + fine)
            all_rows = self.env["support.forecast"].search([])
        self.assertEqual(
            all_rows.filtered(lambda row: row.contract_id == bad).mapped("kind"),
            ["failed"],
        )
        self.assertEqual(
            len(all_rows.filtered(lambda row: row.contract_id == fine)), 12
        )

    def test_who_may_forecast(self):
        contract = self._create_active_contract()
        contract.with_user(self.consultant).action_forecast()
        colleague = new_test_user(self.env, "support_nobody_else")
        with self.assertRaises(AccessError):
            self.env["support.forecast"].with_user(colleague).action_open()

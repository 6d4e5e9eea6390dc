# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportForecast(SupportBillingCommon):
    """What months to come cost: the forecast, and what-if."""

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

    # -- what if ----------------------------------------------------------------

    def _what_if(self, contract, user=None):
        action = contract.with_user(user or self.env.user).action_what_if()
        return (
            self.env["support.what.if"]
            .with_user(user or self.env.user)
            .browse(action["res_id"])
        )

    def test_what_if_an_end_and_a_new_service(self):
        """Operations until 15 November: 2,400.00 × 15/30; patch from the 21st: 495.00 ×
        10/30.
        """
        contract = self._create_active_contract()
        with self._on("2026-10-10"):
            what_if = self._what_if(contract, self.consultant)
            self.assertEqual(what_if.month, date(2026, 11, 1))
            self.assertEqual(what_if.fee_then, 2400.0)
            with Form(what_if) as form:
                with form.line_ids.edit(0) as line:
                    line.date_end = "2026-11-15"
                with form.line_ids.new() as line:
                    line.type_id = self.type_patch
                    line.date_start = "2026-11-21"
                self.assertEqual(form.fee_then, 1365.0)
                self.assertEqual(form.difference, -1035.0)
            self.assertIn("15/30", what_if.line_ids[0].calculation)
            self.assertEqual(what_if.line_ids.mapped("fee_then"), [1200.0, 165.0])
        self.assertFalse(contract.service_ids.date_end)
        self.assertEqual(len(contract.service_ids), 1)

    def test_what_if_other_lines_and_a_service_less(self):
        """1,201 lines: 13 × 180.00 = 2,340.00, and no operations."""
        contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")]
        )
        self._create_instance(contract, self._create_repository())
        contract.action_activate()
        with self._on("2026-10-10"):
            what_if = self._what_if(contract)
            with Form(what_if) as form:
                form.change_lines = True
                form.lines = 1201
                position = what_if.line_ids.type_id.ids.index(self.type_operations.id)
                form.line_ids.remove(position)
                self.assertEqual(form.fee_now, 2400.0)  # nothing was counted yet
                self.assertEqual(form.fee_then, 2340.0)
            self.assertIn("1,201 lines", what_if.line_ids.calculation)
            self.assertEqual(what_if.removed_ids.type_id, self.type_operations)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import Form, tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportWhatIf(SupportBillingCommon):
    """What a month would cost otherwise."""

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

    def test_what_if_of_a_month_beyond_reason(self):
        with self._on("2026-09-20"):
            contract = self._create_active_contract().with_user(self.manager)
            what_if = self._what_if(contract, self.manager)
            for month in ("9999-12-01", "0001-01-01"):
                what_if.month = month
                self.assertEqual(what_if.fee_now, 0.0)
                self.assertIn("Choose a month", what_if.line_ids[0].calculation)
            what_if.month = "2026-10-01"
            self.assertEqual(what_if.fee_now, 2400.0)
            line = what_if.line_ids[0]
            line.date_end = "9999-12-31"
            self.assertEqual(line.fee_then, 2400.0)
            line.date_start = "9999-12-01"
            self.assertEqual(line.fee_then, 0.0)
            line.date_start = "0001-01-01"
            self.assertEqual(line.fee_then, 2400.0)

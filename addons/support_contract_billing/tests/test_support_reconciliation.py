# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..crediting import reopen
from ..reconciling import Reconciliation
from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportReconciliation(SupportBillingCommon):
    """What differs between contracts and invoices."""

    def _bill(self, contract, day):
        with self._on(day):
            return contract.sudo()._bill()

    def _differences(self, contract, day="2026-12-15"):
        with self._on(day):
            return [
                (
                    difference["kind"],
                    str(difference["period"].start) if "period" in difference else "",
                    difference.get("expected", 0.0),
                )
                for difference in Reconciliation(
                    contract.sudo(), date(2026, 9, 1), date(2026, 11, 30)
                ).get_differences()
            ]

    def test_all_is_well(self):
        contract = self._create_active_contract(
            [("operations", "2026-09-12"), ("patch", "2026-10-01")]
        )
        for day in ("2026-10-01", "2026-11-01", "2026-12-01"):
            self._bill(contract, day)
        self.assertEqual(self._differences(contract), [])

    def test_missing_month_and_missing_days(self):
        """Nobody billed November; 11 days of a service that was moved forward."""
        contract = self._create_active_contract([("operations", "2026-09-12")])
        self._bill(contract, "2026-11-01")
        with self._on("2026-11-02"):
            contract._amend(
                date(2026, 9, 1),
                "Began earlier",
                [(contract.service_ids, {"date_start": "2026-09-01"})],
            )
        self.assertEqual(
            self._differences(contract),
            [
                ("missing", "2026-09-01", 880.0),  # 2,400.00 × 11/30
                ("missing", "2026-11-01", 2400.0),
            ],
        )

    def test_days_that_are_not_due_yet_are_not_missing(self):
        """In advance, another price from the 16th: those days are due on the 16th."""
        terms = self.terms.copy({"version": "ahead", "timing": "advance"})
        terms.action_publish()
        contract = self._create_active_contract(
            [("operations", "2026-11-01")], terms_id=terms.id
        )
        condition = {
            "contract_id": contract.id,
            "service_id": contract.service_ids.id,
            "key": "price",
            "value": 3000.0,
            "date_start": "2026-11-16",
        }
        with self._on("2026-10-20"):
            contract._amend(
                date(2026, 11, 16),
                "Agreed",
                [(self.env["support.contract.condition"], condition)],
            )
        self._bill(contract, "2026-11-01")
        for day in ("2026-11-01", "2026-11-15"):
            self.assertEqual(self._differences(contract, day), [])
        self.assertEqual(
            self._differences(contract, "2026-11-16"),
            [("missing", "2026-11-16", 1500.0)],
        )
        self._bill(contract, "2026-11-16")
        self.assertEqual(self._differences(contract, "2026-11-16"), [])

    def test_charges_and_invoices(self):
        contract = self._create_active_contract()
        moves = [
            self._bill(contract, day)
            for day in ("2026-10-01", "2026-11-01", "2026-12-01")
        ]
        charges = contract.charge_ids.sorted("period_start").sudo()
        with self._on("2026-12-02"):
            moves[0].button_draft()
            reopen(charges[1], "Came off")
        found = self._differences(contract)
        self.assertIn(("draft", "2026-09-01", 2400.0), found)
        self.assertIn(("no_line", "2026-10-01", 2400.0), found)
        charges[1]._decide("hold", "Customer asks")
        with self._unguarded():
            charges[2].amount = 2300.0
        found = self._differences(contract)
        self.assertIn(("held", "2026-10-01", 2400.0), found)
        self.assertIn(("amount", "2026-11-01", 2300.0), found)
        self.assertEqual(len(found), 3)
        charges[1]._decide("waive", "Goodwill")
        self.assertNotIn("held", [kind for kind, *_rest in self._differences(contract)])

    def test_charge_on_two_live_invoices(self):
        """It came off an invoice that is still posted, and is on the next one too."""
        contract = self._create_active_contract()
        moves = [
            self._bill(contract, day)
            for day in ("2026-10-01", "2026-11-01", "2026-12-01")
        ]
        charge = moves[0].invoice_line_ids.support_charge_ids.sudo()
        with self._on("2026-12-02"):
            reopen(charge, "Came off")
        again = self._bill(contract, "2026-12-02")
        self.assertEqual(charge.move_id, again)
        with self._on("2026-12-15"):
            [row] = Reconciliation(
                contract.sudo(), date(2026, 9, 1), date(2026, 11, 30)
            ).get_differences()
        self.assertEqual(
            (row["kind"], row["charge"], row["expected"], row["found"], row["note"]),
            ("double", charge, 2_400.0, 4_800.0, moves[0].display_name),
        )
        with self._on("2026-12-16"):
            moves[0]._reverse_moves(
                [{"date": "2026-12-16", "invoice_date": "2026-12-16"}], cancel=True
            )
        self.assertEqual(self._differences(contract, "2026-12-17"), [])

    def test_line_without_charge(self):
        contract = self._create_active_contract()
        for day in ("2026-10-01", "2026-11-01", "2026-12-01"):
            self._bill(contract, day)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": contract.partner_id.id,
                "invoice_date": "2026-11-05",
                "invoice_origin": contract.name,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.type_operations.product_id.id,
                            "quantity": 1,
                            "price_unit": 77.0,
                        }
                    )
                ],
            }
        )
        move.action_post()
        self.assertEqual(
            self._differences(contract), [("line_without_charge", "", 0.0)]
        )

    def test_what_nobody_meant_to_post(self):
        """A copy, half of an invoice given back, and one sent to somebody else."""
        contract = self._create_active_contract()
        moves = [
            self._bill(contract, day)
            for day in ("2026-10-01", "2026-11-01", "2026-12-01")
        ]
        copy = moves[0].copy({"invoice_date": "2026-10-05"})
        copy.action_post()
        self.assertEqual(
            self._differences(contract), [("line_without_charge", "", 0.0)]
        )
        copy.button_draft()
        copy.button_cancel()
        with self._on("2026-11-10"):
            credit = moves[1]._reverse_moves(
                [{"date": "2026-11-10", "invoice_date": "2026-11-10"}]
            )
            credit.invoice_line_ids.filtered("product_id").price_unit = 1000.0
            credit.action_post()
        with self._on("2026-12-02"):
            # No way of Odoo's leads there: it is refused.
            other = self.env["res.partner"].create({"name": "Other"})
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE account_move SET commercial_partner_id = %s WHERE id = %s",
                (other.id, moves[2].id),
            )
            moves[2].invalidate_recordset(["commercial_partner_id"], flush=False)
            (credited, customer) = Reconciliation(
                contract.sudo(), date(2026, 9, 1), date(2026, 11, 30)
            ).get_differences()
        self.assertEqual(
            (credited["kind"], credited["expected"], credited["found"]),
            ("credited", 2400.0, 1400.0),
        )
        self.assertEqual((customer["kind"], customer["note"]), ("customer", "Other"))

    def test_screen_of_differences(self):
        contract = self._create_active_contract()
        with self._on("2026-12-15"):
            wizard = (
                self.env["support.reconciliation"].with_user(self.accountant).create({})
            )
            self.assertEqual(wizard.date_end, date(2026, 11, 30))
            wizard.action_show()
            lines = (
                self.env["support.reconciliation.line"]
                .with_user(self.accountant)
                .search([("contract_id", "=", contract.id)])
            )
        self.assertEqual(lines.mapped("kind"), ["missing"] * 3)
        self.assertEqual(sum(lines.mapped("difference")), 7200.0)
        with self.assertRaises(AccessError):
            self.env["support.reconciliation"].with_user(self.consultant).create({})

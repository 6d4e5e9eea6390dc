# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportEarned(SupportBillingCommon):
    """Earned and not invoiced, and what differs between contracts and invoices."""

    def _bill(self, contract, day):
        with self._on(day):
            return contract.sudo()._bill()

    def _earned(self, contract, day):
        rows = contract._get_earned_rows(day)
        return (
            sum(row["earned"] for row in rows),
            sum(row["invoiced"] for row in rows),
        )

    def test_arrears_the_same_when_run_later(self):
        """2,400.00 a month; on 15 November: October is invoiced, of November 15/30."""
        contract = self._create_active_contract()
        self._bill(contract, "2026-10-01")
        self._bill(contract, "2026-11-01")
        with self._on("2026-11-16"):
            then = self._earned(contract, date(2026, 11, 15))
            end_of_october = self._earned(contract, date(2026, 10, 31))
        self.assertEqual(then, (1200.0, 0.0))
        # October is earned on its last day and invoiced on the day after.
        self.assertEqual(end_of_october, (2400.0, 0.0))
        self._bill(contract, "2026-12-01")
        self._bill(contract, "2027-01-01")
        with self._on("2027-01-10"):
            self.assertEqual(self._earned(contract, date(2026, 11, 15)), then)
            self.assertEqual(self._earned(contract, date(2026, 10, 31)), end_of_october)

    def test_advance_is_deferred(self):
        """3,100.00 for December in advance; on the 10th 1,000.00 are earned."""
        terms = self.terms.copy({"timing": "advance"})
        terms._get_price(self.type_operations).price_unit = 3100.0
        terms.action_publish()
        contract = self._create_active_contract(
            [("operations", "2026-12-01")], terms_id=terms.id
        )
        self._bill(contract, "2026-12-01")
        with self._on("2027-02-01"):
            contract.sudo()._bill()
            self.assertEqual(
                self._earned(contract, date(2026, 12, 10)), (1000.0, 3100.0)
            )
            # December is over; January is invoiced on 1 February only, by the backlog.
            self.assertEqual(self._earned(contract, date(2026, 12, 31)), (0.0, 0.0))

    def test_reversed_invoice_counted_until_then(self):
        contract = self._create_active_contract([("operations", "2026-09-01")])
        contract._amend(
            date(2026, 9, 1),
            "One month",
            [(contract.service_ids, {"date_end": "2026-09-30"})],
        )
        move = self._bill(contract, "2026-10-01")
        with self._on("2026-10-20"):
            contract.charge_ids._reopen("Reversed")
            move._reverse_moves(
                [{"date": "2026-10-20", "invoice_date": "2026-10-20"}], cancel=True
            )
            self.assertEqual(self._earned(contract, date(2026, 10, 10)), (0.0, 0.0))
            self.assertEqual(self._earned(contract, date(2026, 10, 20)), (2400.0, 0.0))
            self.assertEqual(self._earned(contract, date(2026, 9, 30)), (2400.0, 0.0))

    def test_screen_by_account(self):
        contract = self._create_active_contract()
        self._bill(contract, "2026-10-01")
        with self._on("2026-10-16"):
            wizard = (
                self.env["support.earned"]
                .with_user(self.accountant)
                .create({"day": "2026-10-15"})
            )
            wizard.action_show()
            line = self.env["support.earned.line"].with_user(self.accountant).search([])
        line = line.filtered(lambda row: row.contract_id == contract)
        # 2,400.00 × 15/31
        self.assertRecordValues(
            line,
            [
                {
                    "accrued": 1161.29,
                    "deferred": 0.0,
                    "estimated": True,
                    "account_id": contract.invoice_ids.invoice_line_ids.account_id.id,
                }
            ],
        )
        with self.assertRaises(AccessError):
            self.env["support.earned"].with_user(self.consultant).create({})

    def test_what_is_invoiced_ahead_keeps_the_rate_of_its_invoice(self):
        """3,100.00 for December, booked at 10 on the 1st; a unit is worth 20 from the
        5th on. On the 10th 10/31 are earned: 10,000.00 of 31,000.00.

        Patch, in arrears, has no invoice yet: 10/31 of 310.00 at the day's 20.
        """
        currency = self.setup_other_currency(
            "EUR", rates=[("2026-11-01", 0.1), ("2026-12-05", 0.05)]
        )
        terms = self.terms.copy({"currency_id": currency.id, "timing": "advance"})
        terms._get_price(self.type_operations).price_unit = 3_100.0
        terms.action_publish()
        late = self.terms.copy({"currency_id": currency.id})
        late._get_price(self.type_patch).price_unit = 310.0
        late.action_publish()
        contract = self._create_active_contract(
            [("operations", "2026-12-01")],
            terms_id=terms.id,
            currency_id=currency.id,
        )
        arrears = self._create_active_contract(
            [("patch", "2026-12-01")], terms_id=late.id, currency_id=currency.id
        )
        move = self._bill(contract, "2026-12-01")
        self.assertEqual(-sum(move.invoice_line_ids.mapped("balance")), 31_000.0)

        def rows(day):
            with self._on(day):
                Earned = self.env["support.earned"].with_user(self.accountant)
                Earned.create({"day": "2026-12-10"}).action_show()
                Line = self.env["support.earned.line"].with_user(self.accountant)
                lines = Line.search([("contract_id", "in", (contract | arrears).ids)])
                return {
                    line.contract_id: (
                        line.earned,
                        line.invoiced,
                        line.accrued,
                        line.deferred,
                    )
                    for line in lines
                }

        found = rows("2026-12-11")
        self.assertEqual(found[contract], (10_000.0, 31_000.0, 0.0, 21_000.0))
        self.assertEqual(found[arrears], (2_000.0, 0.0, 2_000.0, 0.0))
        # The same when it is run later, with patch invoiced at another rate by then.
        self.env["res.currency.rate"].create(
            {"name": "2027-01-01", "currency_id": currency.id, "rate": 0.2}
        )
        self._bill(arrears, "2027-01-01")
        self.assertEqual(rows("2027-01-02"), found)

    # -- reconciliation -----------------------------------------------------------

    def _differences(self, contract, day="2026-12-15"):
        with self._on(day):
            return [
                (
                    difference["kind"],
                    str(difference["period"].start) if "period" in difference else "",
                    difference.get("expected", 0.0),
                )
                for difference in contract.sudo()._get_differences(
                    date(2026, 9, 1), date(2026, 11, 30)
                )
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
            charges[1]._reopen("Came off")
        found = self._differences(contract)
        self.assertIn(("draft", "2026-09-01", 2400.0), found)
        self.assertIn(("no_line", "2026-10-01", 2400.0), found)
        charges[1]._decide("hold", "Customer asks")
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
            charge._reopen("Came off")
        again = self._bill(contract, "2026-12-02")
        self.assertEqual(charge.move_id, again)
        with self._on("2026-12-15"):
            [row] = contract.sudo()._get_differences(
                date(2026, 9, 1), date(2026, 11, 30)
            )
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
            (credited, customer) = contract.sudo()._get_differences(
                date(2026, 9, 1), date(2026, 11, 30)
            )
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

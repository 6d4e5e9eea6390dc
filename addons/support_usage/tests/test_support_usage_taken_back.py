# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import tagged

from odoo.addons.support_contract_billing.reconciling import Reconciliation

from .common import SupportUsageCommon


@tagged("post_install", "-at_install")
class TestSupportUsageTakenBack(SupportUsageCommon):
    """Ten scans of September at 1.50 are 15.00 on the invoice of 1 October."""

    def setUp(self):
        super().setUp()
        self._record(self._row(quantity=10, reference="there"))
        self._run_cron("2026-10-01")
        self.charge = self._get_usage_charges()
        self.invoice = self.charge.move_id

    def _take_back(self, quantity=10, day="2026-10-05", **vals):
        self._record(
            self._row(quantity=-quantity, reference=f"back {quantity}", **vals), day=day
        )
        self._run_cron("2026-11-01")
        return self._get_usage_charges()[-1]

    def _agree_price(self, value, start="2026-09-01"):
        condition = {
            "contract_id": self.contract.id,
            "key": "price",
            "value": value,
            "type_id": self.ocr.id,
            "date_start": start,
        }
        with self._on("2026-10-02"):
            self.contract._amend(
                date(2026, 10, 2),
                "Agreed afterwards",
                [(self.env["support.contract.condition"], condition)],
            )

    def _credit(self, amount=None, move=None):
        """A credit note that a person makes, of all or of an amount."""
        move = move or self.invoice
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        with self._on("2026-10-03"):
            action = wizard.create({"journal_id": move.journal_id.id}).reverse_moves()
            credit = self.env["account.move"].browse(action["res_id"])
            if amount:
                line = credit.invoice_line_ids.filtered(
                    lambda line: line.product_id == self.charge.product_id
                )
                (credit.invoice_line_ids - line).unlink()
                line.write({"quantity": 1, "price_unit": amount})
            credit.action_post()
        return credit

    def test_what_was_paid_is_given_back(self):
        back = self._take_back()
        self.assertRecordValues(
            back,
            [
                {
                    "amount": -15.0,
                    "quantity": -1.0,
                    "price_unit": 15.0,
                    "corrects_id": self.charge.id,
                    "state": "invoiced",
                    "period_start": date(2026, 9, 1),
                }
            ],
        )
        self.assertIn(self.invoice.name, back.calculation)
        self.assertEqual(back.display_name, back.name)
        self.assertEqual(back.usage_ids.quantity, -10.0)
        # 2,400.00 of October, less 15.00.
        self.assertEqual(back.move_id.amount_untaxed, 2_385.0)
        # The auditor finds each usage: what was taken back, and what it is taken from.
        rows = self._read_table(self._open_evidence(back.move_id), "usage.csv")
        self.assertEqual(
            [(row["Reference"], float(row["Quantity"])) for row in rows],
            [("there", 10.0), ("back 10", -10.0)],
        )

    def test_waived_gives_nothing_back(self):
        self.invoice.button_draft()
        self.charge.move_line_id.unlink()
        self.charge._decide("waive", "Goodwill")
        back = self._take_back()
        self.assertRecordValues(back, [{"amount": -15.0, "state": "waived"}])
        self.assertFalse(back.move_id)
        # Charged after all, they are so together.
        self.charge._decide("restore", "A mistake")
        self.assertEqual((self.charge | back).mapped("state"), ["pending", "pending"])

    def test_waits_behind_what_is_held(self):
        self.invoice.button_draft()
        self.charge.move_line_id.unlink()
        self.charge._decide("hold", "The customer asks")
        back = self._take_back(4)
        self.assertRecordValues(back, [{"amount": -6.0, "state": "pending"}])
        self.charge._decide("release", "Answered")
        self._run_cron("2026-12-01")
        self.assertEqual(back.move_id, self.charge.move_id)
        self.assertEqual(back.move_id.amount_untaxed, 2_400.0 + 15.0 - 6.0)

    def test_credited_by_hand_gives_nothing_back(self):
        self._credit()
        back = self._take_back()
        self.assertRecordValues(back, [{"amount": 0.0, "state": "waived"}])
        self.assertEqual(back.usage_ids.quantity, -10.0)

    def test_credited_by_hand_in_part_is_held(self):
        self._credit(5.0)
        back = self._take_back()
        self.assertRecordValues(back, [{"amount": -15.0, "state": "held"}])
        self.assertIn("5.00", back.decision_reason)
        self.assertIn(self.invoice.name, back.decision_reason)
        self.assertTrue(
            self.contract.activity_search(
                ["support_contract_billing.activity_charge_held"]
            )
        )

    def test_alone_it_is_a_credit_note(self):
        self._record(self._row(quantity=-10, reference="back"), day="2026-10-02")
        with self._on("2026-10-02"):
            credit = self.contract.sudo()._bill()
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.amount_untaxed, 15.0)
        self.assertEqual(credit.reversed_entry_id, self.invoice)

    def test_price_that_is_agreed_afterwards(self):
        self._agree_price(2.0)
        back = self._take_back()
        self.assertEqual(back.amount, -15.0)
        self.assertEqual(back._get_credited_invoice(), self.invoice)

    def test_price_that_is_agreed_afterwards_from_a_day_on(self):
        self._agree_price(2.0, "2026-09-16")
        back = self._take_back()
        self.assertEqual(back.amount, -15.0)
        self.assertEqual(back._get_credited_invoice(), self.invoice)

    def test_part_of_it_at_the_price_that_was_paid(self):
        """4 × 1.50 = 6.00, then the other six: 9.00."""
        self._agree_price(2.0)
        self.assertEqual(self._take_back(4).amount, -6.0)
        self._record(self._row(quantity=-6, reference="rest"), day="2026-11-05")
        self._run_cron("2026-12-01")
        self.assertEqual(self._get_usage_charges()[-1].amount, -9.0)

    def test_more_scans_at_the_price_of_today(self):
        """What was charged stays: 4 × 2.00 = 8.00 more, and not 13.00."""
        self._agree_price(2.0)
        self._record(self._row(quantity=4, reference="more"), day="2026-10-05")
        self._run_cron("2026-11-01")
        self.assertEqual(self._get_usage_charges()[-1].amount, 8.0)

    def test_later_ones_are_taken_back_first(self):
        """4 more at 2.00, then 6 taken back: 8.00 of the later, 3.00 of the first."""
        self._agree_price(2.0)
        self._record(self._row(quantity=4, reference="more"), day="2026-10-05")
        self._run_cron("2026-11-01")
        self._record(self._row(quantity=-6, reference="back"), day="2026-11-05")
        self._run_cron("2026-12-01")
        back = self._get_usage_charges().filtered("corrects_id")
        self.assertEqual(sorted(back.mapped("amount")), [-8.0, -3.0])
        self._record(self._row(quantity=-8, reference="all"), day="2026-12-05")
        self._run_cron("2027-01-01")
        charges = self._get_usage_charges()
        self.assertEqual(sum(charges.mapped("amount")), 0.0)
        self.assertEqual(sum(charges.usage_ids.mapped("quantity")), 0.0)

    def test_goes_to_who_paid(self):
        """The contract passes on as of September, when it was invoiced already."""
        other = self.env["res.partner"].create({"name": "Buyer AB"})
        with self._on("2026-10-04"):
            self.contract._amend(
                date(2026, 9, 10), "Sold", [(self.contract, {"partner_id": other.id})]
            )
        back = self._take_back()
        self.assertEqual(back.partner_id, self.customer)
        self.assertEqual(back.amount, -15.0)
        self.assertEqual(
            back.move_id.commercial_partner_id, self.customer.commercial_partner_id
        )
        self.assertEqual(back.move_id.reversed_entry_id, self.invoice)

    def test_tax_is_that_of_what_was_paid(self):
        tax = self.charge.move_line_id.tax_ids
        self.assertTrue(tax)
        self.customer.property_account_position_id = self.env[
            "account.fiscal.position"
        ].create({"name": "Untaxed"})
        back = self._take_back()
        self.assertEqual(back.move_line_id.tax_ids, tax)
        self.assertEqual(back.move_id.reversed_entry_id, self.invoice)

    def test_ladder(self):
        """150 are 2 started hundreds × 40.00; 60 back leave 90: 40.00 back."""
        terms = self.metered.copy({"version": "steps"})
        terms._get_price(self.ocr).write({"step": 100, "price_unit": 40.0})
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        number = contract.name
        self._record(self._row(contract=number, quantity=150, reference="1"))
        self._run_cron("2026-10-01")
        for quantity, amount in ((40, 0.0), (20, -40.0), (90, -40.0)):
            self._record(
                self._row(contract=number, quantity=-quantity, reference=f"{quantity}")
            )
            with self._on("2026-10-05"):
                contract.sudo().with_context(active_test=True)._bill()
            self.assertEqual(self._get_usage_charges(contract)[-1].amount, amount)

    def test_reports_agree(self):
        """What was waived and taken back is neither owed nor missing."""
        self.invoice.button_draft()
        self.charge.move_line_id.unlink()
        self.charge._decide("waive", "Goodwill")
        self._record(self._row(quantity=-10, reference="back"), day="2026-10-05")
        with self._on("2026-10-05"):
            found = Reconciliation(
                self.contract.sudo(), date(2026, 9, 1), date(2026, 9, 30)
            ).get_differences()
        self.assertFalse([one for one in found if one["kind"] == "usage"])

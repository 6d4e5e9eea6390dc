# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from psycopg2 import errors

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportChargeCorrection(SupportBillingCommon):
    """A count found wrong after invoicing: the difference, and nothing else. R2."""

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 12_345))
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.contract.action_activate()
        # 12,345 lines: 124 × 180.00 = 22,320.00.
        self._run_cron("2026-10-01")
        self.charge = self.contract.charge_ids
        self.invoice = self.charge.move_id

    def _count(self, lines, day):
        """A count of that many lines altogether."""
        self.repository.commit(module_files("acme_base", lines))
        with self._on(day):
            return self.instance.action_count() and self.instance.last_count_id

    def _correct(self, counts, day="2026-10-10", user=None, charge=None):
        charge = (charge or self.charge).with_user(user or self.accountant)
        with self._on(day):
            action = charge.action_correct()
            form = Form(
                self.env[action["res_model"]]
                .with_user(user or self.accountant)
                .with_context(**action["context"])
            )
            for count in counts:
                form.count_ids.add(count)
            form.reason = "The first count read the wrong branch"
            preview = (form.charged, form.right, form.difference, form.preview)
            action = form.save().action_confirm()
        return self.env["support.charge"].browse(action["res_id"]), preview

    def test_count_of_a_test_instance_is_not_offered(self):
        """Its lines would be added to the fee, though nobody agreed to it."""
        count = self._count(10_000, "2026-10-05")
        test = self._create_instance(
            self.contract, self.repository, name="Test", role="test"
        )
        with self._on("2026-10-06"):
            test.action_count()
        self.assertEqual(test.last_count_id.state, "approved")
        wizard = self.env["support.charge.correction"].new(
            {"charge_id": self.charge.id}
        )
        domain = [("instance_id", "in", wizard.instance_ids.ids)]
        offered = self.env["support.count"].search(domain)
        self.assertIn(count, offered)
        self.assertNotIn(test.last_count_id, offered)
        with self._on("2026-10-06"), self.assertRaisesRegex(UserError, "not billed"):
            self.charge._correct(count | test.last_count_id, "The first was wrong")

    def test_r02_lower_count_is_taken_off_the_next_invoice(self):
        """10,000 lines: 100 × 180.00 = 18,000.00, so −4,320.00."""
        before = self.charge.read()[0]
        count = self._count(10_000, "2026-10-05")
        correction, preview = self._correct(count)
        self.assertEqual(preview[:3], (22_320.0, 18_000.0, -4_320.0))
        self.assertRecordValues(
            correction,
            [
                {
                    "kind": "correction",
                    "corrects_id": self.charge.id,
                    "key": f"correction:support.charge:{self.charge.id}:2026-10-10",
                    "period_start": date(2026, 9, 1),
                    "period_end": date(2026, 9, 30),
                    "quantity": -1.0,
                    "price_unit": 4_320.0,
                    "amount": -4_320.0,
                    "count_ids": count.ids,
                    "state": "pending",
                }
            ],
        )
        for words in (
            "12,345 lines",
            self.invoice.name,
            "10,000 lines → 100 started hundreds × 180.00 = 18,000.00",
        ):
            self.assertIn(words, correction.calculation)
            self.assertIn(words, preview[3])
        self.assertIn("September 2026", correction.name)
        # History stays.
        after = self.charge.read()[0]
        for name in ("amount", "quantity", "calculation", "count_ids", "move_line_id"):
            self.assertEqual(before[name], after[name])
        self._run_cron("2026-11-01")
        invoice = correction.move_id
        # October, which the first count governs too, less the difference of September.
        self.assertEqual(invoice.move_type, "out_invoice")
        self.assertEqual(invoice.amount_untaxed, 22_320.0 - 4_320.0)
        event = self.env["support.event"].search(
            [("kind", "=", "charge"), ("contract_id", "=", self.contract.id)], limit=1
        )
        self.assertEqual(event.note, "The first count read the wrong branch")
        self.assertEqual(event.user_id, self.accountant)

    def test_r02_higher_count_is_charged(self):
        """12,401 lines: 125 × 180.00 = 22,500.00, so 180.00 more."""
        count = self._count(12_401, "2026-10-05")
        correction, _preview = self._correct(count)
        self.assertRecordValues(
            correction, [{"amount": 180.0, "quantity": 1.0, "price_unit": 180.0}]
        )

    def test_r02_credit_note_when_nothing_is_left_to_take_it_off(self):
        with self._on("2026-10-10"):
            self.contract._give_notice(
                self.contract.service_ids,
                date(2026, 10, 10),
                date(2026, 10, 10),
                "Wound up",
            )
        self._run_cron("2026-11-01")
        count = self._count(10_000, "2026-11-05")
        correction, _preview = self._correct(count, "2026-11-05")
        self._run_cron("2026-11-06")
        credit = correction.move_id
        self.assertRecordValues(
            credit,
            [
                {
                    "move_type": "out_refund",
                    "state": "posted",
                    "amount_untaxed": 4_320.0,
                    "reversed_entry_id": self.invoice.id,
                }
            ],
        )
        self.assertIn(self.invoice.name, credit.ref)
        self.assertRecordValues(
            credit.invoice_line_ids.filtered("product_id"),
            [{"quantity": 1.0, "price_unit": 4_320.0}],
        )
        # Cancelled like any other, it gives its charge back.
        credit.button_cancel()
        self.assertEqual(correction.state, "pending")

    def test_run_names_the_invoice_and_the_credit_note(self):
        """Maintenance has ended when 10,000 lines turn out to be right, −4,320.00;
        operations go on: an invoice of 2,400.00 and a credit note of 4,320.00.
        """
        operations = {
            "contract_id": self.contract.id,
            "type_id": self.type_operations.id,
            "date_start": date(2026, 11, 1),
        }
        service = self.contract.service_ids
        with self._on("2026-10-10"):
            self.contract._amend(
                date(2026, 11, 1), "Operations", [(service.browse(), operations)]
            )
            self.contract._give_notice(
                service, date(2026, 10, 10), date(2026, 10, 10), "Sold"
            )
        self._run_cron("2026-11-01")
        before = self.contract.invoice_ids
        count = self._count(10_000, "2026-11-05")
        correction, _preview = self._correct(count, "2026-11-05")
        self.assertEqual(correction.amount, -4_320.0)
        self._run_cron("2026-12-01")
        moves = self.contract.invoice_ids - before
        self.assertEqual(
            sorted(moves.mapped("amount_untaxed_in_currency_signed")),
            [-4_320.0, 2_400.0],
        )
        line = self.env["support.billing.run.line"].search(
            [("contract_id", "=", self.contract.id)], order="id desc", limit=1
        )
        self.assertEqual(line.document_ids, moves)
        self.assertEqual(line.amount, -1_920.0)
        found = self.env["account.move"].search(
            line.run_id.action_view_invoices()["domain"]
        )
        self.assertEqual(found, line.run_id.line_ids.document_ids)

    def test_r02_correction_of_a_correction(self):
        """22,320.00 → 18,000.00 → 11,000 lines: 110 × 180.00 = 19,800.00."""
        first, _preview = self._correct(self._count(10_000, "2026-10-05"))
        count = self._count(11_000, "2026-10-06")
        second, preview = self._correct(count, "2026-10-11", charge=first)
        self.assertEqual(preview[:3], (18_000.0, 19_800.0, 1_800.0))
        self.assertEqual(second.corrects_id, first)
        self.assertEqual(second.amount, 1_800.0)
        self._run_cron("2026-11-01")
        self.assertEqual(second.move_id.amount_untaxed, 22_320.0 - 4_320.0 + 1_800.0)

    def test_same_count_twice_is_once(self):
        count = self._count(10_000, "2026-10-05")
        self._correct(count)
        with self.assertRaisesRegex(UserError, "what was charged"):
            self.charge.sudo()._correct(count, "Again")

    def test_same_price_is_no_correction(self):
        count = self._count(12_399, "2026-10-05")
        with self.assertRaisesRegex(UserError, "same price"):
            self._correct(count)

    def test_database_refuses_a_second_correction_of_the_same_charge(self):
        correction, _preview = self._correct(self._count(10_000, "2026-10-05"))
        with (
            self.assertRaises(errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            correction.sudo().copy(
                {"key": "correction:other", "corrects_id": self.charge.id}
            ).flush_recordset()

    def test_correction_waits_for_what_it_corrects(self):
        self.invoice.button_cancel()
        correction, _preview = self._correct(self._count(10_000, "2026-10-05"))
        self.charge.with_user(self.consultant)._decide("hold", "Questioned")
        self._run_cron("2026-11-01")
        self.assertEqual(correction.state, "pending")
        self.charge.with_user(self.manager)._decide("waive", "Goodwill")
        self.assertEqual(correction.state, "waived")

    def test_correction_waits_for_all_that_comes_before_it(self):
        """Also when the correction between them is waived."""
        self.invoice.button_draft()
        self.invoice.button_cancel()
        count = self._count(10_000, "2026-10-05")
        first, _preview = self._correct(count)
        first.with_user(self.manager)._decide("waive", "Not now")
        self.charge.with_user(self.manager)._decide("hold", "They ask")
        second, _preview = self._correct(count)
        with self._on("2026-10-11"), self.assertRaises(UserError):
            self.contract.with_user(self.accountant).action_bill()
        self.assertEqual(second.state, "pending")
        self.charge.with_user(self.accountant)._decide("release", "Answered")
        with self._on("2026-10-11"):
            invoice = self.contract.sudo()._bill()
        self.assertEqual(invoice.amount_untaxed, 18_000.0)

    def _credit(self, amount=None, reopen=False):
        """A posted credit note of the invoice, made by a person."""
        Wizard = self.env["account.move.reversal"].with_user(self.accountant)
        wizard = Wizard.with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create(
            {
                "journal_id": self.invoice.journal_id.id,
                "support_reopen_charges": reopen,
            }
        )
        wizard.reverse_moves()
        credit = wizard.new_move_ids
        if amount:
            credit.sudo().invoice_line_ids.filtered("product_id").write(
                {"quantity": 1, "price_unit": amount}
            )
        credit.action_post()
        return credit

    def test_credited_invoice_is_not_given_back_twice(self):
        credit = self._credit()
        lower, higher = (
            self._count(lines, day)
            for lines, day in ((10_000, "2026-10-05"), (20_000, "2026-10-06"))
        )
        for count in (lower, higher):
            with self.assertRaisesRegex(UserError, "is credited already"):
                with self.env.cr.savepoint():
                    self.charge.with_user(self.accountant)._correct(count, "Wrong")
        self.assertEqual(self.contract.charge_ids, self.charge)
        credit.button_draft()
        self._correct(lower)

    def test_correction_takes_no_more_than_credit_notes_left(self):
        """22,320 less 20,000: 4,320 is too much. Less 18,000: 4,320 is left."""
        count = self._count(10_000, "2026-10-05")
        credit = self._credit(20_000.0)
        with self.assertRaisesRegex(UserError, "20,000.00"):
            with self.env.cr.savepoint():
                self.charge.with_user(self.accountant)._correct(count, "Wrong")
        credit.button_draft()
        self._credit(18_000.0)
        correction, _preview = self._correct(count)
        self.assertEqual(correction.amount, -4_320.0)

    def test_waiting_correction_of_a_credited_invoice_is_held(self):
        correction, _preview = self._correct(self._count(10_000, "2026-10-05"))
        credit = self._credit()
        self.assertEqual(correction.state, "held")
        self.assertIn(credit.name, correction.decision_reason)
        self.assertTrue(self.contract.activity_ids)

    def test_waiting_correction_stays_when_all_is_charged_again(self):
        correction, _preview = self._correct(self._count(10_000, "2026-10-05"))
        self._credit(reopen=True)
        self.assertEqual(correction.state, "pending")
        with self._on("2026-10-11"):
            invoice = self.contract.sudo()._bill()
        self.assertEqual(invoice.amount_untaxed, 18_000.0)

    def test_credit_note_says_the_customer_s_order_number(self):
        self.contract.billing_order_number = "PO 7"
        correction, _preview = self._correct(self._count(10_000, "2026-10-05"))
        with self._on("2026-10-11"):
            credit = self.contract.sudo()._bill()
        self.assertEqual(credit.move_type, "out_refund")
        self.assertEqual(credit.ref, "PO 7")
        self.assertEqual(credit.reversed_entry_id, self.invoice)
        self.assertIn(
            f"Credits invoice {self.invoice.name}",
            "\n".join(credit.invoice_line_ids.mapped("name")),
        )
        self.assertEqual(correction.move_id, credit)

    # -- restoring ----------------------------------------------------------------

    def _waive_all(self):
        """The charge and the correction of it, both waived by one decision."""
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.count = self._count(10_000, "2026-10-05")
        correction, _preview = self._correct(self.count)
        with self._on("2026-10-11"):
            self.charge.with_user(self.manager)._decide("waive", "A gift")
        return correction

    def _restore(self, charges, day="2026-10-13"):
        with self._on(day):
            charges.with_user(self.manager)._decide("restore", "They pay")

    def test_correction_is_not_restored_without_what_it_corrects(self):
        correction = self._waive_all()
        with self.assertRaisesRegex(UserError, "which is waived"):
            self._restore(correction)
        self.assertEqual(correction.state, "waived")

    def test_restored_charge_brings_its_correction(self):
        correction = self._waive_all()
        self._restore(self.charge)
        self.assertEqual(correction.state, "pending")
        with self._on("2026-10-14"):
            self.assertEqual(self.contract.sudo()._bill().amount_untaxed, 18_000.0)

    def test_waived_correction_is_not_restored_beside_a_later_one(self):
        """22,320 − 4,320 is right; − 4,320 once more is not."""
        self.invoice.button_draft()
        self.invoice.button_cancel()
        count = self._count(10_000, "2026-10-05")
        first, _preview = self._correct(count)
        with self._on("2026-10-11"):
            first.with_user(self.manager)._decide("waive", "Not now")
        second, _preview = self._correct(count, "2026-10-12")
        with self.assertRaisesRegex(UserError, "was corrected after it was waived"):
            self._restore(first)
        with self._on("2026-10-13"):
            self.charge.with_user(self.manager)._decide("waive", "A gift")
        with self.assertRaisesRegex(UserError, "was corrected after it was waived"):
            self._restore(self.charge | first | second, "2026-10-14")
        self._restore(self.charge, "2026-10-14")
        states = (self.charge | first | second).mapped("state")
        self.assertEqual(states, ["pending", "waived", "pending"])

    def test_correction_alone_is_restored(self):
        self.invoice.button_draft()
        self.invoice.button_cancel()
        first, _preview = self._correct(self._count(10_000, "2026-10-05"))
        with self._on("2026-10-11"):
            first.with_user(self.manager)._decide("waive", "Not now")
        self._restore(first)
        self.assertEqual(first.state, "pending")

    def test_corrected_charge_cannot_be_waived(self):
        correction, _preview = self._correct(self._count(10_000, "2026-10-05"))
        self._run_cron("2026-11-01")
        self.assertEqual(correction.state, "invoiced")
        self.invoice.button_cancel()
        with self.assertRaisesRegex(UserError, "Credit both"):
            self.charge.with_user(self.manager)._decide("waive", "Goodwill")

    def test_other_customer_s_count_is_refused(self):
        other = self._create_contract()
        instance = self._create_instance(other, self.repository)
        other.action_activate()
        with self._on("2026-10-05"):
            instance.action_count()
        with self.assertRaisesRegex(UserError, "approved line counts of"):
            self.charge.sudo()._correct(instance.last_count_id, "Wrong")

    def test_consultant_corrects_nothing(self):
        count = self._count(10_000, "2026-10-05")
        with self.assertRaises(AccessError):
            self._correct(count, user=self.consultant)

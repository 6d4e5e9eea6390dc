# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from psycopg2 import errors

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import file_open, mute_logger

from odoo.addons.support_contract_billing.previewing import preview_invoices

from .common import SupportUsageCommon


@tagged("post_install", "-at_install")
class TestSupportUsage(SupportUsageCommon):
    """Metered transactions, charged one by one. Clause R6."""

    # -- money ------------------------------------------------------------------

    def test_r06_usage_is_charged_beside_the_monthly_fee(self):
        """(300 + 12) × 1.50 = 468.00; 87 × 2.25 = 195.75; operations 2,400.00."""
        self._record(
            self._row(quantity=300, reference="a", date="2026-09-02"),
            self._row(quantity=12, reference="b"),
            self._row(kind="einvoice", quantity=87, reference="c"),
            # October is not over.
            self._row(quantity=5, reference="d", date="2026-10-01"),
        )
        self._run_cron("2026-10-01")
        september = {
            "period_start": date(2026, 9, 1),
            "period_end": date(2026, 9, 30),
            "date": date(2026, 10, 1),
            "state": "invoiced",
        }
        self.assertRecordValues(
            self._get_usage_charges(),
            [
                {
                    **september,
                    "name": "OCR scans, September 2026",
                    "key": f"usage:support.contract:{self.contract.id}/{self.ocr.id}"
                    ":2026-09-01",
                    "quantity": 312.0,
                    "price_unit": 1.5,
                    "amount": 468.0,
                    "calculation": "312 OCR scans × 1.50 = 468.00",
                },
                {
                    **september,
                    "name": "E-invoices, September 2026",
                    "key": f"usage:support.contract:{self.contract.id}"
                    f"/{self.einvoice.id}:2026-09-01",
                    "quantity": 87.0,
                    "price_unit": 2.25,
                    "amount": 195.75,
                    "calculation": "87 E-invoices × 2.25 = 195.75",
                },
            ],
        )
        invoice = self.contract.invoice_ids
        self.assertEqual(invoice.amount_untaxed, 2_400.0 + 468.0 + 195.75)
        # The detail is behind it.
        charge = self._get_usage_charges()[0]
        self.assertEqual(charge.usage_ids.sorted("id").mapped("quantity"), [300, 12])
        self._run_cron("2026-10-01")
        self.assertEqual(len(self._get_usage_charges()), 2)
        self._run_cron("2026-11-01")
        self.assertEqual(self._get_usage_charges()[-1].amount, 7.5)

    def test_r06_usage_that_is_held_is_in_the_reconciliation(self):
        self._record(self._row())
        self.contract.billing_policy = "draft"
        self._run_cron("2026-10-01")
        invoice = self.contract.invoice_ids.with_user(self.accountant)
        invoice.button_cancel()
        charge = self._get_usage_charges()
        charge.with_user(self.accountant)._decide("hold", "They ask")
        with self._on("2026-10-02"):
            self.env["support.reconciliation"].with_user(self.accountant).create(
                {"date_start": "2026-09-01", "date_end": "2026-09-30"}
            ).action_show()
        lines = self.env["support.reconciliation.line"].with_user(self.accountant)
        self.assertRecordValues(
            lines.search([("charge_id", "=", charge.id)]),
            [{"kind": "held", "type_id": self.ocr.id, "expected": 468.0}],
        )

    def test_r06_late_usage_goes_on_the_next_invoice_naming_its_month(self):
        """8 more scans of September × 1.50 = 12.00, in November."""
        self._record(self._row())
        self._run_cron("2026-10-01")
        self._record(self._row(quantity=8, reference="late"), day="2026-10-07")
        self._run_cron("2026-11-01")
        late = self._get_usage_charges()[-1]
        self.assertRecordValues(
            late,
            [
                {
                    "name": "OCR scans, September 2026, received later",
                    "amount": 12.0,
                    "quantity": 8.0,
                    "period_start": date(2026, 9, 1),
                    "state": "invoiced",
                }
            ],
        )
        self.assertTrue(late.key.endswith(":2026-09-01/2"))
        self.assertEqual(late.move_id.amount_untaxed, 2_412.0)

    def test_r06_ladder_holds_for_the_whole_month(self):
        """150 are 2 started hundreds × 40.00; 130 more make 280: 3 × 40.00, so 40.00
        more. 5 more make 285, which is paid already.
        """
        terms = self.metered.copy({"version": "steps"})
        price = terms._get_price(self.ocr)
        price.write({"step": 100, "price_unit": 40.0})
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        number = contract.name
        self._record(self._row(contract=number, quantity=150, reference="1"))
        self._run_cron("2026-10-01")
        self._record(self._row(contract=number, quantity=130, reference="2"))
        self._run_cron("2026-11-01")
        self._record(self._row(contract=number, quantity=5, reference="3"))
        self._run_cron("2026-12-01")
        charges = self._get_usage_charges(contract)
        self.assertEqual(charges.mapped("amount"), [80.0, 40.0, 0.0])
        self.assertIn("less", charges[1].calculation)
        # What needs no payment is on no invoice, and is not forgotten either.
        self.assertEqual(charges[2].state, "waived")
        self.assertEqual(charges[2].usage_ids.quantity, 5.0)

    def test_r06_special_condition_is_the_price(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.terms_id = self.metered
        contract.condition_ids = [
            Command.create({"key": "price", "value": 1.0, "type_id": self.ocr.id})
        ]
        contract.action_activate()
        self._record(self._row(contract=contract.name))
        self._run_cron("2026-10-01")
        self.assertEqual(self._get_usage_charges(contract).amount, 312.0)

    def test_r06_taken_back_before_and_after_invoicing(self):
        """312 − 12 = 300 × 1.50 = 450.00; then −10 × 1.50 = −15.00 next month."""
        self._record(self._row(), self._row(quantity=-12, reference="back"))
        self._run_cron("2026-10-01")
        self.assertEqual(self._get_usage_charges().amount, 450.0)
        self._record(self._row(quantity=-10, reference="more"))
        self._run_cron("2026-11-01")
        back = self._get_usage_charges()[-1]
        self.assertEqual((back.amount, back.quantity), (-15.0, -1.0))
        # What staff reads is put into words from what is on record.
        for charge in self._get_usage_charges():
            self.assertEqual(charge.display_name, charge.name)
        self.assertEqual(back.move_id.amount_untaxed, 2_385.0)
        with self.assertRaisesRegex(ValidationError, "290"):
            self._record(self._row(quantity=-291, reference="too much"))

    def test_r06_usage_alone_is_billed_by_itself(self):
        contract = self._create_contract([("operations", "2026-09-01")])
        contract.terms_id = self.metered
        contract.service_ids.type_id = self.ocr
        contract.action_activate()
        self._record(self._row(contract=contract.name))
        self._run_cron("2026-09-30")
        self.assertFalse(contract.invoice_ids)
        self._run_cron("2026-10-01")
        self.assertEqual(contract.invoice_ids.amount_untaxed, 468.0)
        # No usage: nothing to charge, and nothing failed.
        self._run_cron("2026-11-01")
        self.assertFalse(contract.billing_error)
        self.assertEqual(len(contract.invoice_ids), 1)

    def test_r06_swedish_text(self):
        self.env["res.lang"]._activate_lang("sv_SE")
        self.customer.lang = "sv_SE"
        self._record(self._row())
        self._run_cron("2026-10-01")
        charge = self._get_usage_charges()
        self.assertIn("468,00", charge.calculation)
        self.assertEqual(charge.name, "OCR scans, september 2026")
        self.assertEqual(charge.display_name, "OCR scans, September 2026")

    # -- recording --------------------------------------------------------------

    def test_same_twice_is_once(self):
        first = self._record(self._row(), self._row())
        self.assertEqual([one["status"] for one in first], ["recorded", "recorded"])
        again = self._record(self._row(note="resent"))
        self.assertEqual(again[0]["status"], "known")
        self.assertEqual({one["id"] for one in first + again}, {again[0]["id"]})
        self.assertEqual(len(self.contract.usage_ids), 1)

    def test_other_content_is_refused_with_both_shown(self):
        self._record(self._row())
        with self.assertRaises(UserError) as caught:
            self._record(self._row(reference="new"), self._row(quantity=313))
        for words in ("Row 2", "312 × OCR scans", "313 × OCR scans"):
            self.assertIn(words, str(caught.exception))
        self.assertEqual(self.contract.usage_ids.mapped("quantity"), [312.0])

    def test_reference_is_unique_in_the_database(self):
        self._record(self._row())
        usage = self.contract.usage_ids
        with (
            self.assertRaises(errors.UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute(
                "INSERT INTO support_usage (contract_id, partner_id, company_id, "
                "type_id, date, quantity, reference) SELECT contract_id, partner_id, "
                "company_id, type_id, date, 1, reference FROM support_usage "
                "WHERE id = %s",
                [usage.id],
            )

    def test_wrong_rows_are_named_and_nothing_is_recorded(self):
        hostile = [
            "no row",
            {},
            self._row(contract="SUP/0"),
            self._row(kind="mining"),
            self._row(date="30/09/2026"),
            self._row(date="20260930"),
            self._row(date=["2026-09-30"]),
            self._row(quantity="many"),
            self._row(quantity=True),
            self._row(quantity="NaN"),
            self._row(quantity=1e30),
            self._row(quantity=0),
            self._row(quantity=0.001),
            self._row(reference="x" * 200),
            self._row(reference="a\nb"),
            self._row(reference="  "),
            self._row(price_unit=0),
            self._row(contract=None, customer="%"),
        ]
        with self.assertRaises(UserError) as caught:
            self._record(self._row(reference="fine"), *hostile)
        numbers = [number for number, *_rest in caught.exception.problems]
        self.assertEqual(numbers, list(range(2, len(hostile) + 2)))
        self.assertFalse(self.contract.usage_ids)

    def test_what_can_never_be_charged_is_refused(self):
        draft = self._create_contract([("operations", "2026-09-01")])
        plain = self._create_active_contract([("patch", "2026-09-01")])
        for row, words in (
            (self._row(contract=draft.name), "no running contract"),
            (self._row(reference="1", date="2026-10-02"), "still to come"),
            (self._row(reference="2", date="2026-08-31"), "begins on"),
            (self._row(reference="3", contract=plain.name), "no price"),
        ):
            with self.assertRaisesRegex(UserError, words):
                self._record(row)
        with self._on("2026-10-01"), self.assertRaisesRegex(ValidationError, "running"):
            self.Usage.create(
                {
                    "contract_id": draft.id,
                    "type_id": self.ocr.id,
                    "date": "2026-09-30",
                    "reference": "x",
                }
            )

    def test_customer_is_found_by_its_numbers(self):
        self.customer.write({"ref": "K-17", "company_registry": "556036-0793"})
        for number, who in enumerate(("K-17", "556036-0793")):
            row = self._row(customer=who, reference=str(number))
            del row["contract"]
            self._record(row)
        self.assertEqual(len(self.contract.usage_ids), 2)
        self._create_active_contract([("patch", "2026-09-01")])
        with self.assertRaisesRegex(UserError, "several contracts"):
            self._record({**row, "reference": "3"})

    def test_charged_usage_stays(self):
        self._record(self._row())
        self._run_cron("2026-10-01")
        usage = self.contract.usage_ids.with_user(self.accountant)
        for change in (
            lambda: usage.write({"quantity": 1.0}),
            lambda: usage.write({"date": "2026-09-01"}),
            usage.unlink,
        ):
            with self.assertRaisesRegex(UserError, "stays as it is"):
                change()

    def test_posted_usage_keeps_the_add_on(self):
        self._record(self._row())
        self._run_cron("2026-10-01")
        invoice = self.contract.invoice_ids.with_user(self.accountant)
        module = self.env.ref("base.module_support_usage")
        with self.assertRaisesRegex(UserError, invoice.name):
            module.button_uninstall()
        # Also when it was credited, and its charges wait for another invoice.
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {"journal_id": invoice.journal_id.id, "support_reopen_charges": True}
            )
        )
        wizard.reverse_moves()
        wizard.new_move_ids.action_post()
        self.assertEqual(self._get_usage_charges().state, "pending")
        with self.assertRaisesRegex(UserError, invoice.name):
            module.button_uninstall()
        self.assertEqual(module.state, "installed")

    # -- import -----------------------------------------------------------------

    def _load(self, *rows):
        names = ["contract_id", "type_id", "date", "quantity", "reference"]
        with self._on("2026-10-01"):
            return self.Usage.load(names, [list(row) for row in rows])

    def test_import_twice_is_once_and_wrong_rows_are_named(self):
        good = (self.contract.name, "OCR scans", "2026-09-30", "312", "a")
        result = self._load(good, good)
        self.assertFalse(result["messages"])
        self.assertFalse(self._load(good)["messages"])
        self.assertEqual(self.contract.usage_ids.mapped("quantity"), [312.0])
        other = (self.contract.name, "OCR scans", "2026-09-30", "1", "b")
        changed = (self.contract.name, "OCR scans", "2026-09-30", "7", "a")
        late = (self.contract.name, "OCR scans", "2026-12-31", "7", "c")
        result = self._load(other, changed, late)
        self.assertFalse(result["ids"])
        self.assertEqual([one["record"] for one in result["messages"]], [1, 2])
        self.assertIn("312", result["messages"][0]["message"])
        self.assertIn("still to come", result["messages"][1]["message"])
        self.assertEqual(len(self.contract.usage_ids), 1)

    def test_import_template_fits_the_model(self):
        [template] = self.Usage.get_import_templates()
        with file_open(template["template"].lstrip("/")) as file:
            header = file.readline().strip().split(",")
        strings = {field["string"] for field in self.Usage.fields_get().values()}
        self.assertLessEqual(set(header), strings)

    # -- rights -----------------------------------------------------------------

    def test_rights(self):
        self._record(self._row())
        usage = self.contract.usage_ids
        self.assertTrue(usage.with_user(self.consultant).has_access("read"))
        with self.assertRaises(AccessError):
            self.env["support.usage"].with_user(self.consultant).record_usage(
                [self._row(reference="x")]
            )
        charge = self.env["support.charge"].search([], limit=1)
        with self.assertRaises(AccessError):
            usage.with_user(self.accountant).write({"charge_id": charge.id or 1})
        with self.assertRaises(AccessError):
            usage.with_user(self.accountant).write({"partner_id": 1})

    def test_reconciliation_prices_what_was_never_charged(self):
        """312 scans at 1.50 in September; October is not over yet."""
        october = self._row(reference="2026-10", date="2026-10-10")
        self._record(self._row(), october, day="2026-10-15")
        with self._on("2026-10-15"):
            wizard = self.env["support.reconciliation"].with_user(self.accountant)
            wizard.create({"date_end": date(2026, 10, 31)}).action_show()
        Line = self.env["support.reconciliation.line"].with_user(self.accountant)
        lines = Line.search(
            [("contract_id", "=", self.contract.id), ("kind", "=", "usage")]
        )
        self.assertRecordValues(
            lines,
            [
                {
                    "type_id": self.ocr.id,
                    "period_start": date(2026, 9, 1),
                    "period_end": date(2026, 9, 30),
                    "expected": 468.0,
                    "difference": 468.0,
                }
            ],
        )

    def test_other_company_s_contract_is_out_of_reach(self):
        other = self.env["res.company"].create({"name": "Other"})
        # Only an amendment could, and not even that.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE support_contract SET company_id = %s WHERE id = %s",
            [other.id, self.contract.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "no running contract"):
            self._record(self._row())
        with self._on("2026-10-01"), self.assertRaises(AccessError):
            self.Usage.create(
                {
                    "contract_id": self.contract.id,
                    "type_id": self.ocr.id,
                    "date": "2026-09-30",
                    "reference": "x",
                }
            )

    def test_waiting_charge_of_a_contract_without_fees_is_invoiced(self):
        """Usage alone brings its invoice, also after the first was cancelled."""
        contract = self._create_contract(
            [("operations", "2026-09-01")], terms_id=self.metered.id
        )
        fee = contract.service_ids
        contract.service_ids = [
            Command.create({"type_id": self.ocr.id, "date_start": "2026-09-01"})
        ]
        fee.unlink()
        contract.action_activate()
        self._record(self._row(contract=contract.name))
        self._run_cron("2026-10-01")
        charge = contract.charge_ids
        self.assertEqual((charge.state, charge.amount), ("invoiced", 468.0))
        contract.invoice_ids.with_user(self.accountant).button_cancel()
        self.assertEqual(charge.state, "pending")
        self._run_cron("2026-10-02")
        self.assertEqual((charge.state, charge.move_id.state), ("invoiced", "posted"))

    def test_waiting_charge_waits_for_the_fee_of_the_month(self):
        self._record(self._row())
        self._run_cron("2026-10-01")
        self.contract.invoice_ids.with_user(self.accountant).button_cancel()
        charges = self.contract.charge_ids
        self._run_cron("2026-10-02")
        self.assertEqual(set(charges.mapped("state")), {"pending"})
        self._run_cron("2026-11-01")
        self.assertEqual(set(charges.mapped("state")), {"invoiced"})

    def test_r06_usage_so_far_is_in_the_preview(self):
        """1,003 scans at 1.50 in September, which came with October under way; those of
        October wait for their end.
        """
        ocr = self.env.ref("support_contract_billing.service_type_ocr")
        terms = self.terms.copy()
        terms.price_ids = [Command.create({"type_id": ocr.id, "price_unit": 1.5})]
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        with self._on("2026-10-15"):
            self.env["support.usage"].with_user(self.accountant).create(
                [
                    {
                        "contract_id": contract.id,
                        "type_id": ocr.id,
                        "date": day,
                        "quantity": quantity,
                        "reference": day,
                    }
                    for day, quantity in (
                        ("2026-09-03", 1000),
                        ("2026-09-20", 3),
                        ("2026-10-02", 50),
                    )
                ]
            )
            [preview] = preview_invoices(contract, date(2026, 10, 15))
            self.assertEqual(preview.charges.mapped("amount"), [2400.0, 1504.5])
            move = contract.sudo()._bill()
        self.assertEqual(preview.totals[0], move.amount_untaxed)
        self.assertEqual(move.amount_untaxed, 3904.5)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.support_contract_billing.previewing import preview_invoices

from .common import SupportUsageCommon


@tagged("post_install", "-at_install")
class TestSupportUsagePrice(SupportUsageCommon):
    """Usage costs what held on its day, and what cannot be charged never comes in."""

    def _create_usage(self, **vals):
        return self.Usage.create(
            {
                "contract_id": self.contract.id,
                "type_id": self.ocr.id,
                "date": "2026-09-10",
                "quantity": 10,
                "reference": "a",
                **vals,
            }
        )

    def _amend_price(self, value, day, key="price"):
        with self._on("2026-09-05"):
            self.contract._amend(
                day,
                "price",
                [
                    (
                        self.env["support.contract.condition"],
                        {
                            "contract_id": self.contract.id,
                            "type_id": self.ocr.id,
                            "key": key,
                            "value": value,
                            "date_start": day,
                        },
                    )
                ],
            )

    def _charges(self, contract=None):
        return [
            (charge.name, charge.amount) for charge in self._get_usage_charges(contract)
        ]

    def test_r06_parts_of_an_ore_where_taxes_are_rounded_together(self):
        """0.33 × 1.50 = 0.495 and 0.22 × 2.25 = 0.495: 0.50 each on the invoice and in
        the books, and not 0.99 together.
        """
        self.company.tax_calculation_rounding_method = "round_globally"
        self._record(
            self._row(quantity=0.33, reference="a"),
            self._row(kind="einvoice", quantity=0.22, reference="b"),
        )
        with self._on("2026-10-01"):
            [preview] = preview_invoices(self.contract, date(2026, 10, 1))
            expected = preview.totals
        self._run_cron("2026-10-01")
        self.assertFalse(self.contract.billing_error)
        self.assertEqual(self._get_usage_charges().mapped("amount"), [0.5, 0.5])
        invoice = self.contract.invoice_ids
        self.assertEqual(invoice.amount_untaxed, 2401.0)
        self.assertEqual(expected, (2401.0, invoice.amount_tax, invoice.amount_total))
        self.assertEqual(
            invoice.line_ids.filtered("product_id").mapped("amount_currency"),
            [-2400.0, -0.5, -0.5],
        )

    def test_r06_discount_on_the_monthly_fee_leaves_usage_alone(self):
        """312 scans of 1.50 are 468.00; where conditions name them 421.20, and at least
        440.00.
        """
        contracts = self.contract
        for kind in (False, self.ocr):
            contract = self._create_contract(
                (("operations", "2026-09-01"),), terms_id=self.metered.id
            )
            contract.condition_ids = [
                Command.create(
                    {"key": key, "value": value, "type_id": kind and kind.id}
                )
                for key, value in (("discount", 10), ("minimum", 440))
                if kind or key == "discount"
            ]
            contract.action_activate()
            contracts |= contract
        _plain, general, named = contracts
        for contract in general + named:
            self._record(self._row(contract=contract.name, reference=contract.name))
        self._run_cron("2026-10-01")
        self.assertEqual(self._get_usage_charges(general).mapped("amount"), [468.0])
        self.assertEqual(self._get_usage_charges(named).mapped("amount"), [440.0])
        fees = general.charge_ids.filtered(lambda one: one.kind == "recurring")
        self.assertEqual(fees.amount, 2160.0)

    def test_r06_prices_of_parts_of_an_ore(self):
        """10 scans of 0.045 are 0.45; above 5 of 0.035: 0.40."""
        terms = self.metered.copy({"version": "tiny"})
        terms._get_price(self.ocr).price_unit = 0.045
        terms._get_price(self.einvoice).write(
            {
                "price_unit": 0.045,
                "tier_ids": [Command.create({"above": 5, "price_unit": 0.035})],
            }
        )
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        for kind in ("ocr", "einvoice"):
            row = self._row(kind=kind, quantity=10, reference=kind)
            self._record({**row, "contract": contract.name})
        self._run_cron("2026-10-01")
        self.assertEqual(
            self._get_usage_charges(contract).mapped("amount"), [0.45, 0.4]
        )

    # -- the day's price --------------------------------------------------------

    def test_r06_usage_has_the_price_of_its_day(self):
        """To 15 September 10 × 1.50 = 15.00; from the 16th 100 × 9.00 = 900.00."""
        self._amend_price(9.0, date(2026, 9, 16))
        self._record(
            self._row(date="2026-09-15", quantity=10, reference="1"),
            self._row(date="2026-09-20", quantity=100, reference="2"),
        )
        self._run_cron("2026-10-01")
        self.assertEqual(
            self._charges(),
            [
                ("OCR scans, 1–15 September 2026", 15.0),
                ("OCR scans, 16–30 September 2026", 900.0),
            ],
        )
        # One more scan of each: late, at its own price.
        self._record(
            self._row(date="2026-09-02", quantity=1, reference="3"),
            self._row(date="2026-09-29", quantity=1, reference="4"),
            day="2026-10-02",
        )
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._charges()[2:],
            [
                ("OCR scans, 1–15 September 2026, received later", 1.5),
                ("OCR scans, 16–30 September 2026, received later", 9.0),
            ],
        )

    def test_r06_service_that_begins_within_the_month_has_its_price(self):
        contract = self._create_contract(
            [("operations", "2026-09-12")], terms_id=self.metered.id
        )
        contract.service_ids = [
            Command.create({"type_id": self.ocr.id, "date_start": "2026-09-12"})
        ]
        service = contract.service_ids.filtered(lambda one: one.type_id == self.ocr)
        service.price_unit = 0.5
        contract.action_activate()
        self._record(self._row(contract=contract.name, date="2026-09-20", quantity=100))
        self._run_cron("2026-10-01")
        self.assertEqual(
            self._charges(contract), [("OCR scans, 12–30 September 2026", 50.0)]
        )

    def test_r06_price_only_from_the_service_on(self):
        """The terms have no price: the row is accepted by its day and charged by it."""
        contract = self._create_contract([("operations", "2026-09-12")])
        contract.service_ids = [
            Command.create({"type_id": self.ocr.id, "date_start": "2026-09-12"})
        ]
        service = contract.service_ids.filtered(lambda one: one.type_id == self.ocr)
        service.price_unit = 3.0
        contract.action_activate()
        self._record(self._row(contract=contract.name, date="2026-09-20", quantity=100))
        self._run_cron("2026-10-01")
        self.assertFalse(contract.billing_error)
        self.assertEqual(sum(self._get_usage_charges(contract).mapped("amount")), 300.0)
        self.assertEqual(len(contract.charge_ids), 2)

    def test_r06_charged_usage_keeps_its_price(self):
        """Charged at 1.50; the price of the 16th is changed afterwards. Ten more scans
        of the 20th are 10 × 9.00, and what was charged stays.
        """
        self._record(self._row(date="2026-09-20", quantity=100, reference="1"))
        self._run_cron("2026-10-01")
        self._amend_price(9.0, date(2026, 9, 16))
        self._record(self._row(date="2026-09-20", quantity=10, reference="2"))
        self._run_cron("2026-11-01")
        self.assertEqual(self._get_usage_charges().mapped("amount"), [150.0, 90.0])

    def test_r06_minimum_of_parts_adds_up_to_the_month(self):
        """100.00 a month: 50.00 to the 15th, 50.00 from the 16th."""
        self._amend_price(100.0, date(2026, 9, 1), key="minimum")
        self._amend_price(9.0, date(2026, 9, 16))
        self._record(
            self._row(date="2026-09-15", quantity=1, reference="1"),
            self._row(date="2026-09-20", quantity=1, reference="2"),
        )
        self._run_cron("2026-10-01")
        charges = self._get_usage_charges()
        self.assertEqual(charges.mapped("amount"), [50.0, 50.0])
        self.assertIn("(15/30 days of", charges[0].calculation)

    def test_r06_minimum_only_for_what_was_used(self):
        self._amend_price(100.0, date(2026, 9, 1), key="minimum")
        self._record(
            self._row(quantity=10, reference="1"),
            self._row(quantity=-10, reference="2"),
        )
        self._run_cron("2026-10-01")
        self.assertRecordValues(
            self._get_usage_charges(), [{"amount": 0.0, "state": "waived"}]
        )
        self.assertEqual(self.contract.invoice_ids.amount_untaxed, 2400.0)

    # -- never less than nothing ------------------------------------------------

    def test_r06_what_was_taken_back_stays_covered(self):
        with self._on("2026-09-20"):
            there = self._create_usage()
            self._create_usage(quantity=-5, reference="b")
            for change in (
                lambda: there.write({"quantity": 4}),
                lambda: there.write({"date": "2026-10-01"}),
                lambda: there.write({"date": "2026-09-01", "quantity": 1}),
                lambda: there.write({"type_id": self.einvoice.id}),
                there.unlink,
            ):
                with (
                    self.assertRaises(ValidationError),
                    self.env.cr.savepoint(),
                ):
                    change()
                self.env.invalidate_all()
            there.write({"quantity": 5})
            # Both at once are nothing.
            self.contract.usage_ids.with_user(self.accountant).unlink()
        self.assertFalse(self.contract.usage_ids)

    def test_r06_taken_back_at_another_price(self):
        self._amend_price(9.0, date(2026, 9, 16))
        with self._on("2026-09-30"):
            self._create_usage()
            with self.assertRaisesRegex(ValidationError, "while that price held"):
                self._create_usage(quantity=-5, reference="b", date="2026-09-20")

    def test_sum_below_zero_fails_on_its_contract_alone(self):
        """However it came about, such as by two processes at once."""
        other = self._create_active_contract()
        with self._on("2026-09-20"):
            there = self._create_usage()
            self._create_usage(quantity=-5, reference="b")
        self.env.cr.execute("DELETE FROM support_usage WHERE id = %s", [there.id])
        self.env.invalidate_all()
        with self._on("2026-10-01"):
            day = fields.Date.to_date("2026-10-01")
            previews = preview_invoices((self.contract | other), day)
            errors = {one.contracts: one.error for one in previews}
            self.assertIn("adds up to -5", errors[self.contract])
            self.assertFalse(errors[other])
        self._run_cron("2026-10-01")
        self.assertIn("adds up to -5", self.contract.billing_error)
        self.assertEqual(other.charge_ids.state, "invoiced")

    # -- quantities and references ----------------------------------------------

    def test_quantity_is_a_number_within_reason(self):
        with self._on("2026-10-01"):
            for quantity in (1e16, 1e300, float("nan"), float("inf"), "many"):
                with self.assertRaisesRegex(ValidationError, "has to be a number"):
                    self._create_usage(quantity=quantity)
            usage = self._create_usage(quantity=1e9)
            with self.assertRaisesRegex(ValidationError, "has to be a number"):
                usage.quantity = 1e10

    def test_quantity_of_a_file_is_a_number_within_reason(self):
        names = ["contract_id", "type_id", "date", "quantity", "reference"]
        quantities = ("nan", "inf", "-inf", "1e300", "1e16")
        rows = [
            [self.contract.name, "OCR scans", "2026-09-11", quantity, quantity]
            for quantity in ("5", *quantities)
        ]
        with self._on("2026-10-01"), mute_logger("odoo.models"):
            result = self.Usage.load(names, rows)
        self.assertFalse(result["ids"])
        self.assertEqual([one["record"] for one in result["messages"]], [1, 2, 3, 4, 5])
        for message in result["messages"]:
            self.assertIn("has to be a number", message["message"])

    def test_reference_has_one_spelling(self):
        with self._on("2026-10-01"):
            self._create_usage()
            other = self._create_usage(reference="b")
            other.write({"reference": " c "})
            self.assertEqual(other.reference, "c")
            with self.assertRaises(Exception) as caught, self.env.cr.savepoint():
                with mute_logger("odoo.sql_db"):
                    other.write({"reference": " a "})
                    self.env.flush_all()
            self.assertIn("support_usage_reference_uniq", str(caught.exception))

    # -- what no invoice is made of ---------------------------------------------

    def test_r06_archived_tax_of_usage_stops_the_invoice(self):
        tax = self.env["account.tax"].create(
            {"name": "Usage 25", "amount": 25, "type_tax_use": "sale"}
        )
        self.ocr.product_id.taxes_id = tax
        self._record(self._row())
        tax.active = False
        self._run_cron("2026-10-01")
        self.assertIn("Usage 25", self.contract.billing_error)
        self.assertFalse(self.contract.charge_ids)
        with self._on("2026-10-02"), self.assertRaisesRegex(UserError, "Usage 25"):
            self.contract.sudo()._bill()
        tax.active = True
        self._run_cron("2026-10-03")
        self.assertFalse(self.contract.billing_error)
        lines = self.contract.invoice_ids.invoice_line_ids
        self.assertIn(tax, lines.tax_ids)

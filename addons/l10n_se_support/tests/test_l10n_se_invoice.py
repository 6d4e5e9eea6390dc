# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from stdnum import luhn

from odoo import Command
from odoo.tests import tagged

from .common import L10nSeSupportCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeInvoice(L10nSeSupportCommon):
    """12,345 lines are 124 started hundreds, 124 × 180.00 = 22,320.00."""

    def test_swedish_customer(self):
        move = self._bill_maintenance(self.swedish)
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "invoice_date": date(2026, 10, 1),
                    "invoice_date_due": date(2026, 10, 31),
                    "currency_id": self.env.ref("base.SEK").id,
                    "fiscal_position_id": self._chart("fp_sweden").id,
                    "amount_untaxed": 22320.0,
                    "amount_tax": 5580.0,
                    "amount_total": 27900.0,
                    "amount_residual": 27900.0,
                }
            ],
        )
        # fmt: off
        self.assertRecordValues(
            move.line_ids.sorted("balance"),
            [
                {
                    "display_type": "product", "account_id": self._chart("a30012").id,
                    "debit": 0.0, "credit": 22320.0, "date_maturity": False,
                    "tax_ids": self._chart("sale_tax_25_services").ids,
                },
                {
                    "display_type": "tax", "account_id": self._chart("a2611").id,
                    "debit": 0.0, "credit": 5580.0, "date_maturity": False,
                    "tax_ids": [],
                },
                {
                    "display_type": "payment_term",
                    "account_id": self._chart("a1510").id,
                    "debit": 27900.0, "credit": 0.0,
                    "date_maturity": date(2026, 10, 31), "tax_ids": [],
                },
            ],
        )
        # fmt: on
        self.assertEqual(
            move.line_ids.sorted("balance").account_id.mapped("code"),
            ["30012", "2611", "1510"],
        )
        self.assertEqual(self._get_boxes(move), {"05": 22320.0, "10": 5580.0})

    def test_line_says_period_of_service(self):
        move = self._bill_maintenance(self.swedish)
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {
                    "quantity": 124.0,
                    "price_unit": 180.0,
                    "start_date": date(2026, 9, 1),
                    "end_date": date(2026, 9, 30),
                }
            ],
        )

    def test_payment_reference_is_ocr_with_length_and_check_digit(self):
        move = self._bill_maintenance(self.swedish)
        reference = move.payment_reference
        self.assertTrue(luhn.is_valid(reference), reference)
        self.assertEqual(reference[:-2], str(move.id))
        self.assertEqual(int(reference[-2]), len(reference))
        self.assertEqual(
            move.line_ids.filtered(lambda ln: ln.display_type == "payment_term").name,
            reference,
        )

    def test_finnish_business_pays_the_vat_itself(self):
        move = self._bill_maintenance(self.finnish)
        self.assertRecordValues(
            move,
            [
                {
                    "fiscal_position_id": self._chart("fp_euro_b2b").id,
                    "amount_untaxed": 22320.0,
                    "amount_tax": 0.0,
                    "amount_total": 22320.0,
                }
            ],
        )
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {
                    "account_id": self._chart("a3308").id,
                    "tax_ids": self._chart("sale_tax_services_EC").ids,
                    "credit": 22320.0,
                }
            ],
        )
        self.assertIn("Article 196", move.invoice_line_ids.tax_ids.invoice_legal_notes)
        self.assertEqual(self._get_boxes(move), {"39": 22320.0})

    def test_norwegian_customer(self):
        setup = self.env["l10n_se.support.setup"].create({})
        setup.action_correct()
        move = self._bill_maintenance(self.norwegian)
        self.assertRecordValues(
            move,
            [
                {
                    "fiscal_position_id": self._chart("fp_outside_euro").id,
                    "amount_untaxed": 22320.0,
                    "amount_tax": 0.0,
                    "amount_total": 22320.0,
                }
            ],
        )
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {
                    "account_id": self._chart("a3305").id,
                    "tax_ids": self._chart("sale_tax_services_NEC").ids,
                    "credit": 22320.0,
                }
            ],
        )
        self.assertEqual(self._get_boxes(move), {"40": 22320.0})

    def test_finnish_customer_without_vat_number_pays_swedish_vat(self):
        self.finnish.vat = False
        move = self._bill_maintenance(self.finnish)
        self.assertRecordValues(
            move,
            [
                {
                    "fiscal_position_id": self._chart("fp_euro_b2c").id,
                    "amount_untaxed": 22320.0,
                    "amount_tax": 5580.0,
                    "amount_total": 27900.0,
                }
            ],
        )
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {
                    "account_id": self._chart("a30012").id,
                    "tax_ids": self._chart("sale_tax_25_services").ids,
                }
            ],
        )
        self.assertEqual(self._get_boxes(move), {"05": 22320.0, "10": 5580.0})

    def test_contract_from_12_november(self):
        """19 of 30 days: 22,320.00 × 19/30 = 14,136.00; VAT 3,534.00."""
        move = self._bill_maintenance(self.swedish, "2026-11-12", "2026-12-01")
        self.assertRecordValues(
            move,
            [
                {
                    "amount_untaxed": 14136.0,
                    "amount_tax": 3534.0,
                    "amount_total": 17670.0,
                }
            ],
        )
        self.assertRecordValues(
            move.invoice_line_ids,
            [
                {
                    "price_subtotal": 14136.0,
                    "start_date": date(2026, 11, 12),
                    "end_date": date(2026, 11, 30),
                }
            ],
        )
        self.assertEqual(self._get_boxes(move), {"05": 14136.0, "10": 3534.0})

    def test_parts_of_a_month_add_up(self):
        """499.99 a month: 11/30 = 183.33, 19/30 = 316.66; VAT 125.00 of the sum."""
        contract = self._create_contract(services=[], partner_id=self.swedish.id)
        contract.service_ids = [
            Command.create(
                {
                    "type_id": self.type_patch.id,
                    "price_unit": 499.99,
                    "date_start": "2026-11-01",
                    "date_end": "2026-11-11",
                }
            ),
            Command.create(
                {
                    "type_id": self.type_patch.id,
                    "price_unit": 499.99,
                    "date_start": "2026-11-12",
                }
            ),
        ]
        contract.action_activate()
        self._run_cron("2026-12-01")
        move = contract.invoice_ids
        self.assertRecordValues(
            move.invoice_line_ids.sorted("start_date"),
            [
                {
                    "price_subtotal": 183.33,
                    "start_date": date(2026, 11, 1),
                    "end_date": date(2026, 11, 11),
                },
                {
                    "price_subtotal": 316.66,
                    "start_date": date(2026, 11, 12),
                    "end_date": date(2026, 11, 30),
                },
            ],
        )
        self.assertRecordValues(
            move,
            [{"amount_untaxed": 499.99, "amount_tax": 125.0, "amount_total": 624.99}],
        )

    def test_upgrade_fee(self):
        """9,900.00 once; VAT 2,475.00; total 12,375.00."""
        contract = self._create_contract(
            services=[("operations", "2026-12-01")], partner_id=self.swedish.id
        )
        contract.service_ids.price_unit = 2400.0
        contract.action_activate()
        self.env["support.charge"].sudo().create(
            {
                "name": "Version upgrade",
                "contract_id": contract.id,
                "company_id": self.company.id,
                "currency_id": contract.currency_id.id,
                "product_id": self.env.ref("support_contract.product_upgrade").id,
                "kind": "fee",
                "key": "upgrade",
                "date": "2026-09-15",
                "quantity": 1,
                "price_unit": 9900.0,
                "amount": 9900.0,
                "calculation": "Version upgrade",
            }
        )
        with self._on("2026-10-01"):
            move = contract.sudo()._bill()
        self.assertEqual(
            (move.amount_untaxed, move.amount_tax, move.amount_total),
            (9900.0, 2475.0, 12375.0),
        )
        self.assertEqual(move.invoice_line_ids.account_id, self._chart("a30012"))
        self.assertEqual(self._get_boxes(move), {"05": 9900.0, "10": 2475.0})

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import L10nSeSupportCommon


@tagged("post_install", "-at_install")
class TestL10nSeRounding(L10nSeSupportCommon):
    """Totals in whole kronor, on 3740 and without VAT."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.l10n_se_round_totals = True

    def _bill_fixed(self, *prices, day="2026-10-01"):
        """The invoice for services of September at these prices."""
        contract = self._create_contract(services=[], partner_id=self.swedish.id)
        contract.service_ids = [
            Command.create(
                {
                    "type_id": self.type_operations.id,
                    "price_unit": price,
                    "date_start": "2026-09-01",
                }
            )
            for price in prices
        ]
        contract.action_activate()
        with self._on(day):
            preview = self.env["support.billing.preview"]._open(contract)
            self.preview = self.env["support.billing.preview"].browse(preview["res_id"])
            self.previewed = self.preview.invoice_ids.read(
                ["amount_untaxed", "amount_tax", "amount_total"]
            )
        self._run_cron(day)
        self.assertFalse(contract.billing_error)
        return contract.invoice_ids

    def _create_by_hand(self, *prices, **vals):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.swedish.id,
                "invoice_date": "2026-10-01",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "price_unit": price,
                            "tax_ids": self._chart("sale_tax_25_services").ids,
                        }
                    )
                    for price in prices
                ],
                **vals,
            }
        )

    def _get_rounded(self, move):
        """[(account, credit less debit, taxes)] of what rounds the total."""
        lines = move.line_ids.filtered(lambda line: line.display_type == "rounding")
        return [
            (line.account_id.code, -line.balance, line.tax_ids.ids) for line in lines
        ]

    def test_worked_example(self):
        """512.50, VAT 128.13, together 640.63, asked for 641.00: credit of 0.37."""
        move = self._bill_fixed(512.5)
        self.assertEqual(self._get_rounded(move), [("3740", 0.37, [])])
        self.assertRecordValues(
            move,
            [{"amount_tax": 128.13, "amount_total": 641.0, "amount_residual": 641.0}],
        )
        self.assertEqual(self._get_boxes(move), {"05": 512.5, "10": 128.13})
        self.assertEqual(
            [
                (one["amount_untaxed"], one["amount_tax"], one["amount_total"])
                for one in self.previewed
            ],
            [(512.5, 128.13, 641.0)],
        )
        self._assert_suite_agrees(move, 512.5)

    def _assert_suite_agrees(self, move, untaxed):
        """What was charged is what was invoiced, without the rounding."""
        contract = move.support_contract_ids
        self.assertEqual(sum(contract.charge_ids.mapped("amount")), untaxed)
        self.assertEqual(move._get_support_untaxed(), untaxed)
        with self._on("2026-10-20"):
            overview = self.env["support.billing.overview"].create({})
        self.assertTrue(overview.is_tied)
        figures = dict(overview.total_ids.mapped(lambda line: (line.name, line.amount)))
        self.assertEqual(figures["Rounding of totals"], 0.37)

    def test_vat_is_rounded_once(self):
        """Four of 10.10: VAT 10.10, not four times 2.53; 50.50 goes up to 51.00."""
        move = self._create_by_hand(10.1, 10.1, 10.1, 10.1)
        move.action_post()
        self.assertRecordValues(move, [{"amount_tax": 10.1, "amount_total": 51.0}])
        self.assertEqual(self._get_rounded(move), [("3740", 0.5, [])])

    def test_credit_note_mirrors(self):
        """Also of an invoice that was not rounded, after the setting was changed."""
        for on, total, rounded in ((True, 51.0, -0.5), (False, 50.5, 0.0)):
            self.company.l10n_se_round_totals = on
            move = self._create_by_hand(40.4)
            move.action_post()
            self.company.l10n_se_round_totals = not on
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=move.ids)
                .create({"journal_id": move.journal_id.id})
            )
            credit = move.browse(wizard.refund_moves()["res_id"])
            credit.action_post()
            self.assertEqual((move.amount_total, credit.amount_total), (total, total))
            self.assertEqual(
                sum(each[1] for each in self._get_rounded(credit)), rounded
            )

    def test_downwards(self):
        move = self._create_by_hand(40.3)
        move.action_post()
        self.assertEqual((move.amount_tax, move.amount_total), (10.08, 50.0))
        self.assertEqual(self._get_rounded(move), [("3740", -0.38, [])])

    def test_kronor_alone(self):
        euros = self._create_by_hand(10.1, currency_id=self.env.ref("base.EUR").id)
        self.assertFalse(euros.invoice_cash_rounding_id)
        euros.currency_id = self.env.ref("base.SEK")
        self.assertTrue(euros.invoice_cash_rounding_id)
        euros.currency_id = self.env.ref("base.EUR")
        self.assertFalse(euros.invoice_cash_rounding_id)

    def test_charge_is_credited_and_charged_again(self):
        """The whole invoice is given back, and nothing is left of it."""
        move = self._bill_fixed(512.5)
        self.assertEqual(move.amount_total, 641.0)
        contract = move.support_contract_ids
        with self._on("2026-10-05"):
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=move.ids)
                .create(
                    {"journal_id": move.journal_id.id, "support_reopen_charges": True}
                )
            )
            credit = move.browse(wizard.refund_moves()["res_id"])
            credit.action_post()
        self.assertEqual(credit.amount_total, 641.0)
        self.assertEqual(contract.charge_ids.state, "pending")
        with self._on("2026-10-06"):
            again = contract.sudo()._bill()
        self.assertEqual(again.amount_total, 641.0)

    def test_e_invoice(self):
        move = self._bill_fixed(512.5)
        xml, _errors = self.env["account.edi.xml.ubl_bis3"]._export_invoice(move)
        total = etree.fromstring(xml).find("{*}LegalMonetaryTotal")
        self.assertEqual(
            [
                total.findtext(f"{{*}}{name}")
                for name in (
                    "TaxExclusiveAmount",
                    "TaxInclusiveAmount",
                    "PayableRoundingAmount",
                    "PayableAmount",
                )
            ],
            ["512.50", "640.63", "0.37", "641.00"],
        )

    def test_setting_needs_the_account(self):
        other = self.env["res.company"].create({"name": "No chart"})
        with self.assertRaisesRegex(ValidationError, "3740"):
            other.l10n_se_round_totals = True

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.support_instance.tests.repository import module_files

from .common import L10nSeSupportCommon


@tagged("post_install_l10n", "post_install", "-at_install")
class TestL10nSeCorrection(L10nSeSupportCommon):
    """What corrects has the VAT of what it corrects.

    1,000 lines are 10 × 180.00 = 1,800.00 for September; 500 lines are 900.00.
    """

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("workshop", 1000))

    def _assert_move(self, move, move_type, untaxed, vat, account, tax, boxes):
        """A posted document with one line of a charge, in the boxes of the return."""
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "move_type": move_type,
                    "amount_untaxed": untaxed,
                    "amount_tax": vat,
                    "amount_total": untaxed + vat,
                }
            ],
        )
        line = move.invoice_line_ids.filtered("support_charge_ids")
        self.assertRecordValues(
            line,
            [
                {
                    "account_id": self._chart(account).id,
                    "tax_ids": self._chart(tax).ids,
                    "price_subtotal": untaxed,
                }
            ],
        )
        self.assertEqual(self._get_boxes(move), boxes)

    def test_business_that_lost_its_vat_number(self):
        """Reverse charge: credit note 900.00 + 0 that names the invoice. October is
        1,800.00 + 450.00 on an invoice of its own.
        """
        invoice = self._bill_maintenance(self.finnish)
        self.finnish.vat = False
        correction = self._correct(invoice, 500)
        self._run_cron("2026-11-01")
        credit = correction.move_id
        self._assert_move(
            credit,
            "out_refund",
            900.0,
            0.0,
            "a3308",
            "sale_tax_services_EC",
            {"39": -900.0},
        )
        self.assertEqual(credit.reversed_entry_id, invoice)
        self.assertIn(invoice.name, credit.ref)
        self.assertEqual(credit.fiscal_position_id, self._chart("fp_euro_b2b"))
        october = correction.contract_id.invoice_ids - invoice - credit
        self._assert_move(
            october,
            "out_invoice",
            1800.0,
            450.0,
            "a30012",
            "sale_tax_25_services",
            {"05": 1800.0, "10": 450.0},
        )

    def test_business_that_gets_a_vat_number(self):
        """Invoiced with VAT: credit note 900.00 + 225.00, and nothing in box 39."""
        self.finnish.vat = False
        invoice = self._bill_maintenance(self.finnish)
        self.finnish.vat = "FI12345671"
        correction = self._correct(invoice, 500)
        self._run_cron("2026-11-01")
        self._assert_move(
            correction.move_id,
            "out_refund",
            900.0,
            225.0,
            "a30012",
            "sale_tax_25_services",
            {"05": -900.0, "10": -225.0},
        )
        self.assertEqual(correction.move_id.reversed_entry_id, invoice)

    def test_rise_is_a_document_of_its_own(self):
        """2,000 lines are 3,600.00: 1,800.00 + 0 more."""
        invoice = self._bill_maintenance(self.finnish)
        self.finnish.vat = False
        correction = self._correct(invoice, 2000)
        self._run_cron("2026-11-01")
        self._assert_move(
            correction.move_id,
            "out_invoice",
            1800.0,
            0.0,
            "a3308",
            "sale_tax_services_EC",
            {"39": 1800.0},
        )
        self.assertIn(invoice.name, correction.move_id.invoice_line_ids.name)
        self.assertEqual(
            correction.move_id.fiscal_position_id, self._chart("fp_euro_b2b")
        )

    def test_correction_of_a_correction(self):
        """900.00 back, then 450.00 again: both as the invoice, 0 %."""
        invoice = self._bill_maintenance(self.finnish)
        self.finnish.vat = False
        first = self._correct(invoice, 500)
        self._run_cron("2026-11-01")
        second = self._correct_charge(first, 750, "2026-11-05")
        self._run_cron("2026-12-01")
        self.assertEqual((first.amount, second.amount), (-900.0, 540.0))
        self._assert_move(
            second.move_id,
            "out_invoice",
            540.0,
            0.0,
            "a3308",
            "sale_tax_services_EC",
            {"39": 540.0},
        )

    def test_changed_agreement(self):
        """November in advance 2,400.00 + 0; ended on the 15th: 1,200.00 + 0 back."""
        terms = self.terms.copy({"version": "advance", "timing": "advance"})
        terms._get_price(self.type_operations).price_unit = 2400.0
        terms.action_publish()
        contract = self._create_active_contract(
            [("operations", "2026-11-01")],
            terms_id=terms.id,
            partner_id=self.finnish.id,
        )
        self._run_cron("2026-11-01")
        invoice = contract.invoice_ids
        self.finnish.vat = False
        with self._on("2026-11-05"):
            contract._give_notice(
                contract.service_ids, date(2026, 11, 5), date(2026, 11, 15), "Sold"
            )
        self._run_cron("2026-12-01")
        credit = contract.invoice_ids - invoice
        self._assert_move(
            credit,
            "out_refund",
            1200.0,
            0.0,
            "a3308",
            "sale_tax_services_EC",
            {"39": -1200.0},
        )
        self.assertEqual(credit.reversed_entry_id, invoice)

    def test_archived_tax_of_a_product_that_has_another(self):
        """25 % then, 12 % now: 900.00 + 225.00 back; October 1,800.00 + 216.00."""
        invoice = self._bill_maintenance(self.swedish)
        template = self.product.product_tmpl_id
        old, new = (
            self._chart("sale_tax_25_services"),
            self._chart("sale_tax_12_services"),
        )
        template.taxes_id = [Command.unlink(old.id), Command.link(new.id)]
        template.property_account_income_id = self._chart("a30022")
        old.active = False
        correction = self._correct(invoice, 500)
        self._run_cron("2026-11-01")
        self.assertFalse(correction.contract_id.billing_error)
        self._assert_move(
            correction.move_id,
            "out_refund",
            900.0,
            225.0,
            "a30012",
            "sale_tax_25_services",
            {"05": -900.0, "10": -225.0},
        )
        october = correction.contract_id.invoice_ids - invoice - correction.move_id
        self.assertEqual((october.amount_untaxed, october.amount_tax), (1800.0, 216.0))

    def test_vat_that_was_wrong_is_credited_and_charged_again(self):
        """1,800.00 + 450.00 back, and 1,800.00 + 0 with the number; a correction of it
        has the VAT of the second invoice.
        """
        self.finnish.vat = False
        invoice = self._bill_maintenance(self.finnish)
        self.finnish.vat = "FI12345671"
        charge = invoice.invoice_line_ids.support_charge_ids
        with self._on("2026-10-05"):
            wizard = (
                self.env["account.move.reversal"]
                .with_context(active_model="account.move", active_ids=invoice.ids)
                .create({"journal_id": invoice.journal_id.id})
            )
            wizard.support_reopen_charges = True
            credit = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
            credit.action_post()
            self.assertEqual(self._get_boxes(credit), {"05": -1800.0, "10": -450.0})
            again = charge.contract_id.sudo()._bill()
        self.assertEqual(charge.move_id, again)
        self._assert_move(
            again,
            "out_invoice",
            1800.0,
            0.0,
            "a3308",
            "sale_tax_services_EC",
            {"39": 1800.0},
        )
        self.finnish.vat = False
        correction = self._correct_charge(charge, 500, "2026-10-06")
        self._run_cron("2026-11-01")
        self.assertEqual(correction.move_id.reversed_entry_id, again)
        self.assertEqual(correction.move_id.amount_tax, 0.0)

    def test_archived_account(self):
        """Odoo posts nothing on it: the account of today, with the VAT of then."""
        invoice = self._bill_maintenance(self.swedish)
        self.product.product_tmpl_id.property_account_income_id = self._chart("a30022")
        self._chart("a30012").active = False
        self.swedish.property_account_position_id = self._chart("fp_outside_euro")
        correction = self._correct(invoice, 500)
        self._run_cron("2026-11-01")
        self._assert_move(
            correction.move_id,
            "out_refund",
            900.0,
            225.0,
            "a30022",
            "sale_tax_25_services",
            {"05": -900.0, "10": -225.0},
        )

    def test_only_the_archived_tax_is_left(self):
        """The correction goes out; October waits for a tax on the product."""
        invoice = self._bill_maintenance(self.swedish)
        contract = invoice.invoice_line_ids.support_charge_ids.contract_id
        with self._on("2026-10-02"):
            contract._give_notice(
                contract.service_ids,
                date(2026, 10, 2),
                date(2026, 9, 30),
                "Wound up",
            )
        self._chart("sale_tax_25_services").active = False
        correction = self._correct(invoice, 500)
        self._run_cron("2026-11-01")
        self.assertFalse(contract.billing_error)
        self._assert_move(
            correction.move_id,
            "out_refund",
            900.0,
            225.0,
            "a30012",
            "sale_tax_25_services",
            {"05": -900.0, "10": -225.0},
        )

    def test_same_vat_is_taken_off_the_next_invoice(self):
        """1,800.00 − 900.00 = 900.00, VAT 225.00, on one invoice."""
        invoice = self._bill_maintenance(self.swedish)
        correction = self._correct(invoice, 500)
        self._run_cron("2026-11-01")
        self.assertRecordValues(
            correction.move_id,
            [
                {
                    "move_type": "out_invoice",
                    "amount_untaxed": 900.0,
                    "amount_tax": 225.0,
                }
            ],
        )
        self.assertEqual(len(correction.contract_id.invoice_ids), 2)

    def test_preview_shows_the_documents_apart(self):
        invoice = self._bill_maintenance(self.finnish)
        self.finnish.vat = False
        correction = self._correct(invoice, 500)
        with self._on("2026-11-01"):
            action = correction.contract_id.action_preview_invoice()
        preview = self.env["support.billing.preview"].browse(action["res_id"])
        self.assertEqual(
            sorted((one.amount_untaxed, one.amount_tax) for one in preview.invoice_ids),
            [(-900.0, 0.0), (1800.0, 450.0)],
        )

    def test_sign_of_a_document_is_judged_with_vat(self):
        """−1,000.00 at 25 % and +1,100.00 at 0 % of the same customer: an invoice of
        1,100.00 and a credit note of 1,250.00, though 100.00 is left without VAT.
        """
        contract = self._create_contract(
            services=[("operations", "2026-12-01")], partner_id=self.swedish.id
        )
        contract.service_ids.price_unit = 1000.0
        contract.action_activate()
        free = self.type_patch.product_id
        free.taxes_id = [Command.set(self._chart("sale_tax_services_NEC").ids)]
        charges = (
            self.env["support.charge"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "contract_id": contract.id,
                        "company_id": self.company.id,
                        "currency_id": contract.currency_id.id,
                        "product_id": product.id,
                        "kind": "fee",
                        "key": name,
                        "date": "2026-09-01",
                        "quantity": 1 if amount > 0 else -1,
                        "price_unit": abs(amount),
                        "amount": amount,
                        "calculation": name,
                    }
                    for name, amount, product in [
                        ("Back", -1000.0, self.type_operations.product_id),
                        ("More", 1100.0, free),
                    ]
                ]
            )
        )
        with self._on("2026-10-05"):
            contract.sudo()._bill()
        self.assertRecordValues(
            charges.move_id.sorted("move_type"),
            [
                {"move_type": "out_invoice", "amount_total": 1100.0},
                {"move_type": "out_refund", "amount_total": 1250.0},
            ],
        )

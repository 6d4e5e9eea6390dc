# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.support_instance.tests.repository import module_files

from ..reconciling import Reconciliation
from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportChargeCredited(SupportBillingCommon):
    """What a person credited of one line among others is not given back once more."""

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 12_345))
        self.contract = self._create_contract(
            [("maintenance", "2026-09-01"), ("operations", "2026-09-01")]
        )
        self.instance = self._create_instance(self.contract, self.repository)
        # 124 × 180.00 = 22,320.00 for 12,345 lines, and 48,000.00 for operations:
        # enough that the invoice alone sets no bound.
        self.contract.condition_ids = [
            Command.create(
                {
                    "key": "price",
                    "value": 48_000.0,
                    "type_id": self.type_operations.id,
                    "date_start": "2026-09-01",
                }
            )
        ]
        self.contract.action_activate()
        self._run_cron("2026-10-01")
        self.charge = self.contract.charge_ids.filtered("count_ids")
        self.invoice = self.charge.move_id
        self.assertEqual(self.invoice.amount_untaxed, 70_320.0)

    def _count(self, lines, day="2026-10-05"):
        self.repository.commit(module_files("acme_base", lines))
        with self._on(day):
            return self.instance.action_count() and self.instance.last_count_id

    def _correct(self, count, day="2026-10-10"):
        with self._on(day), self.env.cr.savepoint():
            charge = self.charge.with_user(self.accountant)
            return charge._correct(count, "The first count was wrong")

    def _credit(self, product=None, price=None):
        """A posted credit note for the line of the code, made as a person does: all
        lines are proposed, and the others deleted.

        :param product: what the person chooses instead
        :param price: what they give back instead of all
        """
        credit = self._reverse()
        lines = credit.invoice_line_ids.filtered("product_id")
        own = lines.filtered(lambda line: line.product_id == self.charge.product_id)
        (lines - own).unlink()
        if product:
            own.write({"product_id": product.id, "name": "Goodwill"})
        if price:
            own.write({"quantity": 1, "price_unit": price})
        credit.action_post()
        return credit

    def _reverse(self):
        """A draft credit note of the whole invoice."""
        Wizard = self.env["account.move.reversal"].with_user(self.accountant)
        wizard = Wizard.with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({"journal_id": self.invoice.journal_id.id, "date": "2026-10-04"})
        wizard.reverse_moves()
        return wizard.new_move_ids

    def test_line_that_is_credited_is_not_corrected(self):
        """22,320.00 are given back already; 48,000.00 of the invoice are not."""
        credit = self._credit()
        self.assertEqual(credit.amount_untaxed, 22_320.0)
        for lines, day in ((10_000, "2026-10-05"), (13_000, "2026-10-06")):
            with self.assertRaisesRegex(UserError, "by .*22,320.00"):
                self._correct(self._count(lines, day))
        credit.button_draft()
        self.assertTrue(self._correct(self.instance.last_count_id))

    def test_correction_takes_no_more_than_is_left_of_its_line(self):
        """22,320 less 20,000: 4,320 is too much. Less 18,000: 4,320 is left."""
        count = self._count(10_000)
        credit = self._credit(price=20_000.0)
        with self.assertRaisesRegex(UserError, "by .*20,000.00"):
            self._correct(count)
        credit.button_draft()
        self._credit(price=18_000.0)
        correction = self._correct(count)
        self.assertEqual(correction.amount, -4_320.0)
        # Nothing is left: what is right by now is not given back either.
        with self.assertRaisesRegex(UserError, "by .*18,000.00"):
            self._correct(self._count(9_900, "2026-10-11"), "2026-10-12")

    def test_credit_under_another_name_counts_too(self):
        goodwill = self.env["product.product"].create({"name": "Goodwill"})
        self._credit(product=goodwill, price=22_320.0)
        with self.assertRaisesRegex(UserError, "by .*22,320.00"):
            self._correct(self._count(10_000))

    def test_credit_of_another_line_is_no_hindrance(self):
        """The operations are given back, the code stays to be paid."""
        count = self._count(10_000)
        credit = self._reverse()
        credit.invoice_line_ids.filtered(
            lambda line: line.product_id == self.charge.product_id
        ).unlink()
        credit.action_post()
        self.assertEqual(self._correct(count).amount, -4_320.0)

    def test_waiting_correction_of_a_credited_line_is_held(self):
        correction = self._correct(self._count(10_000))
        credit = self._credit()
        self.assertEqual(correction.state, "held")
        self.assertIn(credit.name, correction.decision_reason)

    def test_no_key_of_a_call_keeps_it_from_being_held(self):
        correction = self._correct(self._count(10_000))
        credit = self._reverse().with_context(support_is_replaced=True)
        credit.action_post()
        self.assertEqual(correction.state, "held")

    def test_waiting_correction_stays_when_enough_is_left(self):
        """22,320 less 4,320 is 18,000: so much can be credited beside it."""
        correction = self._correct(self._count(10_000))
        self._credit(price=18_000.0)
        self.assertEqual(correction.state, "pending")

    def test_reconciliation_finds_it_under_another_name(self):
        goodwill = self.env["product.product"].create({"name": "Goodwill"})
        self._credit(product=goodwill, price=20_000.0)
        self.assertEqual(self.charge.sudo()._get_credited(), 20_000.0)
        differences = Reconciliation(
            self.contract.sudo(), date(2026, 9, 1), date(2026, 9, 30)
        ).get_differences()
        self.assertIn(
            (self.charge, 2_320.0),
            [(row["charge"], row["found"]) for row in differences],
        )

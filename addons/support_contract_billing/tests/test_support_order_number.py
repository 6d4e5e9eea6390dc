# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.tests import Form, tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportOrderNumber(SupportBillingCommon):
    """Order number and reference hold from a day, and are one customer's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.heir = cls.env["res.partner"].create(
            {"name": "Björkdal Möbler AB", "is_company": True}
        )
        cls.contract = cls._create_active_contract(
            billing_order_number="PO 7", billing_reference="Anna"
        )

    def _amend(self, day, today=None, **vals):
        with self._on(today or day):
            self.contract._amend(
                date.fromisoformat(day), "New order", [(self.contract, vals)]
            )

    def _pass_on(self, day, today=None, **vals):
        self._amend(day, today, partner_id=self.heir.id, **vals)

    def _enter(self, day, contract=None, **vals):
        with self._on(day):
            (contract or self.contract).with_user(self.manager).write(vals)

    def _get_asked(self, contract=None):
        """[(customer, order number, reference, amount)] of the invoices, in order."""
        return [
            (
                move.partner_id,
                move.ref,
                move.support_customer_reference,
                move.amount_untaxed,
            )
            for move in (contract or self.contract).invoice_ids.sorted("id")
        ]

    def test_last_day_of_the_period_decides(self):
        """From 1 October: September's invoice, made that day, has the old ones."""
        self._amend(
            "2026-10-01",
            today="2026-09-20",
            billing_order_number="PO 8",
            billing_reference="Bo",
        )
        with self._on("2026-10-01"):
            self._run_amendments()
        self._run_cron("2026-10-01")
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked(),
            [
                (self.customer, "PO 7", "Anna", 2400.0),
                (self.customer, "PO 8", "Bo", 2400.0),
            ],
        )

    def test_number_of_the_middle_of_a_month_holds_for_it(self):
        self._amend("2026-09-30", billing_order_number="PO 8")
        self._run_cron("2026-10-01")
        self.assertEqual(self._get_asked(), [(self.customer, "PO 8", "Anna", 2400.0)])

    def test_number_entered_by_hand_holds_from_that_day(self):
        self._enter("2026-10-01", billing_order_number="PO 8")
        self._run_cron("2026-10-01")
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked(),
            [
                (self.customer, "PO 7", "Anna", 2400.0),
                (self.customer, "PO 8", "Anna", 2400.0),
            ],
        )
        self.assertEqual(self.contract.amendment_ids.user_id, self.manager)

    def test_first_number_holds_for_what_is_not_invoiced(self):
        contract = self._create_active_contract(billing_order_required=True)
        self._run_cron("2026-10-01")
        self.assertIn("order number", contract.billing_error)
        self._enter("2026-10-02", contract, billing_order_number="PO 9")
        self._run_cron("2026-10-02")
        self.assertEqual(
            self._get_asked(contract), [(self.customer, "PO 9", False, 2400.0)]
        )

    def test_each_customer_has_their_own(self):
        """11/31 and 20/31 of 2,400.00; the heir's number comes weeks later."""
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12")
        self.assertFalse(self.contract.billing_order_number)
        self._enter("2026-10-25", billing_order_number="H 1", billing_reference="Hedda")
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked()[1:],
            [
                (self.customer, "PO 7", "Anna", 851.61),
                (self.heir, "H 1", "Hedda", 1548.39),
            ],
        )

    def test_heirs_number_is_agreed_with_the_passing_on(self):
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12", today="2026-10-05", billing_order_number="H 1")
        self.assertEqual(self.contract.billing_order_number, "PO 7")
        with self._on("2026-10-12"):
            self._run_amendments()
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked()[1:],
            [
                (self.customer, "PO 7", "Anna", 851.61),
                (self.heir, "H 1", False, 1548.39),
            ],
        )

    def test_number_entered_before_a_scheduled_passing_on_is_the_formers(self):
        self.contract = self._create_active_contract()
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12", today="2026-10-02")
        self._enter("2026-10-05", billing_order_number="PO 9")
        with self._on("2026-10-12"):
            self._run_amendments()
        self.assertFalse(self.contract.billing_order_number)
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked()[1:],
            [
                (self.customer, "PO 9", False, 851.61),
                (self.heir, False, False, 1548.39),
            ],
        )

    def test_undone_passing_on_gives_the_number_back(self):
        self._pass_on("2026-10-12", today="2026-10-12")
        with self._on("2026-10-13"):
            self.env["support.contract.amend"].create(
                {
                    "contract_id": self.contract.id,
                    "change": "undo",
                    "reason": "Not sold",
                    "date_effective": "2026-10-12",
                    "undoes_id": self.contract.amendment_ids.id,
                }
            ).action_confirm()
        self._run_cron("2026-11-01", agreed=True)
        self.assertEqual(self._get_asked(), [(self.customer, "PO 7", "Anna", 4800.0)])

    def test_merged_customers_are_one_customer(self):
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12")
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        third = self.heir.copy()
        wizard._merge((self.customer | third).ids, third)
        self.env.invalidate_all()
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked()[1:],
            [(third, "PO 7", "Anna", 851.61), (self.heir, False, False, 1548.39)],
        )

    def test_number_that_is_missing_holds_that_invoice_alone(self):
        self.contract.billing_order_required = True
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12")
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked()[1:], [(self.customer, "PO 7", "Anna", 851.61)]
        )
        self.assertIn("Björkdal Möbler AB", self.contract.billing_error)
        self._enter("2026-11-02", billing_order_number="H 1")
        self._run_cron("2026-12-01")
        self.assertEqual(self._get_asked()[2:], [(self.heir, "H 1", False, 3948.39)])
        self.assertFalse(self.contract.billing_error)

    def test_different_numbers_share_no_invoice(self):
        """Of one contract, two missed months; and of two that share otherwise."""
        self._amend("2026-10-01", billing_order_number="PO 8")
        self._run_cron("2026-11-01", agreed=True)
        self.assertEqual(
            self._get_asked(),
            [
                (self.customer, "PO 7", "Anna", 2400.0),
                (self.customer, "PO 8", "Anna", 2400.0),
            ],
        )
        one, two = (
            self._create_active_contract(
                [("operations", "2026-11-01")],
                billing_grouping="customer",
                billing_order_number=number,
            )
            for number in ("PO 1", "PO 2")
        )
        self._run_cron("2026-12-01")
        self.assertEqual(self._get_asked(one), [(self.customer, "PO 1", False, 2400.0)])
        self.assertEqual(one.invoice_ids.invoice_origin, one.name)
        self.assertEqual(self._get_asked(two), [(self.customer, "PO 2", False, 2400.0)])

    def test_draft_of_another_customer_and_copies_carry_none(self):
        copied = self.contract.copy()
        self.assertFalse(copied.billing_order_number or copied.billing_reference)
        copied.billing_order_number = "PO 7"
        copied.partner_id = self.heir
        self.assertFalse(copied.billing_order_number)

    def test_archived_former_customer_holds_their_own_invoice(self):
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12")
        self.customer.active = False
        self._run_cron("2026-11-01")
        self.assertEqual(self._get_asked()[1:], [(self.heir, False, False, 1548.39)])
        self.assertIn("Björkdal Snickeri AB", self.contract.billing_error)
        held = self.contract.charge_ids.filtered(lambda one: one.state == "pending")
        self.assertEqual((held.partner_id, held.amount), (self.customer, 851.61))
        self.customer.active = True
        self._run_cron("2026-11-03")
        self.assertEqual(
            self._get_asked()[2:], [(self.customer, "PO 7", "Anna", 851.61)]
        )
        self.assertFalse(self.contract.billing_error)

    def test_archived_customer_does_not_hold_the_formers(self):
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12")
        self.heir.active = False
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked()[1:], [(self.customer, "PO 7", "Anna", 851.61)]
        )

    def test_correction_has_the_number_of_what_it_corrects(self):
        """Also when the contract has passed on since."""
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12")
        self._enter("2026-10-13", billing_order_number="H 1")
        charge = self.contract.charge_ids
        details = charge._get_order_details()
        self.assertEqual(details, ("PO 7", "Anna"))
        correction = charge.sudo().copy(
            {
                "key": "x",
                "corrects_id": charge.id,
                "kind": "correction",
                "move_line_id": False,
                "state": "pending",
            }
        )
        self.assertEqual(correction._get_order_details(), ("PO 7", "Anna"))

    def test_manager_agrees_in_the_window(self):
        with self._on("2026-10-05"):
            Window = self.env["support.contract.amend"].with_user(self.manager)
            Window = Window.with_context(default_contract_id=self.contract.id)
            with Form(
                Window.with_context(default_contract_id=self.contract.id)
            ) as form:
                form.change = "order"
                self.assertEqual(form.order_number, "PO 7")
                form.order_number = "PO 8"
                form.reason = "New order"
                form.date_effective = date(2026, 11, 1)
            form.record.action_confirm()
            with Form(
                Window.with_context(default_contract_id=self.contract.id)
            ) as form:
                form.change = "customer"
                self.assertFalse(form.order_number)
                form.partner_id = self.heir
                form.order_number = "H 1"
                form.reason = "Sold"
                form.date_effective = date(2026, 12, 1)
            form.record.action_confirm()
        details = self.contract._get_order_details
        self.assertEqual(details(date(2026, 10, 31), self.customer), ("PO 7", "Anna"))
        self.assertEqual(details(date(2026, 11, 30), self.customer), ("PO 8", "Anna"))
        self.assertEqual(details(date(2026, 12, 31), self.heir), ("H 1", ""))

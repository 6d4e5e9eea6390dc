# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.support_contract_billing import stamp
from odoo.addons.support_contract_billing.previewing import preview_invoices
from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportCarrierCommon


@tagged("post_install", "-at_install")
class TestSupportCarrier(SupportCarrierCommon):
    """Charges on the invoices of a recurring contract, however these are made."""

    def assertInvoicedOnce(self, periods=1):
        """Each charge has one line, each line of a charge its amount."""
        charges = self.contract.charge_ids
        self.assertEqual(len(charges), 2 * periods)
        self.assertEqual(set(charges.mapped("state")), {"invoiced"})
        self.assertEqual(len(charges.move_line_id), 2 * periods)
        for charge in charges:
            self.assertEqual(charge.move_line_id.price_subtotal, charge.amount)
        support = self.env["account.move.line"].search(
            [
                ("product_id", "in", charges.product_id.ids),
                ("display_type", "=", "product"),
                ("parent_state", "!=", "cancel"),
            ]
        )
        self.assertEqual(support, charges.move_line_id, "a line of no charge")

    def test_scheduled_action_of_recurring_contracts(self):
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.amount_untaxed, 100.0 + 2_400.0 + 495.0)
        self.assertInvoicedOnce()
        self.assertEqual(self.contract.invoice_ids, move)
        lines = self._get_charge_lines(move)
        self.assertEqual(lines.support_charge_ids, self.contract.charge_ids)
        # The recurring contract's own line comes first, and is all that is its own.
        own = move.invoice_line_ids.sorted("sequence")[0]
        self.assertEqual(own.contract_line_id, self.carrier.contract_line_ids)
        self.assertFalse(lines.contract_line_id)
        self.assertEqual(str(self.contract.date_billed), "2026-10-01 03:00:00")
        # In whichever order and however often everything runs afterwards.
        self._run_cron("2026-10-01")
        self._run_cron("2026-10-20")
        self.assertFalse(self._run_carrier_cron("2026-10-20"))
        self.assertEqual(self.contract.invoice_ids, move)
        self.assertInvoicedOnce()

    def test_preview_says_which_document_carries_the_charges(self):
        """2,400.00 + 495.00 on the recurring contract's invoice of 1 October; 2,400.00
        on an invoice of its own for the customer's other contract.
        """
        own = self._create_active_contract(billing_grouping="customer")
        self.contract.billing_grouping = "customer"
        Preview = self.env["support.billing.preview"].with_user(self.consultant)
        with self._on("2026-10-01"):
            preview = Preview.browse(Preview.action_open_all()["res_id"])
            alone = Preview.browse(
                self.contract.with_user(self.consultant).action_preview_invoice()[
                    "res_id"
                ]
            )
        invoices = {invoice.contract_id: invoice for invoice in preview.ready_ids}
        self.assertEqual(invoices.keys(), {own, self.contract})
        carried = invoices[self.contract]
        self.assertEqual(carried.amount_untaxed, 2_895.0)
        self.assertIn("recurring contract E-mail on 10/01/2026", carried.document)
        self.assertFalse(invoices[own].document)
        self.assertEqual(alone.documents, carried.document)
        # What it says comes true.
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(
            sum(self._get_charge_lines(move).mapped("price_subtotal")), 2_895.0
        )

    def test_preview_does_not_wait_for_an_archived_contract(self):
        self.carrier.active = False
        with self._on("2026-10-01"):
            [preview] = preview_invoices(self.contract, date(2026, 10, 1))
        self.assertIn("makes no invoice any more", preview.document)
        self.assertFalse(self._run_carrier_cron("2026-10-01"))
        self._run_cron("2026-10-08")
        self.assertEqual(self.contract.invoice_ids.amount_untaxed, 2_895.0)

    def test_own_run_leaves_it_to_the_recurring_contract(self):
        self._run_cron("2026-10-01")
        self._run_cron("2026-10-07")
        self.assertFalse(self.contract.charge_ids)
        self._run_carrier_cron("2026-10-07")
        self.assertInvoicedOnce()

    def test_button_of_the_recurring_contract(self):
        clerk = new_test_user(self.env, "clerk", groups="account.group_account_manager")
        with self._on("2026-10-03"):
            moves = self.carrier.with_user(clerk).recurring_create_invoice()
        self.assertFalse(moves.env.context.get("support_carrying"))
        self.assertEqual(moves.amount_untaxed, 2_995.0)
        self.assertInvoicedOnce()
        with self.assertRaises(AccessError):
            moves.with_user(clerk).env["support.contract"].browse(
                self.contract.id
            ).check_access("read")
        # Once more: the recurring contract's November, and nothing of ours.
        with self._on("2026-10-03"):
            again = self.carrier.with_user(clerk).recurring_create_invoice()
        self.assertEqual(again.amount_untaxed, 100.0)
        self.assertInvoicedOnce()

    def test_wizard_of_recurring_contracts_with_a_date_to_come(self):
        """What is not over yet is not charged, whatever date the invoice gets."""
        with self._on("2026-10-02"):
            wizard = self.env["contract.manually.create.invoice"].create(
                {"invoice_date": "2026-12-01"}
            )
            wizard.create_invoice()
        self.assertInvoicedOnce()
        self.assertEqual(
            {str(end) for end in self.contract.charge_ids.mapped("period_end")},
            {"2026-09-30"},
        )

    def test_bill_now_makes_an_invoice_of_its_own(self):
        with self._on("2026-10-02"):
            action = self.contract.with_user(self.accountant).action_bill()
        own = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(own.amount_untaxed, 2_895.0)
        other = self._run_carrier_cron("2026-10-02")
        self.assertEqual(other.amount_untaxed, 100.0)
        self.assertInvoicedOnce()
        # A month later, the other way round.
        november = self._run_carrier_cron("2026-11-01")
        self.assertEqual(november.amount_untaxed, 2_995.0)
        with self._on("2026-11-01"), self.assertRaises(UserError):
            self.contract.with_user(self.accountant).action_bill()
        self.assertInvoicedOnce(periods=2)

    def test_own_invoice_after_the_grace_days(self):
        self.carrier.contract_line_ids.write(
            {"date_start": "2026-10-15", "recurring_next_date": "2026-10-15"}
        )
        self._run_carrier_cron("2026-10-07")
        self._run_cron("2026-10-07")
        self.assertFalse(self.contract.charge_ids)
        self._run_cron("2026-10-08")
        self.assertInvoicedOnce()
        self.assertEqual(self.contract.invoice_ids.state, "posted")
        self.assertEqual(self.contract.invoice_ids.amount_untaxed, 2_895.0)
        late = self._run_carrier_cron("2026-10-15")
        self.assertEqual(late.amount_untaxed, 100.0)
        self.assertInvoicedOnce()

    def test_no_lines_no_invoice_of_the_recurring_contract(self):
        self.carrier.contract_line_ids.unlink()
        self.assertFalse(self._run_carrier_cron("2026-10-05"))
        self._run_cron("2026-10-08")
        self.assertInvoicedOnce()

    def test_draft_of_the_recurring_contract_counts_as_invoiced(self):
        """Our policy says post; its invoices are drafts, which a person posts."""
        self.assertEqual(self.contract.billing_policy, "post")
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.state, "draft")
        self.assertInvoicedOnce()
        move.action_post()
        self.assertInvoicedOnce()

    def test_deleted_draft_gives_the_charges_back(self):
        move = self._run_carrier_cron("2026-10-01")
        keys = self.contract.charge_ids.mapped("key")
        move.with_user(self.accountant).unlink()
        self.assertEqual(set(self.contract.charge_ids.mapped("state")), {"pending"})
        self._run_cron("2026-10-07")
        self.assertEqual(set(self.contract.charge_ids.mapped("state")), {"pending"})
        self._run_cron("2026-10-08")
        self.assertInvoicedOnce()
        self.assertEqual(self.contract.charge_ids.mapped("key"), keys)

    def test_cancelled_draft_gives_them_to_the_next_invoice(self):
        move = self._run_carrier_cron("2026-10-01")
        move.button_cancel()
        with self._on("2026-10-02"):
            again = self.carrier.recurring_create_invoice()
        self.assertEqual(again.amount_untaxed, 2_995.0)
        self.assertInvoicedOnce()
        with self.assertRaises(UserError):
            move.button_draft()

    def test_charges_look_as_on_our_own_invoice(self):
        with self._on("2026-10-02"):
            own = self.contract.copy(
                {"billed_through": "2026-08-31", "date_signed": "2026-08-20"}
            )
            own.action_activate()
            own = own.sudo()._bill()
        carried = self._run_carrier_cron("2026-10-02")
        lines = self._get_charge_lines(carried)
        self.assertEqual(len(lines), 2)
        names = [
            "account_id",
            "tax_ids",
            "name",
            "quantity",
            "price_unit",
            "discount",
            "product_uom_id",
            "analytic_distribution",
        ]
        for line, other in zip(lines, self._get_charge_lines(own), strict=True):
            for name in names:
                self.assertEqual(line[name], other[name], name)

    def test_fiscal_position_and_order_number(self):
        self.contract.write(
            {"billing_order_number": "PO 77", "billing_reference": "Ekonomi"}
        )
        self.carrier.code = "E-1"
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.ref, "PO 77")
        self.assertEqual(move.support_customer_reference, "Ekonomi")

    def test_invoice_of_the_recurring_contract_keeps_its_fiscal_position(self):
        """Ours have another one, so they are on an invoice of their own."""
        position = self.env["account.fiscal.position"].create({"name": "By hand"})
        self.carrier.fiscal_position_id = position
        with self._on("2026-10-01"):
            action = self.contract.action_preview_invoice()
            preview = self.env["support.billing.preview"].browse(action["res_id"])
        self.assertFalse(preview.documents)
        self.assertEqual(preview.invoice_ids.amount_untaxed, 2_895.0)
        move = self._run_carrier_cron("2026-10-01")
        carried = move.filtered(lambda one: one.amount_untaxed == 100.0)
        own = move - carried
        self.assertEqual(carried.fiscal_position_id, position)
        self.assertFalse(carried.invoice_line_ids.tax_ids)
        self.assertRecordValues(
            own, [{"amount_untaxed": 2_895.0, "fiscal_position_id": False}]
        )
        self.assertTrue(own.invoice_line_ids.tax_ids)
        self.assertInvoicedOnce()

    def test_carried_corrections_have_the_vat_of_what_they_correct(self):
        """2,400.00 of September, and 1,200.00 of it back in November: another tax on
        the product by then keeps it off the recurring contract's invoice.
        """
        self._run_carrier_cron("2026-10-01")
        charge = self.contract.charge_ids.filtered(
            lambda one: one.product_id == self.type_operations.product_id
        )
        invoiced = charge.move_line_id
        self.assertTrue(invoiced.tax_ids)
        other = invoiced.tax_ids.copy({"name": "Another tax", "amount": 7})
        self.type_operations.product_id.taxes_id = other
        condition = {
            "contract_id": self.contract.id,
            "key": "price",
            "value": 1_200.0,
            "type_id": self.type_operations.id,
            "date_start": "2026-09-01",
        }
        with self._on("2026-10-05"):
            self.contract._amend(
                date(2026, 9, 1),
                "Half the price",
                [(self.env["support.contract.condition"], condition)],
            )
        back = charge.correction_ids
        self.assertEqual(back.amount, -1_200.0)
        self._run_carrier_cron("2026-11-01")
        self.assertEqual(back.move_line_id.tax_ids, invoiced.tax_ids)
        self.assertEqual(back.move_id.move_type, "out_refund")
        self.assertEqual(back.move_id.invoice_line_ids.support_charge_ids, back)

    def test_failure_stays_on_the_support_contract(self):
        self.contract.billing_order_required = True
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.amount_untaxed, 100.0)
        self.assertFalse(self.carrier.invoice_generation_error)
        self.assertIn("order number", self.contract.billing_error)
        self.contract.billing_order_number = "PO 78"
        self._run_cron("2026-10-08")
        self.assertInvoicedOnce()
        self.assertFalse(self.contract.billing_error)

    def test_tax_in_the_price_stays_on_the_support_contract(self):
        tax = self.env["account.tax"].create(
            {
                "name": "25 % included",
                "amount": 25,
                "price_include_override": "tax_included",
            }
        )
        self.type_patch.product_id.taxes_id = tax
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.amount_untaxed, 100.0 + 2_400.0)
        self.assertIn("not included in the price", self.contract.billing_error)
        self.assertEqual(
            self.contract.charge_ids.mapped("state"), ["invoiced", "pending"]
        )

    def test_missed_months_wait_for_a_person(self):
        move = self._run_carrier_cron("2026-11-01")
        self.assertEqual(move.amount_untaxed, 100.0)
        self.assertFalse(self.contract.charge_ids)
        self.assertIn("More than one month", self.contract.billing_wait)
        self.contract.sudo().backlog_approved = True
        move = self._run_carrier_cron("2026-11-02")
        self.assertEqual(
            move.amount_untaxed,
            2 * 2_895.0 + 100.0,
            (
                move.invoice_line_ids.mapped("price_subtotal"),
                self.contract.billing_error,
                self.contract.billing_wait,
                self.contract.backlog_approved,
                self.contract.charge_ids.mapped("state"),
            ),
        )
        self.assertInvoicedOnce(periods=2)
        self.assertFalse(self.contract.backlog_approved)

    def test_no_invoice_below_zero(self):
        """What is given back and does not fit waits for a credit note of ours."""
        self.carrier.contract_line_ids.price_unit = -5_000.0
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.amount_untaxed, -5_000.0)
        self.assertEqual(set(self.contract.charge_ids.mapped("state")), {"pending"})
        self._run_cron("2026-10-08")
        self.assertInvoicedOnce()

    def test_no_invoice_below_zero_with_vat(self):
        """−2,895.00 with a tax and 2,895.00 without: zero, and less than that."""
        self.assertTrue(self.item.taxes_id)
        self.carrier.contract_line_ids.price_unit = -2_895.0
        exempt = self.item.taxes_id.copy({"name": "Exempt", "amount": 0})
        products = (self.type_operations | self.type_patch).product_id
        products.taxes_id = exempt
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.amount_untaxed, -2_895.0)
        self.assertEqual(set(self.contract.charge_ids.mapped("state")), {"pending"})

    def test_restored_database_puts_nothing_on_invoices(self):
        uuid = self.env["support.billing.run"]._get_database_uuid()
        name = self.env.cr.dbname
        self.addCleanup(stamp.write, name, uuid, 0, "")
        stamp.write(name, uuid, 10**6, "2026-09-30")
        with self.assertLogs(
            "odoo.addons.support_contract_oca_contract.models.contract_contract",
            "ERROR",
        ):
            move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.amount_untaxed, 100.0)
        self.assertFalse(self.contract.charge_ids)

    def test_values_asked_for_without_an_invoice_carry_nothing(self):
        with self._on("2026-10-01"):
            values = self.carrier.with_context(
                support_carrying={"lines": {}}
            )._prepare_recurring_invoices_values()
        self.assertEqual(len(values[0]["invoice_line_ids"]), 1)
        self.assertFalse(self.contract.charge_ids)

    def test_ended_contract_waits_for_the_last_invoice(self):
        self._run_carrier_cron("2026-10-01")
        with self._on("2026-10-05"):
            self.contract._give_notice(self.contract.service_ids, date(2026, 10, 5))
        self.assertTrue(self.contract.date_end)
        self._run_cron("2026-11-01")
        self.assertInvoicedOnce()
        move = self._run_carrier_cron("2026-11-01")
        self.assertEqual(move.amount_untaxed, 2_995.0)
        self.assertInvoicedOnce(periods=2)

    def test_two_support_contracts_on_one_invoice(self):
        second = self._create_active_contract(carrier_contract_id=self.carrier.id)
        move = self._run_carrier_cron("2026-10-01")
        self.assertEqual(move.amount_untaxed, 100.0 + 2_895.0 + 2_400.0)
        self.assertEqual(second.invoice_ids, move)

    def test_lines_are_counted_before(self):
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 90))
        contract = self._create_contract(carrier_contract_id=self.carrier.id)
        self._create_instance(contract, repository)
        contract.action_activate()
        with self._on("2026-10-01"):
            move = self.carrier.recurring_create_invoice()
        # One started step of 100 lines.
        self.assertEqual(move.amount_untaxed, 100.0 + 2_895.0 + 180.0)
        self.assertTrue(contract.charge_ids.count_ids)

    def test_other_recurring_contracts_are_left_alone(self):
        other = self._create_carrier(name="Other", price=7.0)
        moves = self._run_carrier_cron("2026-10-01")
        self.assertEqual(sorted(moves.mapped("amount_untaxed")), [7.0, 2_995.0])
        self.assertFalse(other.support_contract_ids)

    def test_line_that_is_missing_undoes_the_invoice(self):
        Contract = self.env.registry["contract.contract"]
        prepare = Contract._prepare_recurring_invoices_values

        def without_ours(records, *args):
            values = prepare(records, *args)
            for vals in values:
                del vals["invoice_line_ids"][1:]
            return values

        self.patch(Contract, "_prepare_recurring_invoices_values", without_ours)
        with self._on("2026-10-01"), self.assertRaises(UserError):
            with self.env.cr.savepoint():
                self.carrier.recurring_create_invoice()
        self.assertFalse(self.contract.charge_ids)

    def test_duplicate_carries_nothing(self):
        self.assertFalse(self.carrier.copy().support_contract_ids)
        self.assertFalse(self.contract.copy().carrier_contract_id)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportChargeReopen(SupportBillingCommon):
    """Charges come off cancelled, deleted and reversed invoices, once each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract(
            [("operations", "2026-09-01"), ("patch", "2026-09-01")]
        )

    def setUp(self):
        super().setUp()
        self._run_cron("2026-10-01")
        self.charges = self.contract.charge_ids
        self.keys = self.charges.mapped("key")
        self.invoice = self.contract.invoice_ids.with_user(self.accountant)

    def _bill(self, day="2026-10-02"):
        with self._on(day):
            return self.contract.sudo()._bill()

    def _reverse(self, modify=False, **vals):
        Wizard = self.env["account.move.reversal"].with_user(self.accountant)
        wizard = Wizard.with_context(
            active_model="account.move", active_ids=self.invoice.ids
        ).create({"journal_id": self.invoice.journal_id.id, **vals})
        wizard.reverse_moves(is_modify=modify)
        return wizard.new_move_ids

    def assertPending(self):
        self.assertEqual(set(self.charges.mapped("state")), {"pending"})
        self.assertFalse(self.charges.move_line_id)
        self.assertEqual(self.charges.mapped("key"), self.keys)

    def _get_events(self):
        return self.env["support.event"].search(
            [("contract_id", "=", self.contract.id), ("kind", "=", "charge")]
        )

    def test_reset_to_draft_keeps_the_charges(self):
        self.invoice.button_draft()
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)
        self.invoice.action_post()
        self.assertEqual(self.charges.move_id, self.invoice.sudo(False))

    def test_cancelled_invoice_gives_its_charges_back(self):
        number = self.invoice.name
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.assertPending()
        message = self.contract.message_ids[0]
        self.assertIn(number, message.body)
        self.assertIn("wait for the next invoice", message.body)
        events = self._get_events()
        self.assertEqual(events.mapped("user_id"), self.accountant)
        self.assertIn(number, events[0].before)
        self.assertEqual(
            self.charges.former_line_ids, self.invoice.sudo().invoice_line_ids
        )
        again = self._bill()
        self.assertEqual(self.charges.move_id, again)
        self.assertEqual(again.amount_untaxed, 2_895.0)

    def test_cancelled_invoice_used_again_takes_its_charges_back(self):
        self.invoice.button_cancel()
        self.invoice.button_draft()
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)
        self.assertEqual(self.charges.move_id.id, self.invoice.id)
        self.assertFalse(self.charges.former_line_ids)
        self.assertFalse(self._bill())

    def test_cancelled_invoice_is_useless_once_charged_elsewhere(self):
        self.invoice.button_cancel()
        other = self._bill()
        with self.assertRaisesRegex(UserError, other.name), self.env.cr.savepoint():
            self.invoice.button_draft()
        self.assertEqual(self.invoice.state, "cancel")

    def test_deleted_draft_gives_its_charges_back(self):
        self.invoice.button_draft()
        self.invoice.sudo().unlink()
        self.assertPending()
        self.assertEqual(self._bill().amount_untaxed, 2_895.0)

    def test_deleted_line_gives_its_charge_back(self):
        self.invoice.button_draft()
        operations = self.charges.filtered(lambda charge: charge.amount == 2_400.0)
        with Form(self.invoice) as form:
            form.invoice_line_ids.remove(index=0)
        self.assertEqual(operations.state, "pending")
        self.assertEqual((self.charges - operations).state, "invoiced")
        self.assertEqual(self.invoice.amount_untaxed, 495.0)
        self.assertEqual(self._bill().amount_untaxed, 2_400.0)

    def test_posted_invoice_cannot_be_deleted(self):
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.invoice.sudo().unlink()
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)

    # -- reversal ---------------------------------------------------------------

    def test_reversal_leaves_the_charges_alone_unless_asked(self):
        self._reverse().action_post()
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)

    def test_reversal_charges_again_once_posted(self):
        credit = self._reverse(support_reopen_charges=True)
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)
        credit.action_post()
        self.assertPending()
        # Both are still found from the contract.
        self.contract.invalidate_recordset()
        self.assertFalse(self.contract.invoice_ids)
        self.assertEqual(self.contract.invoice_count, 2)
        contract = self.contract.with_user(self.accountant)
        found = self.env["account.move"].search(
            contract.action_view_invoices()["domain"]
        )
        self.assertEqual(found.ids, (self.invoice | credit).sorted().ids)
        # Without its credit note the invoice asks for them.
        credit.button_draft()
        self.assertEqual(self.charges.move_id.id, self.invoice.id)
        credit.action_post()
        self.assertPending()
        with self.assertRaisesRegex(UserError, "credit note first"):
            self.invoice.button_draft()
        again = self._bill()
        with self.assertRaisesRegex(UserError, again.name):
            credit.button_draft()

    def test_credit_note_of_a_part_charges_nothing_again(self):
        credit = self._reverse(support_reopen_charges=True)
        credit.sudo().invoice_line_ids[0].unlink()
        credit.action_post()
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)
        self.assertIn("not for the whole", credit.message_ids[0].body)

    def test_replacing_draft_takes_the_charges_over(self):
        draft = self._reverse(modify=True)
        self.assertEqual(draft.state, "draft")
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)
        self.assertEqual(self.charges.move_id.id, draft.id)
        with self.assertRaisesRegex(UserError, "credit note first"):
            self.invoice.button_draft()
        draft.sudo().unlink()
        self.assertPending()

    def _get_posted(self):
        """Untaxed amounts of what the customer got, credit notes negative."""
        moves = self.env["account.move"].search(
            [("partner_id", "=", self.contract.partner_id.id), ("state", "=", "posted")]
        )
        return sorted(moves.mapped("amount_untaxed_signed"))

    def test_undone_replacement_charges_once(self):
        """The draft deleted, then the credit note undone: the invoice asks again."""
        self._reverse(modify=True).sudo().unlink()
        self.assertPending()
        credit = self.invoice.reversal_move_ids
        credit.button_draft()
        self.assertEqual(self.charges.move_id.id, self.invoice.id)
        credit.button_cancel()
        with (
            self.assertRaisesRegex(UserError, "Nothing is due"),
            self._on("2026-10-02"),
        ):
            self.contract.with_user(self.accountant).action_bill()
        self.assertEqual(self._get_posted(), [2_895.0])

    def test_credit_note_of_a_replaced_invoice_stays(self):
        for step in ("draft", "posted"):
            with self.subTest(step):
                if step == "draft":
                    new = self._reverse(modify=True)
                    credit = self.invoice.reversal_move_ids
                else:
                    new.action_post()
                for undo in (credit.button_draft, credit.button_cancel):
                    with (
                        self.assertRaisesRegex(UserError, "cannot be used again"),
                        self.env.cr.savepoint(),
                    ):
                        undo()
                self.assertEqual(credit.state, "posted")
        self.assertEqual(self._get_posted(), [-2_895.0, 2_895.0, 2_895.0])

    def test_deleted_draft_credit_note_undoes_nothing(self):
        first, second, third = (
            self._reverse(support_reopen_charges=True) for _ in range(3)
        )
        first.action_post()
        second.sudo().unlink()
        self.assertPending()
        again = self._bill()
        third.sudo().unlink()
        self.assertEqual(self.charges.move_id, again)

    def test_one_of_two_whole_credit_notes_undone_undoes_nothing(self):
        first, second = (self._reverse(support_reopen_charges=True) for _ in range(2))
        first.action_post()
        second.action_post()
        second.button_draft()
        self.assertPending()
        first.button_draft()
        self.assertEqual(self.charges.move_id.id, self.invoice.id)

    def test_credit_note_of_a_cancelled_invoice_takes_nothing_back(self):
        credit = self._reverse(support_reopen_charges=True)
        self.invoice.button_draft()
        self.invoice.button_cancel()
        credit.action_post()
        credit.button_draft()
        self.assertPending()

    def test_credit_notes_of_all_parts_charge_again(self):
        parts = [self._reverse(support_reopen_charges=True) for _ in range(2)]
        for part, index in zip(parts, (0, 1), strict=True):
            part.sudo().invoice_line_ids[index].unlink()
        parts[0].action_post()
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)
        parts[1].action_post()
        self.assertPending()
        parts[0].button_draft()
        self.assertEqual(self.charges.move_id.id, self.invoice.id)

    def test_part_given_away_is_not_charged_again(self):
        gift, part = self._reverse(), self._reverse(support_reopen_charges=True)
        for move, index in ((gift, 0), (part, 1)):
            move.sudo().invoice_line_ids[index].unlink()
            move.action_post()
        self.assertEqual(self.charges.mapped("state"), ["invoiced"] * 2)

    def test_held_charge_needs_release_before_its_invoice_is_used(self):
        self.invoice.button_cancel()
        self.charges[0].with_user(self.consultant)._decide("hold", "They ask why")
        with (
            self.assertRaisesRegex(UserError, "They ask why"),
            self.env.cr.savepoint(),
        ):
            self.invoice.button_draft()
        self.assertEqual(self.charges[0].state, "held")
        self.charges[0].with_user(self.accountant)._decide("release", "Answered")
        self.invoice.button_draft()
        self.assertEqual(self.charges.move_id.id, self.invoice.id)

    # -- amounts ----------------------------------------------------------------

    def test_amount_of_a_charge_s_line_cannot_be_changed(self):
        self.invoice.button_draft()
        line = self.invoice.invoice_line_ids[0]
        for vals in (
            {"price_unit": 1.0},
            {"quantity": 2.0},
            {"discount": 10.0},
            {"price_unit": 0.0},
        ):
            with (
                self.assertRaisesRegex(UserError, "has to stay at"),
                self.env.cr.savepoint(),
            ):
                self.invoice.write(
                    {"invoice_line_ids": [Command.update(line.id, vals)]}
                )
        line.name = "Operations in September, as agreed by telephone"
        self.assertEqual(line.price_subtotal, 2_400.0)

    def test_currency_of_a_charge_s_invoice_cannot_be_changed(self):
        self.invoice.button_draft()
        other = self.setup_other_currency("EUR")
        with self.assertRaisesRegex(UserError, "has to stay at"):
            self.invoice.currency_id = other

    def test_other_lines_are_free(self):
        self.invoice.button_draft()
        self.invoice.write(
            {
                "invoice_line_ids": [
                    Command.create({"name": "Travel", "quantity": 1, "price_unit": 50})
                ]
            }
        )
        line = self.invoice.invoice_line_ids[-1]
        line.price_unit = 75.0
        self.assertEqual(self.invoice.amount_untaxed, 2_970.0)

    # -- access -----------------------------------------------------------------

    def test_invoice_is_read_without_access_to_charges(self):
        """As a seller does with Odoo Sales: invoices, and no charges."""
        seller = new_test_user(self.env, "seller", groups="base.group_user")
        group = self.env["res.groups"].create({"name": "Reads invoices"})
        seller.group_ids += group
        for model in ("account.move", "account.move.line"):
            self.env["ir.model.access"].create(
                {
                    "name": f"{model} seller",
                    "model_id": self.env["ir.model"]._get_id(model),
                    "group_id": group.id,
                    "perm_read": True,
                }
            )
        self.assertFalse(
            self.env["support.charge"].with_user(seller).has_access("read")
        )
        invoice = self.invoice.with_user(seller)
        arch = invoice.get_views([(False, "form")])["views"]["form"]["arch"]
        self.assertNotIn("support_charge_ids", arch)
        self.env.invalidate_all()
        self.assertEqual(invoice.support_charge_count, 2)
        line = invoice.invoice_line_ids[0]
        self.assertEqual(line.read(["price_subtotal"])[0]["price_subtotal"], 2_400.0)
        self.assertNotIn("support_charge_ids", line.fields_get())

    def test_accountant_without_support_rights_keeps_the_books(self):
        bookkeeper = new_test_user(
            self.env, "bookkeeper", groups="account.group_account_invoice"
        )
        invoice = self.invoice.with_user(bookkeeper)
        invoice.read(["support_charge_count"])
        invoice.invoice_line_ids.read(["support_charge_ids"])
        invoice.button_draft()
        invoice.button_cancel()
        self.assertPending()

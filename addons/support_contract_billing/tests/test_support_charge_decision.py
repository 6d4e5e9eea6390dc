# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportChargeDecision(SupportBillingCommon):
    """Held until the customer is answered; waived by a manager with a reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract()
        cls.contract.user_id = cls.consultant

    def setUp(self):
        super().setUp()
        self._run_cron("2026-10-01")
        self.contract.invoice_ids.button_cancel()
        self.charge = self.contract.charge_ids

    def _decide(self, decision, user, reason="The customer asks"):
        action = getattr(self.charge.with_user(user), f"action_{decision}")()
        form = Form(
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
        )
        form.reason = reason
        form.save().action_confirm()

    def test_waived_credit_is_told_as_one(self):
        def consequence(amount):
            # Not the charge itself: what was charged is never written.
            charge = self.env["support.charge"].new({"amount": amount})
            return (
                self.env["support.charge.decision"]
                .new({"decision": "waive", "charge_ids": charge})
                .consequence
            )

        self.assertIn("does not pay this", consequence(10.0))
        self.assertIn("does not get this back", consequence(-10.0))

    def _get_events(self):
        return self.env["support.event"].search(
            [("contract_id", "=", self.contract.id), ("kind", "=", "charge")], limit=1
        )

    def test_held_charge_is_on_no_invoice_until_released(self):
        self._decide("hold", self.consultant)
        self.assertRecordValues(
            self.charge,
            [
                {
                    "state": "held",
                    "decision_reason": "The customer asks",
                    "decision_user_id": self.consultant.id,
                }
            ],
        )
        activity = self.contract.activity_ids
        self.assertEqual(activity.user_id, self.consultant)
        self.assertIn("The customer asks", activity.note)
        self._run_cron("2026-11-01")
        self.assertEqual(self.charge.state, "held")
        with self.assertRaises(AccessError):
            self._decide("release", self.consultant)
        self._decide("release", self.accountant, "Explained by telephone")
        self.assertEqual(self._get_events().note, "Explained by telephone")
        self.assertEqual(self._get_events().user_id, self.accountant)
        self.assertFalse(self.contract.activity_ids)
        self._run_cron("2026-12-01")
        self.assertEqual(self.charge.state, "invoiced")

    def test_waiving_needs_a_manager_and_a_reason(self):
        for user in (self.consultant, self.accountant):
            with self.assertRaises(AccessError):
                self._decide("waive", user)
        with self.assertRaisesRegex(UserError, "Say why"):
            self.charge.with_user(self.manager)._decide("waive", "  ")
        self._decide("waive", self.manager, "Goodwill")
        self.assertEqual(self.charge.state, "waived")
        self.assertEqual(self._get_events().note, "Goodwill")
        self._run_cron("2026-11-01")
        # October only; September is waived and never charged again.
        self.assertEqual(
            self.contract.invoice_ids.filtered(
                lambda move: move.state == "posted"
            ).amount_untaxed,
            2_400.0,
        )
        self._decide("restore", self.manager, "They pay after all")
        self._run_cron("2026-12-01")
        self.assertEqual(self.charge.state, "invoiced")

    def test_charge_of_zero_stays_waived(self):
        terms = self.terms.copy({"version": "free"})
        terms._get_price(self.type_operations).price_unit = 0.0
        terms.action_publish()
        contract = self._create_active_contract(terms_id=terms.id)
        self._run_cron("2026-10-01")
        charge = contract.charge_ids
        self.assertEqual((charge.state, charge.amount), ("waived", 0.0))
        with self.assertRaisesRegex(UserError, "nothing to charge"):
            charge.with_user(self.manager)._decide("restore", "By mistake")
        self.assertEqual(charge.state, "waived")

    def test_invoiced_charge_is_neither_held_nor_waived(self):
        with self._on("2026-10-02"):
            invoice = self.contract.sudo()._bill()
        for decision in ("hold", "waive"):
            with self.assertRaisesRegex(UserError, invoice.name):
                self._decide(decision, self.manager)

    def test_stranger_decides_nothing(self):
        bookkeeper = self.env["res.users"].create(
            {
                "name": "Bookkeeper",
                "login": "bookkeeper",
                "group_ids": [
                    (6, 0, [self.env.ref("account.group_account_invoice").id])
                ],
            }
        )
        with self.assertRaises(AccessError):
            self.charge.with_user(bookkeeper)._decide("hold", "No right")

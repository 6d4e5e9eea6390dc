# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import HttpCase, tagged

from odoo.addons.support_instance.tests.repository import module_files

from .common import SupportBillingCommon

OVERVIEW = "/odoo/action-support_contract_billing.support_billing_overview_action"


@tagged("post_install", "-at_install")
class TestSupportAccountantTour(SupportBillingCommon, HttpCase):
    """An accountant's month in the browser: this one, whenever the test runs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Mends what a contract lacks; in a small firm the accountant may.
        cls.accountant.group_ids += cls.env.ref(
            "support_contract.group_support_manager"
        )
        today = cls.company._support_today()
        cls.first = today.replace(day=1)
        cls.before = cls.first - relativedelta(months=1)
        cls.earlier = cls.first - relativedelta(months=2)

    def _run_cron(self, day):
        """As the other tests do it; an HttpCase is in test mode already."""
        with self._on(day):
            self.cron.sudo().method_direct_trigger()

    def _create_running(self, name, start, **vals):
        customer = self.env["res.partner"].create({"name": name, "is_company": True})
        return self._create_active_contract(
            [("operations", str(start))],
            partner_id=customer.id,
            date_signed=start,
            billed_through=start - timedelta(days=1),
            **vals,
        )

    def _create_growing(self):
        """150 lines → 2 × 180.00; 330 from the month before on → 4 × 180.00."""
        repository = self._create_repository()
        repository.commit(module_files("acme_base", 150))
        contract = self._create_contract(
            [("maintenance", str(self.earlier))],
            date_signed=self.earlier,
            billed_through=self.earlier - timedelta(days=1),
        )
        instance = self._create_instance(contract, repository)
        with self._on(self.earlier):
            contract.action_activate()
            instance.action_count()
        repository.commit(module_files("acme_stock", 180))
        with self._on(self.before - timedelta(days=5)):
            instance.action_count()
            latest = instance.count_ids.sorted("id")[-1]
            if latest.state != "approved":
                latest.action_approve()
        return contract

    def test_accountant_reviews_the_month(self):
        growing = self._create_growing()
        self._run_cron(self.before)
        new = self._create_running("Nygård Bygg AB", self.before)
        failing = self._create_running(
            "Fallinge El AB", self.before, billing_order_required=True
        )
        held = self._create_running("Hållsta Handel AB", self.before)
        held.billing_policy = "draft"
        missed = self._create_running(
            "Missbo Möbler AB", self.first - relativedelta(months=4)
        )
        self._run_cron(self.first)
        with self._on(self.first):
            held.invoice_ids.unlink()
            held.charge_ids.with_user(self.manager)._decide("hold", "Asks what it is")
            held.billing_policy = "post"
        self.assertTrue(failing.billing_error)
        self.assertTrue(missed.billing_wait)

        self.start_tour(
            OVERVIEW, "support_accountant_month_tour", login="support_accountant"
        )
        self.assertEqual(failing.invoice_ids.ref, "PO 4711")
        self.assertFalse(failing.billing_error)
        self.assertTrue(missed.backlog_approved)
        self.assertEqual(held.charge_ids.state, "pending")
        self.assertEqual(held.charge_ids.decision_reason, "Explained on the telephone")

        # The run that the accountant asked for; and the released charge, at once.
        self.cron.sudo().method_direct_trigger()
        held.with_user(self.accountant).action_bill()
        self.assertEqual(len(missed.charge_ids), 4)
        self.start_tour(
            OVERVIEW, "support_accountant_month_end_tour", login="support_accountant"
        )
        contracts = growing | new | failing | held | missed
        self.assertEqual(set(contracts.charge_ids.mapped("state")), {"invoiced"})

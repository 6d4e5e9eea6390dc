# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..reconciling import Reconciliation
from .common import SupportBillingCommon
from .test_support_charge_agreement import SupportAgreementCommon


@tagged("post_install", "-at_install")
class TestSupportTakeover(SupportBillingCommon):
    """A contract passes to another legal entity: each pays for their own days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.heir = cls.env["res.partner"].create(
            {"name": "Björkdal Möbler AB", "is_company": True}
        )
        cls.contract = cls._create_active_contract()

    def _pass_on(self, day, to=None):
        with self._on(day):
            self.contract._amend(
                date.fromisoformat(day),
                "Merger",
                [(self.contract, {"partner_id": (to or self.heir).id})],
            )

    def _get_asked(self):
        """[(customer of the invoice, of the charge, first day, amount)], in order."""
        return [
            (
                charge.move_id.partner_id,
                charge.partner_id,
                charge.period_start,
                charge.amount,
            )
            for charge in self.contract.charge_ids.sorted(
                lambda charge: (charge.period_start, charge.id)
            )
        ]

    def test_month_before_is_the_former_customers(self):
        """In arrears, September is invoiced when the heir has the contract."""
        self._pass_on("2026-10-01")
        self._run_cron("2026-10-01")
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked(),
            [
                (self.customer, self.customer, date(2026, 9, 1), 2400.0),
                (self.heir, self.heir, date(2026, 10, 1), 2400.0),
            ],
        )
        self.assertFalse(
            Reconciliation(
                self.contract, date(2026, 9, 1), date(2026, 10, 31)
            ).get_differences()
        )

    def test_what_was_charged_stays_the_former_customers(self):
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-05")
        self.assertEqual(
            self._get_asked(),
            [(self.customer, self.customer, date(2026, 9, 1), 2400.0)],
        )
        with self._on("2026-10-05"):
            self.assertFalse(
                Reconciliation(
                    self.contract, date(2026, 9, 1), date(2026, 9, 30)
                ).get_differences()
            )

    def test_month_is_shared_by_days(self):
        """11/31 of 2,400.00 are 851.61, and 20/31 the other 1,548.39."""
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12")
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked()[1:],
            [
                (self.customer, self.customer, date(2026, 10, 1), 851.61),
                (self.heir, self.heir, date(2026, 10, 12), 1548.39),
            ],
        )
        self.assertEqual(len(self.contract.invoice_ids), 3)

    def test_month_is_whole_when_nothing_came_of_it(self):
        self._run_cron("2026-10-01")
        self._pass_on("2026-10-12")
        self._pass_on("2026-10-12", to=self.customer)
        self._run_cron("2026-11-01")
        self.assertEqual(
            self._get_asked()[1:],
            [(self.customer, self.customer, date(2026, 10, 1), 2400.0)],
        )

    # === MERGED CONTACTS: 124 × 180.00 = 22,320.00 A MONTH, NOVEMBER HAS 30 DAYS === #

    def _merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((source | target).ids, target)
        self.env.invalidate_all()

    def _prepare_november(self):
        self.contract = self._create_active_contract(
            [("operations", "2026-11-01")], billed_through="2026-10-31"
        )
        self.contract._amend(
            date(2026, 11, 1),
            "As agreed",
            [(self.contract.service_ids, {"price_unit": 22320.0})],
        )
        self.third = self.heir.copy({"name": "Björkdal Holding AB"})
        self._pass_on("2026-11-12")

    def test_heir_merged(self):
        self._prepare_november()
        self._merge(self.heir, self.third)
        self._run_cron("2026-12-01")
        self._run_cron("2027-01-01")
        self.assertFalse(self.contract.billing_error)
        self.assertEqual(
            self._get_asked(),
            [
                (self.customer, self.customer, date(2026, 11, 1), 8184.0),
                (self.third, self.third, date(2026, 11, 12), 14136.0),
                (self.third, self.third, date(2026, 12, 1), 22320.0),
            ],
        )

    def test_former_customer_merged(self):
        self._prepare_november()
        self._merge(self.customer, self.third)
        self._run_cron("2026-12-01")
        self.assertEqual(
            self._get_asked(),
            [
                (self.third, self.third, date(2026, 11, 1), 8184.0),
                (self.heir, self.heir, date(2026, 11, 12), 14136.0),
            ],
        )

    def test_both_merged(self):
        self._prepare_november()
        self._merge(self.customer, self.heir)
        self._run_cron("2026-12-01")
        self.assertEqual(
            self._get_asked(),
            [(self.heir, self.heir, date(2026, 11, 1), 22320.0)],
        )

    def test_merged_after_it_was_invoiced(self):
        """What was asked stays asked, by the same invoices."""
        self._prepare_november()
        self._run_cron("2026-12-01")
        invoices = self.contract.invoice_ids
        self._merge(self.heir, self.third)
        self._merge(self.third, self.customer)
        self.assertEqual(self.contract.invoice_ids, invoices)
        self.assertEqual(
            self._get_asked(),
            [
                (self.customer, self.customer, date(2026, 11, 1), 8184.0),
                (self.customer, self.customer, date(2026, 11, 12), 14136.0),
            ],
        )
        with self._on("2026-12-05"):
            self.assertFalse(
                Reconciliation(
                    self.contract, date(2026, 11, 1), date(2026, 11, 30)
                ).get_differences()
            )

    def test_ended_contract_with_charges_is_refused(self):
        self._run_cron("2026-10-01")
        with self._on("2026-10-02"):
            self.contract._give_notice(
                self.contract.service_ids, date(2026, 10, 2), date(2026, 10, 2), "x"
            )
        with self._on("2026-10-03"):
            self.contract.action_end()
        clerk = new_test_user(
            self.env, "clerk", groups="base.group_user,base.group_partner_manager"
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(clerk)
        with self.assertRaisesRegex(UserError, "legal entities"):
            wizard._merge((self.customer | self.heir).ids, self.heir)


@tagged("post_install", "-at_install")
class TestSupportTakeoverInAdvance(SupportAgreementCommon):
    def test_what_is_given_back_goes_to_who_paid(self):
        """The former customer paid November; it ends on the 25th, so −400.00."""
        contract = self._charged()
        heir = self.env["res.partner"].create({"name": "Björkdal Möbler AB"})
        self._amend(contract, "2026-11-12", (contract, {"partner_id": heir.id}))
        self._end(contract.service_ids, "2026-11-25", day="2026-11-15")
        self.assertRecordValues(
            self._corrections(contract),
            [{"partner_id": self.customer.id, "amount": -400.0}],
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SupportBillingCommon


@tagged("post_install", "-at_install")
class TestSupportSalesJournal(SupportBillingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_active_contract()
        cls.first = cls.company_data["default_journal_sale"]
        cls.support = cls.first.copy({"name": "Support", "code": "SUPP"})

    def test_the_first_one_unless_another_is_chosen(self):
        self._run_cron("2026-10-01")
        self.assertEqual(self.contract.invoice_ids.journal_id, self.first)
        self.contract.company_id.support_sales_journal_id = self.support
        self._run_cron("2026-11-01")
        self.assertEqual(
            self.contract.invoice_ids.sorted("id").journal_id, self.first | self.support
        )

    def test_an_archived_one_is_said_and_not_replaced(self):
        self.contract.company_id.support_sales_journal_id = self.support
        self.support.active = False
        self._run_cron("2026-10-01")
        self.assertFalse(self.contract.invoice_ids)
        self.assertIn("is archived", self.contract.billing_error)
        self.support.active = True
        self._run_cron("2026-10-02")
        self.assertEqual(self.contract.invoice_ids.journal_id, self.support)

    def test_one_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Another company"})
        with self.assertRaises(UserError):
            other.support_sales_journal_id = self.support

    def test_the_settings_offer_those_that_sell(self):
        settings = self.env["res.config.settings"].create({})
        settings.support_sales_journal_id = self.support
        settings.execute()
        self.assertEqual(self.env.company.support_journal_id, self.support)

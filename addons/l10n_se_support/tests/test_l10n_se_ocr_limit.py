# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.support_contract_billing.watching import BillingWatch

from .common import L10nSeSupportCommon

ACTIVITY = ["support_contract_billing.activity_billing_failed"]


@tagged("post_install", "-at_install")
class TestL10nSeOcrLimit(L10nSeSupportCommon):
    """Level 4 of length 6 has five digits for the entry: 99,999 is the last one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.company_data["default_journal_sale"]
        cls.journal.write(
            {"invoice_reference_model": "se_ocr4", "l10n_se_invoice_ocr_length": 6}
        )
        # An administrator of the accounts
        cls.env.user.group_ids |= cls.env.ref("account.group_account_manager")

    def _go_to(self, number):
        self.env.cr.execute(f"ALTER SEQUENCE account_move_id_seq RESTART WITH {number}")

    def _get_warning(self):
        warnings = BillingWatch(self.env(su=True)).get_warnings()
        return " ".join(one for one in warnings if self.journal.name in one)

    def _get_findings(self):
        setup = self.env["l10n_se.support.setup"].create({})
        lines = setup.line_ids.filtered(lambda line: line.state == "choice")
        return lines.mapped("code")

    def test_less_than_a_tenth_left_is_foreseen(self):
        # 10,000 of 99,999 are left, then 9,999.
        for number, warned in ((89999, False), (90001, True)):
            self._go_to(number)
            self.assertEqual(bool(self._get_warning()), warned)
            self.assertEqual("ocr_length" in self._get_findings(), warned)
        self.assertIn("OCR Number Length", self._get_warning())
        self.journal.l10n_se_invoice_ocr_length = 7
        self.assertFalse(self._get_warning())

    def test_other_levels_have_no_end(self):
        self._go_to(99999)
        self.journal.invoice_reference_model = "se_ocr3"
        self.assertFalse(self._get_warning())

    def test_on_the_day_one_to_do_names_journal_and_setting(self):
        contracts = self.env["support.contract"]
        for customer in (self.swedish, self.finnish):
            contracts |= self._create_active_contract(partner_id=customer.id)
        self._go_to(100000)
        self._run_cron("2026-10-01")
        for contract in contracts:
            self.assertFalse(contract.invoice_ids)
            self.assertIn(self.journal.name, contract.billing_error)
            self.assertIn("OCR Number Length", contract.billing_error)
        self.assertEqual(len(contracts.activity_search(ACTIVITY)), 1)
        self.journal.l10n_se_invoice_ocr_length = 10
        self._run_cron("2026-10-02")
        self.assertEqual(len(contracts.invoice_ids), 2)
        self.assertFalse(contracts.activity_search(ACTIVITY))

    def test_the_last_entry_is_invoiced(self):
        contract = self._create_active_contract(partner_id=self.swedish.id)
        self._go_to(99999)
        self._run_cron("2026-10-01")
        self.assertEqual(contract.invoice_ids.id, 99999)
        self.assertEqual(len(contract.invoice_ids.payment_reference), 6)

    def test_a_customers_number_that_is_too_long(self):
        self.journal.invoice_reference_type = "partner"
        self.swedish.ref = "556036"
        contract = self._create_active_contract(partner_id=self.swedish.id)
        self._run_cron("2026-10-01")
        self.assertIn("OCR Number Length", contract.billing_error)

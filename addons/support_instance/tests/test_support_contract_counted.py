# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import SupportInstanceCommon
from .repository import module_files
from .test_support_cloc_report import clean_text


@tagged("post_install", "-at_install")
class TestSupportContractCounted(SupportInstanceCommon):
    """Counts are evidence of the company in which they were made, and stay. R2."""

    def setUp(self):
        super().setUp()
        self.repository = self._create_repository()
        self.repository.commit(module_files("acme_base", 100))
        self.contract = self._create_contract()
        self.instance = self._create_instance(self.contract, self.repository)
        self.other = self.env["res.company"].create({"name": "Other"})

    def test_r02_a_draft_with_counts_stays_in_its_company(self):
        self.contract.company_id = self.other
        self.contract.company_id = self.company
        self.instance.action_count()
        with self.assertRaisesRegex(ValidationError, "line counts.*new contract"):
            self.contract.company_id = self.other

    def test_r02_an_instance_with_counts_stays_in_its_company(self):
        theirs = self._create_contract(company_id=self.other.id)
        self.instance.action_count()
        with self.assertRaisesRegex(ValidationError, "line counts.*a new one"):
            self.instance.contract_id = theirs

    def test_r02_a_draft_with_counts_is_cancelled_not_deleted(self):
        self.instance.action_count()
        with self.assertRaisesRegex(UserError, "line counts.*Cancel it"):
            self.contract.with_user(self.manager).unlink()
        with self.assertRaisesRegex(UserError, "line counts.*Archive it"):
            self.instance.with_user(self.manager).unlink()

    def test_a_draft_without_counts_is_deleted(self):
        self.contract.with_user(self.manager).unlink()
        self.assertFalse(self.instance.exists())

    def test_a_draft_with_a_history_is_cancelled_not_deleted(self):
        self.contract.with_user(self.manager).action_cancel()
        self.contract.with_user(self.manager).action_draft()
        with self.assertRaisesRegex(UserError, "history.*Cancel it"):
            self.contract.with_user(self.manager).unlink()

    def test_r02_a_source_with_reports_is_switched_off_not_deleted(self):
        instance = self._create_instance(self.contract, name="Second", series="17.0")
        self.env["support.cloc.report.add"].create(
            {"instance_id": instance.id, "text": clean_text()}
        ).action_add()
        with self.assertRaisesRegex(UserError, "reports.*“Counted” off"):
            instance.source_ids.with_user(self.manager).unlink()

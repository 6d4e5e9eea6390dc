# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.tests import new_test_user, tagged

from .common import SupportInstanceCommon
from .repository import module_files


@tagged("post_install", "-at_install")
class TestSupportCountApprover(SupportInstanceCommon):
    """Who is told that a count waits, in a company where nobody may decide on it."""

    def setUp(self):
        super().setUp()
        self.own = self.env["res.company"].create({"name": "Own"})
        group = self.env.ref("support_contract.group_support_approver")
        self.manager_group = self.env.ref("support_contract.group_support_manager")
        self.manager_group.implied_ids -= group
        group.all_user_ids.company_ids -= self.own
        self.account_manager = self._create_user("support_user")
        self.repository = self._create_repository()
        contract = self._create_contract(
            company_id=self.own.id, user_id=self.account_manager.id
        )
        self.instance = self._create_instance(contract, self.repository)

    def _create_user(self, group):
        return new_test_user(
            self.env,
            f"own_{group}",
            groups=f"support_contract.group_{group}",
            company_id=self.own.id,
            company_ids=[Command.set(self.own.ids)],
        )

    def _count_to_review(self):
        instance = self.instance.with_company(self.own)
        self.repository.commit(module_files("acme_base", 100))
        instance.action_count()
        self.repository.commit({"acme_base/broken.py": "def :\n"})
        instance.action_count()
        count = instance.count_ids.sorted("id")[-1]
        self.assertEqual(count.state, "to_review")
        return count

    def test_without_an_approver_a_manager_is_told(self):
        manager = self._create_user("support_manager")
        activity = self._count_to_review().activity_ids
        self.assertEqual(activity.user_id, manager)
        self.assertIn("Count Approver", activity.note)

    def test_without_a_manager_the_account_manager_is_told(self):
        self.manager_group.all_user_ids.company_ids -= self.own
        activity = self._count_to_review().activity_ids
        self.assertEqual(activity.user_id, self.account_manager)

    def test_an_approver_is_told_before_others(self):
        self._create_user("support_manager")
        approver = self._create_user("support_approver")
        activity = self._count_to_review().activity_ids
        self.assertEqual(activity.user_id, approver)
        self.assertNotIn("Count Approver", activity.note)

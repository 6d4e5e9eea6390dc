# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_support_scope_approval import SupportApprovalCommon

TASKS = "/odoo/action-project.action_view_all_task"
REPRODUCTIONS = "/odoo/action-support_scope.support_reproduction_action"


@tagged("post_install", "-at_install")
class TestSupportScopeTour(SupportApprovalCommon, HttpCase):
    def test_consultant_sorts_work_and_asks_the_customer(self):
        task = self._create_task(None)
        self.start_tour(
            f"{TASKS}/{task.id}", "support_scope_approval_tour", login="scope_worker"
        )
        approval = self.env["support.work.approval"].search(
            [("res_model", "=", task._name), ("res_id", "=", task.id)]
        )
        self.assertRecordValues(
            approval,
            [{"state": "accepted", "decided_via": "phone", "amount_untaxed": 2430.0}],
        )

    def test_consultant_puts_a_bug_on_record(self):
        # That a half is missing is said to the user, and in the log.
        with mute_logger("odoo.http"):
            self.start_tour(
                REPRODUCTIONS, "support_scope_reproduction_tour", login="scope_worker"
            )
        bug = self.env["support.reproduction"].search([], limit=1)
        self.assertRecordValues(
            bug, [{"state": "reproduced", "user_id": self.worker.id}]
        )

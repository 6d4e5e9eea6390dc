# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .test_support_count_day import SupportCountDayCommon


@tagged("post_install", "-at_install")
class TestSupportCountApprove(SupportCountDayCommon):
    """A count that lowers the fee, or has holds, asks once: 180 per started hundred."""

    def setUp(self):
        super().setUp()
        self._count(1000, "2026-09-02")

    def _recount(self, lines):
        self._count(lines, "2026-09-20")
        return self.instance.count_ids.sorted("id")[-1].with_env(self.env)

    @users("support_approver")
    def test_lower_fee_is_shown_and_asks_why(self):
        """1,000 lines are 10 × 180 = 1,800.00, 401 are 5 × 180 = 900.00."""
        count = self._recount(401)
        self.assertEqual(count.state, "to_review")
        with self._on("2026-09-20"):
            action = count.action_ask_to_approve()
        self.assertEqual(action["res_model"], "support.count.approve")
        self.assertEqual(count.state, "to_review")
        wizards = self.env["support.count.approve"].with_context(**action["context"])
        with self._on("2026-09-20"):
            form = Form(wizards)
            self.assertEqual((form.fee_before, form.fee_after), (1800.0, 900.0))
            form.reason = " "
            wizard = form.save()
            with self.assertRaises(UserError):
                wizard.action_approve()
            wizard.reason = "They gave the module up"
            wizard.action_approve()
        self.assertEqual(count.state, "approved")
        self.assertEqual(count.decision_reason, "They gave the module up")

    @users("support_approver")
    def test_what_raises_the_fee_and_has_no_hold_asks_nothing(self):
        count = self._recount(4000)
        self.assertEqual(count.state, "to_review")
        self.assertTrue(count._needs_reason_to_approve())
        count.sudo()._with_permission().flag_ids.accepted = True
        with self._on("2026-09-20"):
            count.action_ask_to_approve()
        self.assertEqual(count.state, "approved")

    @users("support_user")
    def test_consultants_are_not_asked(self):
        count = self._recount(401)
        with self.assertRaises(AccessError):
            count.action_ask_to_approve()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged, users

from .test_support_scope_approval import SupportApprovalCommon


@tagged("post_install", "-at_install")
class TestSupportScopeDelivery(SupportApprovalCommon):
    """R10: a hot-fix is a way of delivery, and takes a patch service on its day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        new_test_user(
            cls.env,
            "scope_manager",
            groups="support_contract.group_support_manager,project.group_project_user",
        )

    def _add_patch(self, first="2026-09-01", last=None):
        kind = self.type_patch
        contract = self.contract
        contract._amend(
            contract.date_start,
            "Patch",
            [
                (
                    contract.service_ids.browse(),
                    {
                        "contract_id": contract.id,
                        "type_id": kind.id,
                        "date_start": first,
                        "date_end": last,
                    },
                )
            ],
        )

    @freeze_time("2026-09-10 09:00:00")
    def test_with_patch_at_once(self):
        self._add_patch()
        task = self._create_task(delivery="hotfix")
        self.assertFalse(task.needs_patch)
        self.assertIn("at once", task.delivery_note)
        task.action_deliver()
        self.assertEqual(str(task.date_delivered), "2026-09-10")

    @freeze_time("2026-09-10 09:00:00")
    def test_without_patch_with_the_next_planned_update(self):
        task = self._create_task(delivery="hotfix")
        self.assertTrue(task.needs_patch)
        self.assertIn("next planned update", task.delivery_note)
        with self.assertRaisesRegex(ValidationError, "as a hot-fix on 09/10/2026"):
            task.action_deliver()
        task.delivery = "planned"
        self.assertFalse(task.needs_patch)
        self.assertFalse(task.delivery_note)
        task.action_deliver()

    def test_patch_on_the_day_of_the_delivery(self):
        self._add_patch("2026-09-05", "2026-09-15")
        task = self._create_task(delivery="hotfix")
        days = {"04": False, "05": True, "15": True, "16": False}
        for day, allowed in days.items():
            with freeze_time(f"2026-09-{day} 12:00:00"):
                task.invalidate_recordset()
                self.assertEqual(task.needs_patch, not allowed, day)
        task.date_delivered = "2026-09-15"
        # Delivered is delivered, whatever the day is today.
        with freeze_time("2026-10-01 12:00:00"):
            task.invalidate_recordset()
            self.assertFalse(task.needs_patch)
        with self.assertRaises(ValidationError):
            task.date_delivered = "2026-09-16"

    def test_day_is_that_of_the_company(self):
        self._add_patch("2026-09-05", "2026-09-15")
        task = self._create_task(delivery="hotfix")
        # The last day is over in Sweden two hours before it is in London's winter.
        with freeze_time("2026-09-15 21:59:00"):
            task.invalidate_recordset()
            self.assertFalse(task.needs_patch)
        with freeze_time("2026-09-15 22:01:00"):
            task.invalidate_recordset()
            self.assertTrue(task.needs_patch)

    def test_delivery_never_changes_the_price(self):
        for code in (False, "planned", "hotfix"):
            task = self._create_task(delivery=code)
            self._log(task, 30)
        self._ask_for_approval(False)
        self.assertEqual(self._bill_september().mapped("amount"), [607.5] * 3)

    @freeze_time("2026-09-10 09:00:00")
    @users("scope_manager")
    def test_patch_is_one_click_away(self):
        task = self._create_task(delivery="hotfix").with_env(self.env)
        action = task.action_offer_patch()
        wizard = Form(self.env[action["res_model"]].with_context(**action["context"]))
        self.assertEqual(wizard.type_id, self.type_patch)
        wizard.save().action_confirm()
        task.invalidate_recordset()
        self.assertFalse(task.needs_patch)
        self.assertEqual(self.contract.service_ids.mapped("type_id.code")[-1], "patch")

    @freeze_time("2026-09-10 09:00:00")
    @users("scope_worker")
    def test_who_may_not_amend_asks_the_account_manager(self):
        task = self._create_task(delivery="hotfix").with_env(self.env)
        self.assertTrue(task.needs_patch)
        action = task.action_offer_patch()
        self.assertEqual(action["tag"], "display_notification")
        activity = self.contract.sudo().activity_ids
        self.assertEqual(activity.summary, "Offer a patch service")

    @freeze_time("2026-09-10 09:00:00")
    @users("scope_worker")
    def test_help_is_offered_where_nothing_was_reproduced(self):
        tried = self.env["support.reproduction"].create(
            {
                "name": "VAT twice",
                "module_name": "account",
                "series": "19.0",
                "steps": "<p>Press</p>",
                "dataset_version": "2026-1",
            }
        )
        tried.action_not_reproducible()
        task = self._create_task("program_bug", reproduction_id=tried.id)
        action = task.with_env(self.env).action_offer_help()
        context = action["context"] | {"default_type_id": self.consulting.id}
        offer = Form(self.env[action["res_model"]].with_context(**context)).save()
        self.assertEqual((offer.hours, offer.after_analysis), (1.0, True))
        offer.action_send()
        mail = offer.message_ids[0]
        self.assertIn("could not", mail.body)
        self.assertIn("standard data set 2026-1", mail.body)
        self.assertIn("free of charge", mail.body)
        self.assertEqual(mail.partner_ids, self.boss)
        offer.sudo()._accept(self.boss, "Eva", "portal")
        self.assertEqual(offer.state, "accepted")

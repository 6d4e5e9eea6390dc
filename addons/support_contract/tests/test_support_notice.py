# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged, users

from .common import SupportContractCommon


@tagged("post_install", "-at_install")
class TestSupportNotice(SupportContractCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_contract(
            [("maintenance", "2026-09-12"), ("operations", "2026-09-01")]
        )
        cls.contract._set_state("active")
        cls.maintenance = cls.contract.service_ids.filtered("date_min_end")
        cls.operations = cls.contract.service_ids - cls.maintenance

    def test_r01_minimum_term_is_twelve_months_of_maintenance(self):
        self.assertEqual(self.maintenance.date_min_end, date(2027, 9, 11))
        end = self.maintenance._get_earliest_end(date(2026, 11, 23))
        self.assertEqual((end.day, end.rule), (date(2027, 9, 11), "min_term"))

    def test_r01_after_the_minimum_term_it_ends_with_the_running_month(self):
        end = self.maintenance._get_earliest_end(date(2027, 10, 5))
        self.assertEqual((end.day, end.rule), (date(2027, 10, 31), "month_end"))
        # In the month in which the minimum term runs out, the month decides.
        end = self.maintenance._get_earliest_end(date(2027, 9, 1))
        self.assertEqual((end.day, end.rule), (date(2027, 9, 30), "month_end"))

    def test_r01_other_services_have_no_minimum_term(self):
        end = self.operations._get_earliest_end(date(2026, 11, 23))
        self.assertEqual((end.day, end.rule), (date(2026, 11, 30), "month_end"))

    def test_r01_service_runs_on_without_an_invented_end(self):
        with freeze_time("2028-03-01"):
            self._run_amendments()
        self.assertRecordValues(self.contract, [{"state": "active", "date_end": False}])

    @users("support_user")
    def test_consultant_takes_down_a_lawful_notice(self):
        with freeze_time("2026-11-23 10:00:00"):
            wizard = Form(
                self.env["support.contract.notice"].with_context(
                    default_contract_id=self.contract.id
                )
            )
            self.assertEqual(wizard.date_earliest, date(2027, 9, 11))
            losses = wizard.losses.splitlines()
            self.assertEqual(losses[:2], ["Operations", "Maintenance and support"])
            # The service is in the list, and not the right of the same name again.
            self.assertNotIn("Maintenance", losses)
            self.assertIn("User support", losses)
            self.assertEqual(
                wizard.service_ids[:]
                .with_context(support_one_contract=True)
                .mapped("display_name"),
                ["Operations", "Maintenance and support"],
            )
            self.assertIn("minimum term runs until 09/11/2027", wizard.explanation)
            self.assertIn("it ends with the month, on 11/30/2026", wizard.explanation)
            wizard.save().action_confirm()
        self.assertRecordValues(
            self.maintenance | self.operations,
            [
                {"date_notice": date(2026, 11, 23), "date_end": date(2027, 9, 11)},
                {"date_notice": date(2026, 11, 23), "date_end": date(2026, 11, 30)},
            ],
        )
        self.assertRecordValues(
            self.contract, [{"state": "notice", "date_end": date(2027, 9, 11)}]
        )
        self.assertIn("notice", self.contract.event_ids.mapped("kind"))

    def test_notice_for_one_service_leaves_the_contract_active(self):
        with freeze_time("2026-11-23 10:00:00"):
            self.contract._give_notice(self.operations, date(2026, 11, 23))
        self.assertRecordValues(self.contract, [{"state": "active", "date_end": False}])
        self.assertEqual(self.operations.date_end, date(2026, 11, 30))

    def test_new_service_runs_on_when_the_others_end(self):
        """The contract is not under notice any more, until notice is given for it."""
        with freeze_time("2026-10-01 10:00:00"):
            self._give_notice_and_add_patches()

    def _give_notice_and_add_patches(self):
        contract = self._create_contract((("operations", "2026-09-01"),))
        contract.action_activate()
        contract._give_notice(contract.service_ids, date(2026, 10, 1))
        self.assertEqual(contract.state, "notice")
        service = {"type_id": self.type_patch.id, "date_start": "2026-12-01"}
        contract._amend(
            date(2026, 12, 1),
            "Patches from December",
            [
                (
                    self.env["support.contract.service"],
                    {"contract_id": contract.id, **service},
                )
            ],
        )
        self.assertEqual(contract.state, "active")
        patch = contract.service_ids.filtered(lambda one: not one.date_notice)
        contract._give_notice(patch, date(2026, 12, 1))
        self.assertEqual(contract.state, "notice")

    def test_earlier_end_needs_a_manager_and_a_reason(self):
        with freeze_time("2026-11-23 10:00:00"):
            args = (self.maintenance, date(2026, 11, 23), date(2026, 12, 31))
            with self.assertRaisesRegex(AccessError, "Only a manager"):
                self.contract.with_user(self.consultant)._give_notice(
                    *args, reason="They asked"
                )
            contract = self.contract.with_user(self.manager)
            with self.assertRaisesRegex(UserError, "Say why"):
                contract._give_notice(*args)
            contract._give_notice(*args, reason="The company is wound up")
        self.assertRecordValues(
            self.maintenance,
            [
                {
                    "date_end": date(2026, 12, 31),
                    "end_reason": "The company is wound up",
                }
            ],
        )
        override = self.contract.event_ids.filtered(lambda e: e.kind == "override")
        self.assertRecordValues(
            override,
            [
                {
                    "before": "2027-09-11",
                    "after": "2026-12-31",
                    "note": "The company is wound up",
                    "user_id": self.manager.id,
                }
            ],
        )

    def test_notice_can_be_withdrawn_before_the_end_only(self):
        with freeze_time("2026-11-23 10:00:00"):
            self.contract._give_notice(self.contract.service_ids, date(2026, 11, 23))
        with freeze_time("2026-11-30 10:00:00"):
            self.contract.action_withdraw_notice()
        self.assertRecordValues(
            self.contract,
            [{"state": "active", "date_end": False, "date_notice": False}],
        )
        with freeze_time("2026-11-30 10:00:00"):
            self.contract._give_notice(self.operations, date(2026, 11, 30))
        with freeze_time("2026-12-01 10:00:00"):
            with self.assertRaisesRegex(UserError, "no notice to withdraw"):
                self.contract.action_withdraw_notice()

    def test_who_ticked_an_item_and_when_is_the_systems(self):
        contract = self._create_contract()
        Item = self.env["support.contract.checklist"].with_user(self.manager)
        for vals in ({"user_id": self.consultant.id}, {"date_done": "2020-01-01"}):
            with self.subTest(vals), self.assertRaises(AccessError):
                Item.create({"contract_id": contract.id, "code": "data", **vals})
        defaults = {"default_user_id": self.consultant.id, "default_done": True}
        item = Item.with_context(**defaults, default_date_done="2020-01-01").create(
            {"contract_id": contract.id, "code": "data"}
        )
        self.assertEqual(item.user_id, self.manager)
        self.assertGreater(item.date_done.year, 2020)
        item = item.with_user(self.consultant)
        for vals in (
            {"user_id": self.manager.id},
            {"date_done": "2020-01-01"},
            {"done": True, "user_id": self.manager.id},
        ):
            with self.subTest(vals), self.assertRaises(AccessError):
                item.write(vals)
        item.done = False
        self.assertFalse(item.user_id or item.date_done)
        item.done = True
        self.assertEqual(item.user_id, self.consultant)

    def test_contract_ends_by_itself_and_opens_a_checklist(self):
        with freeze_time("2026-11-23 10:00:00"):
            self.contract._give_notice(self.contract.service_ids, date(2026, 11, 23))
        with freeze_time("2027-09-11 10:00:00"):
            self._run_amendments()
            self.assertEqual(self.contract.state, "notice")
            with self.assertRaisesRegex(UserError, "runs until"):
                self.contract.action_end()
        with freeze_time("2027-09-11 22:30:00"):  # the 12th in Sweden
            self._run_amendments()
        self.assertEqual(self.contract.state, "ended")
        self.assertEqual(
            self.contract.checklist_ids.mapped("code"),
            ["data", "repositories", "instances", "accesses"],
        )
        self.assertEqual(self.contract.checklist_left, 4)
        item = self.contract.checklist_ids[0].with_user(self.consultant)
        item.done = True
        self.assertEqual(item.user_id, self.consultant)
        self.assertEqual(self.contract.checklist_left, 3)
        self.assertEqual(self.contract.activity_ids.user_id, self.contract.user_id)

    def test_confirmation_is_a_dated_document_for_the_customer(self):
        with freeze_time("2026-11-23 10:00:00"):
            self.contract._give_notice(self.contract.service_ids, date(2026, 11, 23))
            html = (
                self.env["ir.actions.report"]
                ._render_qweb_html("support_contract.report_notice", self.contract.ids)[
                    0
                ]
                .decode()
            )
        for words in (
            self.contract.name,
            "Confirmation of notice",
            "09/11/2027",
            "11/30/2026",
            "September 2027",
        ):
            self.assertIn(words, html)
        message = self.contract.message_ids.filtered(
            lambda msg: "We have received your notice" in (msg.body or "")
        )
        self.assertEqual(len(message), 1)
        self.assertIn(self.customer, message.partner_ids)
        self.assertTrue(message.attachment_ids)

    def test_running_contract_from_elsewhere_needs_billed_through(self):
        contract = self._create_contract(
            [("operations", "2025-03-01")], billed_through=False
        )
        with freeze_time("2026-11-23 10:00:00"):
            with self.assertRaisesRegex(UserError, "Billed Through"):
                contract.action_activate()
            contract.billed_through = "2026-10-31"
            contract.action_activate()
        self.assertEqual(contract.state, "active")

    def test_contract_of_this_month_needs_no_billed_through(self):
        contract = self._create_contract(
            [("operations", "2026-11-12")], billed_through=False
        )
        with freeze_time("2026-11-23 10:00:00"):
            contract.action_activate()
        self.assertEqual(contract.state, "active")

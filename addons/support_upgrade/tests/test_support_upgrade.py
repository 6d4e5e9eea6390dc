# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged, users

from ..cancellation import Cancellation
from .common import SupportUpgradeCommon


@tagged("post_install", "-at_install")
class TestSupportUpgradeSteps(SupportUpgradeCommon):
    """The way from the request to production. Clauses R5, R8, R9, R12."""

    def test_r05_r12_start_sets_up_instances_and_records_the_fee(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            production = contract.instance_ids
            upgrade = self._request(contract)
            self.assertEqual(upgrade.fee, 9900.0)
            upgrade.action_accept()
            self.assertEqual(upgrade.fee_due, 0.0)
            upgrade.action_start()
        self.assertRecordValues(
            upgrade,
            [
                {
                    "state": "started",
                    "date_started": date(2027, 3, 1),
                    "right_status": "used",
                    "fee_due": 9900.0,
                    "fee": 9900.0,
                }
            ],
        )
        self.assertRecordValues(
            upgrade.upgrade_instance_ids.sorted("role"),
            [
                {"role": "development", "series": "19.0", "billed": False},
                {"role": "test", "series": "19.0", "billed": False},
            ],
        )
        self.assertEqual(upgrade.upgrade_instance_ids.contract_id, contract)
        # The branch of the new version, in the same repository.
        sources = upgrade.upgrade_instance_ids.source_ids
        self.assertEqual(set(sources.mapped("branch")), {"19.0"})
        self.assertEqual(set(sources.mapped("url")), {production.source_ids.url})

    def test_r05_special_condition_on_the_fee(self):
        with self._on("2027-03-01"):
            contract = self._create_running(
                billed_through="2027-02-28",
                condition_ids=[Command.create({"key": "upgrade_fee", "value": 5000.0})],
            )
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
            self.assertEqual(upgrade.fee_due, 5000.0)
            self.assertIn("special condition", upgrade.fee_source)

    def test_r09_every_module_gets_an_outcome_with_who_and_state(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
        self.assertRecordValues(
            upgrade.module_ids.sorted("name"),
            [
                {"name": "acme_base", "lines_before": 120, "state": "todo"},
                {"name": "acme_old", "lines_before": 50, "state": "todo"},
                {"name": "acme_sale", "lines_before": 80, "state": "todo"},
            ],
        )
        module = upgrade.module_ids[0]
        module.write({"user_id": self.consultant.id, "outcome": "migrated"})
        module.state = "done"
        self.assertEqual(upgrade.modules_left, 2)

    def test_trial_rounds_are_numbered(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
        upgrade.trial_ids = [
            Command.create({"result": "failed", "note": "Stock moves are missing"}),
            Command.create({"result": "passed"}),
        ]
        self.assertEqual(upgrade.trial_ids.mapped("number"), [1, 2])

    def test_extra_needs_the_customer_s_approval_on_record(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            self._request(contract)
            extra = self._request(contract)
            extra.action_accept()
            with self.assertRaisesRegex(ValidationError, "Attach the mail"):
                self._approve(extra, "extra", attachment_ids=False)
            with self.assertRaisesRegex(ValidationError, "what was said"):
                self._approve(extra, "extra", how="phone")
            approval = self._approve(extra, "extra", price=45000.0)
            self.assertRecordValues(
                approval,
                [
                    {
                        "given_by": "Head of finance",
                        "date": date(2027, 3, 1),
                        "how": "mail",
                        "user_id": self.consultant.id,
                        "price": 45000.0,
                    }
                ],
            )
            extra.action_start()
            self.assertRecordValues(
                extra, [{"state": "started", "right_no": 0, "right_status": "extra"}]
            )
            [period] = self._get_periods(contract, date(2027, 3, 1))
            self.assertEqual((period.used, period.reserved), (0, 1))

    def test_approval_is_evidence(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            approval = self._approve(self._request(contract), "extra")
        for user in (self.consultant, self.manager):
            own = approval.with_user(user)
            with self.assertRaises(UserError):
                own.price = 1.0
            with self.assertRaises(UserError):
                own.unlink()
        with self.assertRaises(UserError):
            approval.sudo().given_by = "Somebody else"
        with self.assertRaises(UserError):
            approval.sudo().unlink()
        self.assertEqual(approval.attachment_ids.res_model, approval._name)
        with self.assertRaises(AccessError):
            approval.attachment_ids.with_user(self.consultant).unlink()

    # -- going live -----

    def test_done_needs_the_customer_s_acceptance(self):
        with self._on("2027-03-01"):
            upgrade = self._bring_to_testing(
                self._create_counted(billed_through="2027-02-28")
            )
            with self.assertRaisesRegex(UserError, "acceptance on record"):
                upgrade.action_done()
            self.assertEqual(upgrade.state, "testing")

    def test_done_needs_every_module(self):
        with self._on("2027-03-01"):
            upgrade = self._bring_to_testing(
                self._create_counted(billed_through="2027-02-28")
            )
            self._approve(upgrade, "acceptance")
            upgrade.module_ids[0].state = "doing"
            with self.assertRaisesRegex(UserError, "acme_base"):
                upgrade.action_done()

    def test_done_compares_modules_with_the_counted_code(self):
        with self._on("2027-03-01"):
            upgrade = self._bring_to_testing(
                self._create_counted(billed_through="2027-02-28")
            )
            modules = {module.name: module for module in upgrade.module_ids}
            modules["acme_old"].outcome = "migrated"
            modules["acme_sale"].outcome = "replaced"
            self.assertIn("not in the counted code: acme_old", upgrade.obstacles)
            self.assertIn("would be billed: acme_sale", upgrade.obstacles)

    def test_done_switches_in_one_amendment_that_tells_lines(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            production = contract.instance_ids
            upgrade = self._bring_to_testing(contract)
            self.assertTrue(upgrade.is_counted_after)
            self.assertEqual((upgrade.lines_before, upgrade.lines_after), (250, 190))
            accepted = self._approve(upgrade, "acceptance")
            self.assertEqual((accepted.lines_before, accepted.lines_after), (250, 190))
        with self._on("2027-03-05"):
            upgrade.action_done()
        self.assertRecordValues(
            upgrade,
            [
                {
                    "state": "done",
                    "date_done": date(2027, 3, 5),
                    "lines_before": 250,
                    "lines_after": 190,
                    "date_instances_end": date(2027, 4, 4),
                }
            ],
        )
        self.assertEqual(
            set(upgrade.upgrade_instance_ids.mapped("date_end")), {date(2027, 4, 4)}
        )
        self.assertEqual(production.series, "19.0")
        self.assertEqual(production.source_ids.branch, "19.0")
        amendment = contract.amendment_ids
        self.assertEqual(amendment, upgrade.amendment_id)
        self.assertEqual(amendment.user_id, self.consultant)
        self.assertIn("250 before, 190 after", amendment.reason)
        self.assertIn("accepted by Head of finance on 2027-03-01", amendment.reason)
        self.assertEqual(
            {(line.model, line.field_name) for line in amendment.line_ids},
            {
                ("support.instance", "series"),
                ("support.source", "active"),
                ("support.instance.module", "covered"),
            },
        )
        self.assertEqual(production._value_on("series", date(2027, 3, 4)), "17.0")
        self.assertEqual(
            production.module_ids.filtered("covered").mapped("name"),
            ["acme_base", "acme_sale"],
        )
        production.action_count()
        self.assertEqual(contract.billed_lines, 190)

    def test_done_keeps_what_is_not_covered_out_of_the_fee(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            production = contract.instance_ids
            sale = production.module_ids.filtered(lambda mod: mod.name == "acme_sale")
            contract._amend(date(2027, 3, 1), "Not ours", [(sale, {"covered": False})])
            production.action_count()
            self.assertEqual(contract.billed_lines, 170)
            upgrade = self._bring_to_testing(contract)
            self.assertEqual(
                sorted(upgrade.module_ids.mapped("name")), ["acme_base", "acme_old"]
            )
            self.assertEqual((upgrade.lines_before, upgrade.lines_after), (170, 110))
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
            self.assertFalse(sale.covered)
            production.action_count()
            self.assertEqual(contract.billed_lines, 110)

    def test_done_refuses_other_figures_than_the_accepted_ones(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            self._approve(upgrade, "acceptance")
            # Production loses a module meanwhile: what was shown is not true any more.
            upgrade.upgrade_instance_ids.source_ids.sudo().branch = "17.0"
            upgrade._get_switch_instance().action_count()
            upgrade.invalidate_recordset()
            with self.assertRaisesRegex(UserError, "not those that the customer"):
                upgrade.action_done()
            self.assertEqual(contract.instance_ids[0].series, "17.0")

    def test_acceptance_needs_the_figures(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._request(contract)
            upgrade.action_accept()
            upgrade.action_start()
            upgrade.action_test()
            self.assertFalse(upgrade.is_counted_after)
            with self.assertRaisesRegex(UserError, "Count the test instance"):
                self._approve(upgrade, "acceptance")

    def test_rollback_restores_the_old_and_asks_again(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            production = contract.instance_ids
            upgrade = self._bring_to_testing(contract)
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
            with self.assertRaisesRegex(AccessError, "Only a manager"):
                upgrade.action_rollback()
        with self._on("2027-03-03"):
            upgrade.with_user(self.manager).action_rollback()
        self.assertEqual(production.series, "17.0")
        self.assertEqual(production.source_ids.branch, "17.0")
        self.assertTrue(all(production.module_ids.mapped("covered")))
        self.assertRecordValues(
            upgrade,
            [{"state": "testing", "date_done": False, "is_accepted": False}],
        )
        self.assertEqual(upgrade.rollback_id.undoes_id, upgrade.amendment_id)
        self.assertFalse(any(upgrade.upgrade_instance_ids.mapped("date_end")))
        # The right stays used: the work goes on.
        self.assertEqual(upgrade.right_status, "used")
        with self._on("2027-03-04"):
            production.action_count()
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
        self.assertEqual(production.series, "19.0")
        self.assertEqual(production.source_ids.branch, "19.0")
        # The sources of the first attempt are used again, not copied once more.
        everything = production.with_context(active_test=False).source_ids
        self.assertEqual(sorted(everything.mapped("branch")), ["17.0", "19.0"])

    def test_undoing_the_amendment_is_a_rollback_too(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
            action = upgrade.amendment_id.with_user(self.manager).action_undo()
            wizard = (
                self.env[action["res_model"]]
                .with_user(self.manager)
                .with_context(**action["context"])
                .create({"reason": "The stock was wrong"})
            )
            wizard.action_confirm()
        self.assertEqual(upgrade.instance_id.series, "17.0")
        self.assertRecordValues(
            upgrade, [{"state": "testing", "is_accepted": False, "date_done": False}]
        )
        self.assertEqual(upgrade.rollback_id.reason, "The stock was wrong")

    def test_rework_asks_the_customer_again(self):
        with self._on("2027-03-01"):
            upgrade = self._bring_to_testing(
                self._create_counted(billed_through="2027-02-28")
            )
            self._approve(upgrade, "acceptance")
            self.assertTrue(upgrade.is_accepted)
            upgrade.action_rework()
            self.assertFalse(upgrade.is_accepted)
            self.assertTrue(upgrade.approval_ids.void)

    # -- guards -----

    def test_steps_are_not_written_by_hand(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            for user in (self.consultant, self.manager):
                for vals in (
                    {"state": "done"},
                    {"right_no": 2},
                    {"fee_due": 1.0},
                    {"period_start": "2025-09-01"},
                ):
                    with self.assertRaisesRegex(UserError, "through its buttons only"):
                        upgrade.with_user(user).write(vals)
            with self.assertRaisesRegex(UserError, "through its buttons only"):
                self._request(contract, state="done")
            second = (
                self.env["support.upgrade"]
                .with_user(self.consultant)
                .with_context(default_state="done", default_right_no=1)
                .create({"contract_id": contract.id, "to_series": "19.0"})
            )
            self.assertRecordValues(second, [{"state": "requested", "right_no": 0}])

    def test_what_was_asked_for_stays_once_the_work_has_started(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            with self.assertRaisesRegex(UserError, "Only a manager can correct"):
                upgrade.date_requested = "2027-02-01"
            upgrade.with_user(self.manager).date_requested = "2027-02-01"
            upgrade.action_accept()
            upgrade.action_start()
            with self.assertRaisesRegex(UserError, "work has started"):
                upgrade.to_series = "18.0"

    def test_one_instance_is_upgraded_once_at_a_time(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            first, second = self._request(contract), self._request(contract)
            for upgrade in (first, second):
                upgrade.action_accept()
            self._approve(second, "extra")
            first.action_start()
            with self.assertRaisesRegex(UserError, f"{first.name} is upgrading"):
                second.action_start()
            Cancellation(first).run("declined", "Test")
            contract.instance_ids.filtered(
                lambda instance: instance.role == "production"
            ).series = "18.0"
            with self.assertRaisesRegex(UserError, "runs 18.0, not 17.0"):
                second.action_start()

    def test_modules_and_trials_of_a_finished_upgrade_stay(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            upgrade.trial_ids = [Command.create({"result": "passed"})]
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
            for change in (
                lambda: upgrade.trial_ids.write({"result": "failed"}),
                lambda: upgrade.module_ids[0].write({"outcome": "dropped"}),
                lambda: upgrade.module_ids[0].unlink(),
                lambda: upgrade.trial_ids.copy(),
            ):
                with self.assertRaisesRegex(UserError, "The upgrade is over"):
                    change()
            # The instances may stay longer, or go earlier.
            upgrade.date_instances_end = "2027-03-15"
            self.assertEqual(
                set(upgrade.upgrade_instance_ids.mapped("date_end")),
                {date(2027, 3, 15)},
            )

    def test_r08_notice_says_which_upgrades_are_lost(self):
        with self._on("2027-10-20"):
            contract = self._create_running(
                [("maintenance", "2026-09-01"), ("operations", "2026-09-01")],
                billed_through="2027-09-30",
            )
            maintenance = contract.service_ids.filtered(
                lambda service: service.type_id == self.type_maintenance
            )
            lost = contract._get_rights_lost(maintenance)
            self.assertIn("One upgrade that has not been asked for", lost)
            self.assertIn("User support", lost)
            # Operations go on granting the discount.
            self.assertNotIn("Discount on hourly rates", lost)
            upgrade = self._request(contract)
            lost = contract._get_rights_lost(maintenance)
            self.assertNotIn("One upgrade that has not been asked for", lost)
            text = f"Upgrade {upgrade.name} to version 19.0, unless the work starts"
            self.assertIn(f"{text} before", lost)

    def test_rights_used_before_are_locked_once_signed(self):
        contract = self._create_running()
        with self.assertRaisesRegex(UserError, "amendment"):
            contract.with_user(self.manager).upgrades_used_before = 1

    @users("support_manager")
    def test_new_contract_form_opens(self):
        form = Form(self.env["support.contract"])
        self.assertIn("includes version upgrades", str(form.upgrade_years))

    def test_draft_contract_gets_no_upgrade(self):
        contract = self._create_contract()
        instance = self._create_instance(contract, series="17.0")
        with self.assertRaisesRegex(UserError, "is not running"):
            self._request(contract, instance_id=instance.id)

    def test_versions_are_checked(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            for series, message in (
                ("seventeen", "Write versions"),
                ("17.0", "not newer"),
                ("9.0", "not newer"),
            ):
                with self.assertRaisesRegex(ValidationError, message):
                    self._request(contract, to_series=series)
            upgrade = self._request(contract, to_series="saas~18.2")
            self.assertEqual(upgrade.version_steps, 1)

    def test_step_out_of_turn_says_where_the_upgrade_is(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            with self.assertRaisesRegex(UserError, "is Requested"):
                upgrade.action_start()
            upgrade.action_accept()
            with self.assertRaisesRegex(UserError, "is Accepted"):
                upgrade.action_accept()

    def test_decided_request_is_not_deleted(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            upgrade = self._request(contract)
            with self.assertRaises(AccessError):
                upgrade.unlink()
            upgrade.action_accept()
            with self.assertRaisesRegex(UserError, "Cancel"):
                upgrade.with_user(self.manager).unlink()

    def test_every_step_is_in_the_event_log(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            self._approve(upgrade, "acceptance")
            upgrade.action_done()
        events = contract.event_ids.filtered(
            lambda event: (event.model, event.res_id) == (upgrade._name, upgrade.id)
        ).sorted("id")
        moves = [(event.before, event.after) for event in events if event.after]
        self.assertEqual(
            moves,
            [
                ("Requested", "Accepted"),
                ("Accepted", "Started"),
                ("Started", "Testing"),
                ("Testing", "Done"),
            ],
        )
        self.assertEqual(events.user_id, self.consultant)

    def test_account_manager_is_asked_to_decide(self):
        with self._on("2027-03-01"):
            contract = self._create_running(
                billed_through="2027-02-28", user_id=self.manager.id
            )
            upgrade = self._request(contract)
            self.assertEqual(upgrade.activity_ids.user_id, self.manager)
            upgrade.action_accept()
            self.assertFalse(upgrade.activity_ids)

    @users("support_user")
    def test_contract_form_shows_a_line_of_years(self):
        with self._on("2028-03-01"):
            contract = self._create_running(billed_through="2028-02-29")
            self._request(contract)
            html = str(contract.with_env(self.env).upgrade_years)
        self.assertEqual(html.count("o_support_year "), 3)
        self.assertEqual(html.count("o_support_lapsed"), 1)
        self.assertEqual(html.count("o_support_reserved"), 1)
        self.assertEqual(html.count("o_support_left"), 1)
        self.assertIn("17.0", html)

    @users("support_user")
    def test_request_from_the_contract_fills_itself_in(self):
        with self._on("2027-03-01"):
            contract = self._create_running(billed_through="2027-02-28")
            action = contract.with_env(self.env).action_request_upgrade()
            form = Form(self.env[action["res_model"]].with_context(**action["context"]))
            self.assertEqual(form.from_series, "17.0")
            self.assertEqual(form.instance_id, contract.instance_ids)
            self.assertEqual(form.date_requested, date(2027, 3, 1))
            form.to_series = "19.0"
            self.assertEqual(form.save().right_status, "reserved")

    def test_other_company_sees_nothing(self):
        with self._on("2027-03-01"):
            contract = self._create_counted(billed_through="2027-02-28")
            upgrade = self._bring_to_testing(contract)
            upgrade.trial_ids = [Command.create({"result": "passed"})]
            self._approve(upgrade, "acceptance")
        company = self.env["res.company"].create({"name": "Another Consultancy AB"})
        stranger = self.manager.copy(
            {
                "login": "upgrade_stranger",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
            }
        )
        for record in (
            upgrade,
            upgrade.trial_ids,
            upgrade.module_ids,
            upgrade.approval_ids,
        ):
            with self.subTest(model=record._name):
                found = self.env[record._name].with_user(stranger).search([])
                self.assertFalse(found & record.with_user(stranger))

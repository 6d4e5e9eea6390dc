# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timezone
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users

from .common import SupportScopeCommon


@tagged("post_install", "-at_install")
class TestSupportScopeVerdict(SupportScopeCommon):
    def setUp(self):
        super().setUp()
        self.startClassPatcher(freeze_time("2026-09-10 09:00:00"))

    def assertVerdict(self, work, verdict, clause, rule=None):
        found = (work.scope_verdict, work.scope_clause or "")
        self.assertEqual(found, (verdict, clause), work.scope_reason)
        if rule:
            self.assertEqual(work.scope_rule, rule)

    def test_work_is_judged_as_it_begins(self):
        self.assertVerdict(self._create_task(), "billed", "R17", "terms")
        self.assertVerdict(
            self._create_task("technical_environment"), "included", "R16"
        )
        # Operations alone give no user support.
        task = self._create_task("user_advice")
        self.assertVerdict(task, "billed", "R17", "right")
        self.assertIn("No service of the customer includes", task.scope_reason)

    def test_without_category_nobody_knows(self):
        self.assertVerdict(self._create_task(None), "undecided", "", "category")

    def test_default_category_of_the_company(self):
        advice = self._category("technical_environment")
        self.company.support_scope_category_id = advice
        task = self._create_task(None)
        self.assertEqual(task.scope_category_id, advice)
        self.assertVerdict(task, "included", "R16")

    def test_task_of_another_project_is_left_alone(self):
        other = self.env["project.project"].create({"name": "Fixed price"})
        task = self._create_task(project_id=other.id)
        self.assertFalse(task.scope_verdict)
        self.assertFalse(self._history(task))

    def test_project_put_under_a_contract_later(self):
        other = self.env["project.project"].create({"name": "Later"})
        task = self._create_task(project_id=other.id)
        other.support_contract_id = self.contract
        self.assertVerdict(task, "billed", "R17")
        other.support_contract_id = False
        self.assertFalse(task.scope_verdict)

    def _history(self, task):
        return self.env["support.work.verdict"].search(
            [("res_model", "=", task._name), ("res_id", "=", task.id)], order="id"
        )

    def test_every_earlier_verdict_stays(self):
        task = self._create_task()
        task.scope_category_id = self._category("technical_environment")
        task.scope_category_id = self._category("new_configuration")
        history = self._history(task)
        self.assertEqual(history.mapped("verdict"), ["billed", "included", "billed"])
        self.assertEqual(history[0].facts["category"], "new_configuration")
        self.assertEqual(history[0].facts["day"], "2026-09-10")
        with self.assertRaises(UserError):
            history[0].write({"verdict": "included"})
        with self.assertRaises(UserError):
            history[0].unlink()

    def test_same_facts_add_nothing(self):
        task = self._create_task()
        task._evaluate()
        self.assertEqual(len(self._history(task)), 1)

    @users("scope_worker")
    def test_nobody_writes_a_verdict(self):
        task = self._create_task().with_env(self.env)
        with self.assertRaises(AccessError):
            task.write({"scope_verdict": "included"})
        with self.assertRaises(AccessError):
            self.env["project.task"].create(
                {
                    "name": "Free",
                    "project_id": self.project.id,
                    "scope_override": True,
                }
            )

    @users("scope_worker")
    def test_override_needs_a_reason_and_stays_visible(self):
        task = self._create_task().with_env(self.env)
        wizard = self.env["support.work.override"].create(
            {
                "res_model": task._name,
                "res_id": task.id,
                "verdict": "included",
                "reason": "Our own mistake",
            }
        )
        wizard.action_confirm()
        self.assertVerdict(task, "included", "R17", "override")
        self.assertIn("Our own mistake", task.scope_reason)
        # New facts change nothing of it, until somebody follows the rules again.
        task.scope_category_id = self._category("new_feature")
        self.assertEqual(task.scope_verdict, "included")
        task.action_follow_rules()
        self.assertVerdict(task, "billed", "R6, R17", "terms")
        history = self._history(task)
        self.assertEqual(history.mapped("is_override"), [False, True, False])
        self.assertEqual(
            history.mapped("why"),
            [
                "New configuration is billed by the customer's terms. (R17)",
                "Our own mistake",
                "New functionality is billed by the customer's terms. (R6, R17)",
            ],
        )

    def test_bug_is_free_with_both_halves_on_record(self):
        contract = self._create_scope_contract(("maintenance",))
        contract._set_state("active")
        self.project.support_contract_id = contract
        task = self._create_task("program_bug")
        self.assertVerdict(task, "needs_reproduction", "R14, R15")
        reproduction = self.env["support.reproduction"].create(
            {"name": "VAT twice", "module_name": "account", "series": "19.0"}
        )
        task.reproduction_id = reproduction
        self.assertVerdict(task, "needs_reproduction", "R14, R15")
        with self.assertRaisesRegex(ValidationError, "Missing: Steps, Expected"):
            reproduction.action_reproduced()
        reproduction.write(
            {
                "steps": "<p>Press</p>",
                "expected": "<p>25 %</p>",
                "seen": "<p>50 %</p>",
                "specification": "Odoo's documentation",
                "dataset_version": "2026-1",
            }
        )
        reproduction.action_reproduced()
        self.assertVerdict(task, "included", "R14, R15", "reproduction")
        with self.assertRaises(UserError):
            reproduction.write({"seen": False})
        reproduction.action_reopen()
        reproduction.action_not_reproducible()
        self.assertVerdict(task, "billed", "R14, R15", "reproduction")

    @users("scope_worker")
    def test_result_is_set_by_the_buttons(self):
        reproduction = self.env["support.reproduction"].create(
            {"name": "VAT twice", "module_name": "account", "series": "19.0"}
        )
        with self.assertRaises(UserError):
            reproduction.write({"state": "reproduced"})

    def test_new_day_brings_a_new_verdict(self):
        task = self._create_task("technical_environment")
        self.assertVerdict(task, "included", "R16")
        service = self.contract.service_ids
        self.contract._amend(
            service.date_start,
            "Ends",
            [(service, {"date_end": "2026-09-30"})],
        )
        self.assertVerdict(task, "included", "R16")
        with freeze_time("2026-10-01 09:00:00"):
            self._run_evaluation()
        self.assertVerdict(task, "no_contract", "", "contract")

    def test_amendment_judges_open_work(self):
        task = self._create_task("technical_environment")
        done = self._create_task("technical_environment", state="1_done")
        line = self._log(done, 30)
        service = self.contract.service_ids
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-09"})]
        )
        self.assertVerdict(task, "no_contract", "", "contract")
        self.assertEqual(len(self._history(task)), 2)
        # What is closed keeps its verdict; its time is not charged yet.
        self.assertVerdict(done, "included", "R16")
        self.assertEqual(line.support_verdict, "no_contract")

    def test_contract_that_begins_or_is_cancelled_judges_open_work(self):
        contract = self._create_scope_contract(("maintenance",))
        self.project.support_contract_id = contract
        task = self._create_task()
        self.assertVerdict(task, "no_contract", "", "contract")
        contract._set_state("active")
        self.assertVerdict(task, "billed", "R17", "terms")
        contract._set_state("cancelled")
        self.assertVerdict(task, "no_contract", "", "contract")

    def test_work_that_cannot_be_judged_stops_no_other(self):
        tasks = self.env["project.task"].union(
            *(self._create_task("technical_environment") for _number in range(5))
        )
        service, bad = self.contract.service_ids, tasks[2]
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-30"})]
        )
        prepare = type(tasks)._prepare_case

        def failing(work, *args, **kwargs):
            if work == bad:
                raise UserError(work.display_name)
            return prepare(work, *args, **kwargs)

        with (
            freeze_time("2026-10-01 09:00:00"),
            patch.object(type(tasks), "_prepare_case", failing),
        ):
            self._run_evaluation()
        self.assertEqual(
            tasks.mapped("scope_verdict"),
            ["no_contract", "no_contract", "included", "no_contract", "no_contract"],
        )

    def test_new_day_is_looked_at_after_midnight(self):
        """In the first company's zone, in summer and in winter."""
        cron = self.env.ref("support_scope.ir_cron_evaluate").sudo()
        zone = ZoneInfo(self.env.ref("base.main_company").support_tz)
        time = cron.nextcall.time()
        for day in ("2026-01-15", "2026-07-15"):
            moment = datetime.combine(fields.Date.to_date(day), time, timezone.utc)
            self.assertIn(moment.astimezone(zone).hour, (0, 1, 2))

    def test_billed_minutes_are_those_that_are_billed(self):
        task = self._create_task()
        self._log(task, 45)
        self._log(task, 30).write(
            {"support_billed_minutes": 0, "support_goodwill_reason": "Our mistake"}
        )
        # A fee or each transaction is billed, not the hours.
        licence = self._category("licence")
        self._log(task, 20, support_category_id=licence.id)
        environment = self._category("technical_environment")
        self._log(task, 25, support_category_id=environment.id)
        task.invalidate_recordset()
        self.assertRecordValues(
            task,
            [{"support_minutes_billed": 45, "support_minutes_included": 25}],
        )

    def test_thousand_works_need_as_many_queries_as_ten(self):
        def queries(number):
            tasks = self.env["project.task"].create(
                [
                    {
                        "name": f"Task {index}",
                        "project_id": self.project.id,
                        "scope_category_id": self._category("user_advice").id,
                    }
                    for index in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tasks._evaluate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(5)
        self.assertLessEqual(queries(200), queries(10) + 2)

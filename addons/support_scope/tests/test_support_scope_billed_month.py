# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged, users

from ..approving import release
from ..timekeeping import TimeCharges
from .common import SupportScopeCommon


@tagged("post_install", "-at_install")
class TestSupportScopeBilledMonth(SupportScopeCommon):
    """What a month that is billed included stays included. Clause R4."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "scope_manager",
            groups="support_contract.group_support_manager,"
            "project.group_project_manager,hr_timesheet.group_timesheet_manager",
        )

    def setUp(self):
        super().setUp()
        self.task = self._create_task("technical_environment")
        self.line = self._log(self.task, 60)

    def _asked(self, action):
        """The time that an action asks the rules about."""
        asked = []
        lines = type(self.env["account.analytic.line"])
        prepare = lines._prepare_time_case

        def noting(line, candidates):
            asked.append(line.id)
            return prepare(line, candidates)

        with patch.object(lines, "_prepare_time_case", noting):
            action()
        return self.env["account.analytic.line"].browse(asked)

    def test_another_category_afterwards_bills_nothing(self):
        self._bill_september()
        self.task.scope_category_id = self._category("new_configuration")
        self._run_cron("2026-11-01")
        self.assertRecordValues(
            self.line,
            [
                {
                    "support_verdict": "included",
                    "support_clause": "R16",
                    "support_judged_category_id": self._category(
                        "technical_environment"
                    ).id,
                    "support_charge_id": False,
                    "support_price": 1215.0,
                }
            ],
        )
        late = self._log(self.task, 60)
        self.assertEqual(late.support_verdict, "billed")

    def test_other_terms_afterwards_bill_nothing(self):
        self._bill_september()
        terms = self._create_terms(version="2")
        terms.scope_ids.filtered(
            lambda one: one.category_id == self._category("technical_environment")
        ).write({"verdict": "billed", "right_id": False})
        terms.action_publish()
        self.contract._amend(
            self.contract.date_start,
            "New terms",
            [(self.contract, {"terms_id": terms})],
        )
        self.assertEqual(self.line.support_verdict, "included")
        self._run_cron("2026-11-01")
        self.assertFalse(self.line.support_charge_id)

    def test_value_on_the_page_stays(self):
        self._bill_september()
        invoice = self.contract.charge_ids.move_id[:1]
        before = invoice._get_support_included_work()
        self._agree("price", 1000.0, type_id=self.consulting.id)
        self.task.work_factor_id = self.env.ref("support_scope.work_factor_evening")
        self.assertEqual(self.line.support_price, 1215.0)
        self.assertEqual([row["value"] for row in before], [1215.0])
        self.assertEqual(invoice._get_support_included_work(), before)

    def test_before_the_month_is_billed_everything_counts(self):
        self.task.scope_category_id = self._category("new_configuration")
        self.assertEqual(self.line.support_verdict, "billed")
        self.assertEqual(self._bill_september().amount, 1215.0)

    def test_month_that_failed_is_still_open(self):
        with patch.object(
            type(self.contract),
            "_prepare_due_charge_vals",
            side_effect=UserError("No account"),
        ):
            self._run_cron("2026-10-01")
        self.assertFalse(self.line.support_settled)
        self._run_cron("2026-10-02")
        self.assertTrue(self.line.support_settled)

    def test_running_month_is_open(self):
        running = self._log(self.task, 60, "2026-10-01")
        self._bill_september()
        self.assertFalse(running.support_settled)
        self.task.scope_category_id = self._category("new_configuration")
        self.assertEqual(running.support_verdict, "billed")

    def test_late_included_time_is_settled_by_the_next_run(self):
        self._bill_september()
        late = self._log(self.task, 30)
        self.assertFalse(late.support_settled)
        self._run_cron("2026-11-01")
        self.assertTrue(late.support_settled)

    def _get_shown(self):
        """{first day of the month that an invoice was made in: what it shows}"""
        return {
            move.invoice_date: [
                (row["name"], row["quantity"], row["value"])
                for row in move._get_support_included_work()
            ]
            for move in self.contract.charge_ids.move_id.sorted("invoice_date")
        }

    def test_late_included_time_stands_on_the_next_invoice(self):
        """Once, and with its month."""
        self._bill_september()
        self._log(self.task, 30)
        self._log(self.task, 15, "2026-10-05")
        self._run_cron("2026-11-01")
        self._run_cron("2026-12-01")
        name = self.task.name
        self.assertEqual(
            self._get_shown(),
            {
                date(2026, 10, 1): [(name, "1 h", 1215.0)],
                date(2026, 11, 1): [
                    (f"{name} (September 2026)", "30 min", 607.5),
                    (name, "15 min", 607.5),
                ],
                date(2026, 12, 1): [],
            },
        )

    def test_cancelled_invoice_leaves_it_to_the_next(self):
        self._bill_september()
        invoice = self.contract.charge_ids.move_id
        invoice.button_draft()
        self.assertEqual(self.line.support_shown_move_id, invoice)
        invoice.button_cancel()
        self.assertFalse(self.line.support_shown_move_id)
        self._run_cron("2026-11-01")
        self.assertTrue(self.line.support_shown_move_id)
        self.assertNotEqual(self.line.support_shown_move_id, invoice)

    @users("scope_worker")
    def test_nobody_chooses_the_invoice(self):
        line = self.line.with_env(self.env)
        with self.assertRaises(AccessError):
            line.support_shown_move_id = False

    def test_undecided_time_of_old_months_goes_on_waiting(self):
        task = self._create_task(None)
        line = self._log(task, 30)
        bug = self._log(self._create_task("program_bug"), 20)
        bug.sudo().support_verdict = "needs_reproduction"
        self._bill_september()
        self.assertFalse(line.support_settled)
        self._run_cron("2026-11-01")
        task.scope_category_id = self._category("new_feature")
        self._run_cron("2026-12-01")
        self.assertEqual(line.support_charge_id.amount, 607.5)

    def test_transactions_are_settled_too(self):
        """Charged by a fee: hours of another category would be new money."""
        task = self._create_task("transaction_ocr")
        line = self._log(task, 60)
        self.assertRecordValues(
            line, [{"support_verdict": "billed", "support_by_hours": False}]
        )
        self._bill_september()
        task.scope_category_id = self._category("new_configuration")
        self.assertFalse(line.support_by_hours)

    def test_run_asks_about_open_time_alone(self):
        self._bill_september()
        waiting = self._log(self._create_task(None), 30)
        asked = self._asked(lambda: self._run_cron("2026-11-01"))
        self.assertIn(waiting, asked)
        self.assertNotIn(self.line, asked)
        asked = self._asked(self.task._evaluate)
        self.assertNotIn(self.line, asked)

    @users("scope_worker")
    def test_settled_time_never_changes(self):
        self._bill_september()
        line = self.line.with_env(self.env)
        other = self._create_task().id
        for vals in (
            {"unit_amount": 2.0},
            {"date": "2026-10-11"},
            {"support_category_id": self._category("new_configuration").id},
            {"task_id": other},
        ):
            with self.assertRaisesRegex(UserError, "is billed", msg=str(vals)):
                line.write(vals)
        with self.assertRaisesRegex(UserError, "is billed"):
            line.unlink()
        with self.assertRaises(AccessError):
            line.write({"support_settled": False})
        line.write({"unit_amount": 1.0, "support_note": "Ask about it"})

    def test_moved_task_leaves_its_settled_time(self):
        self._bill_september()
        self.task.project_id = self.env["project.project"].create(
            {"name": "Other", "allow_timesheets": True}
        )
        self.env.flush_all()
        self.assertRecordValues(
            self.line,
            [
                {
                    "project_id": self.project.id,
                    "support_verdict": "included",
                    "support_contract_id": self.contract.id,
                }
            ],
        )

    def test_override_leaves_settled_time(self):
        self._bill_september()
        late = self._log(self.task, 30)
        self.task.with_user(self.worker)._override_verdict("billed", "Agreed")
        self.assertEqual(self.line.support_verdict, "included")
        self.assertEqual(late.support_verdict, "billed")

    def test_manager_opens_settled_time_with_a_reason(self):
        self._bill_september()
        vals = {
            "res_model": "project.task",
            "res_id": self.task.id,
            "verdict": "billed",
            "reason": "They ordered it",
            "with_settled": True,
        }
        Override = self.env["support.work.override"]
        with self.assertRaises(AccessError):
            Override.with_user(self.worker).create(vals)
        with self.assertRaises(AccessError):
            self.task.with_user(self.worker)._override_verdict(
                "billed", "They ordered it", with_settled=True
            )
        Override.with_user(self.manager).create(vals).action_confirm()
        self.assertEqual(self.line.support_verdict, "billed")
        self._run_cron("2026-11-01")
        self.assertEqual(self.line.support_charge_id.amount, 1215.0)

    # === AMENDMENTS === #

    def test_amendment_judges_open_time_at_once(self):
        line = self._log(self._create_task(), 60, "2026-09-20")
        self.assertEqual(line.support_verdict, "billed")
        service = self.contract.service_ids
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-15"})]
        )
        self.assertEqual(line.support_verdict, "no_contract")

    def test_amended_price_is_the_value_at_once(self):
        line = self._log(self._create_task(), 60)
        self.assertEqual(line.support_price, 1215.0)
        self._agree("price", 1000.0, type_id=self.consulting.id)
        self.assertEqual(line.support_price, 900.0)

    # === EVERY NIGHT === #

    def test_nothing_new_writes_nothing(self):
        with self._on("2026-09-10"):
            self.task._evaluate()
        before = self.task.scope_date
        writes = []
        tasks = type(self.task)
        write = tasks.write

        def noting(task, vals):
            writes.extend([vals] * len(task))
            return write(task, vals)

        with self._on("2026-09-11"), patch.object(tasks, "write", noting):
            self._run_evaluation()
        self.assertEqual((writes, self.task.scope_date), ([], before))

    def test_night_finds_what_became_another(self):
        task = self._create_task()
        service = self.contract.service_ids
        with self._on("2026-09-14"):
            self.contract._amend(
                service.date_start, "Ends", [(service, {"date_end": "2026-09-15"})]
            )
        self.assertEqual(task.scope_verdict, "billed")
        with self._on("2026-09-16"):
            self._run_evaluation()
        self.assertRecordValues(
            task,
            [{"scope_verdict": "no_contract", "scope_date": date(2026, 9, 16)}],
        )

    # === MANY === #

    def _count_queries(self, number):
        lines = self.env["account.analytic.line"]
        for _each in range(number):
            lines |= self._log(self._create_task(), 60)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        found = TimeCharges(self.contract, lines).prepare()
        self.assertEqual(len(found), number)
        return self.env.cr.sql_log_count - before

    def test_queries_do_not_depend_on_the_number_of_works(self):
        for required in (False, True):
            if required:
                self._ask_for_approval()
            self._count_queries(1)
            self.assertEqual(self._count_queries(2), self._count_queries(12))

    def test_queries_do_not_depend_on_what_waits(self):
        self._ask_for_approval()
        for number in (1, 2, 10):
            for _each in range(number):
                self._log(self._create_task(), 60)
            lines = self.contract._get_uncharged_time()
            for vals, _evidence in TimeCharges(self.contract, lines).prepare():
                self.env["support.charge"].sudo().create(vals)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            release(self.contract)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
            if number == 2:
                few = queries
        self.assertEqual(queries, few)

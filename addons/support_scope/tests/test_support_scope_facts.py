# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.fields import Date
from odoo.tests import new_test_user, tagged, users

from .common import SupportScopeCommon


class SupportFactsCommon(SupportScopeCommon):
    """A contract with maintenance, and an instance of Odoo 19.0 with two modules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls._create_maintained_contract()
        cls.project.support_contract_id = cls.contract
        cls.instance = cls.contract.instance_ids
        cls.sale, cls.web = cls.instance.module_ids.sorted("name")

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2026-09-10 09:00:00"))

    @classmethod
    def _create_maintained_contract(cls):
        contract = cls._create_scope_contract(("maintenance",))
        instance = cls._create_instance(contract, series="19.0", billed=False)
        cls.env["support.instance.module"].create(
            [
                {"instance_id": instance.id, "name": name}
                for name in ("acme_sale", "acme_web")
            ]
        )
        contract._set_state("active")
        return contract

    def _try(self, result=None, **vals):
        """A reproduction with both halves on record, and its result."""
        tried = self.env["support.reproduction"].create(
            {
                "name": "VAT twice",
                "module_name": "acme_sale",
                "series": "19.0",
                "steps": "<p>Press</p>",
                "expected": "<p>25 %</p>",
                "seen": "<p>50 %</p>",
                "specification": "Odoo's documentation",
                "dataset_version": "2026-1",
                **vals,
            }
        )
        if result:
            getattr(tried, f"action_{result}")()
        return tried

    def _create_bug(self, **vals):
        return self._create_task("program_bug", **vals)


@tagged("post_install", "-at_install")
class TestSupportScopeReproduction(SupportFactsCommon):
    """What a reproduction makes free, and what it does not. Clauses R14 and R15."""

    @users("scope_worker")
    def test_reproduction_of_another_bug_is_refused(self):
        task = self._create_bug(
            support_instance_id=self.instance.id, support_module_id=self.sale.id
        ).with_env(self.env)
        for other in (
            self._try("reproduced", module_name="acme_web"),
            self._try("reproduced", series="18.0"),
        ):
            with self.assertRaisesRegex(ValidationError, "makes nothing free"):
                task.reproduction_id = other
        task.reproduction_id = self._try("reproduced")
        self.assertEqual(task.scope_verdict, "included")

    def test_bug_that_turns_out_to_be_in_another_module_waits(self):
        task = self._create_bug(
            support_instance_id=self.instance.id,
            reproduction_id=self._try("reproduced").id,
        )
        line = self._log(task, 60)
        self.assertEqual(line.support_verdict, "included")
        task.support_module_id = self.web
        self.assertEqual(task.scope_verdict, "needs_reproduction")
        self.assertIn("another module", task.scope_reason)
        self.assertEqual(line.support_verdict, "needs_reproduction")

    def test_version_of_the_day_counts(self):
        line = self._log(
            self._create_bug(
                support_instance_id=self.instance.id,
                reproduction_id=self._try("reproduced").id,
            ),
            60,
            "2026-09-14",
        )
        with freeze_time("2026-09-20 09:00:00"):
            moves = [(self.instance, {"series": "20.0"})]
            self.contract._amend(Date.to_date("2026-09-15"), "Upgraded", moves)
            late = line.copy({"date": "2026-09-15"})
            (line | late)._evaluate_time()
        self.assertEqual(line.support_verdict, "included")
        self.assertEqual(late.support_verdict, "needs_reproduction")

    def test_version_that_is_corrected_was_never_another(self):
        self.contract._amend(
            Date.to_date("2026-09-05"),
            "Upgraded",
            [(self.instance, {"series": "18.0"})],
        )
        self.instance.series = "19.0"
        task = self._create_bug(
            support_instance_id=self.instance.id,
            reproduction_id=self._try("reproduced").id,
        )
        self.assertEqual(task.scope_verdict, "included")

    def test_reproduction_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._try("reproduced", company_id=other.id)
        with self.assertRaisesRegex(ValidationError, "another company"):
            self._create_bug(reproduction_id=foreign.id)

    def test_analysis_is_free_and_help_after_it_is_billed(self):
        tried = self._try()
        task = self._create_bug(reproduction_id=tried.id)
        before = self._log(task, 45, "2026-09-09") | self._log(task, 45, "2026-09-10")
        self.assertEqual({*before.mapped("support_verdict")}, {"needs_reproduction"})
        # 23:30 in Stockholm: the day is not over.
        with freeze_time("2026-09-10 21:30:00"):
            tried.action_not_reproducible()
        self.assertEqual({*before.mapped("support_verdict")}, {"included"})
        self.assertEqual(before[0].support_clause, "R14, R15")
        after = self._log(task, 45, "2026-09-11")
        self.assertEqual(after.support_verdict, "billed")
        # What is still to come is help.
        self.assertEqual(task.scope_verdict, "billed")
        self.assertIn("09/10/2026", task.scope_reason)

    def test_result_that_was_known_elsewhere_counts_from_the_choice(self):
        with freeze_time("2026-09-01 09:00:00"):
            tried = self._try("not_reproducible")
        task = self._create_bug()
        analysis = self._log(task, 45, "2026-09-09") | self._log(task, 45, "2026-09-10")
        task.reproduction_id = tried
        self.assertEqual({*analysis.mapped("support_verdict")}, {"included"})
        help_after = self._log(task, 45, "2026-09-11")
        self.assertEqual(help_after.support_verdict, "billed")

    def test_result_counts_for_archived_work(self):
        tried = self._try()
        task = self._create_bug(reproduction_id=tried.id)
        line = self._log(task, 45)
        task.active = False
        tried.action_reproduced()
        self.assertEqual(task.scope_verdict, "included")
        self.assertEqual(line.support_verdict, "included")

    def test_nobody_notes_the_choice_by_hand(self):
        self.assertIn(
            "date_reproduction", self.env["project.task"]._get_system_fields()
        )

    @users("scope_worker")
    def test_result_is_of_a_standard_test_instance(self):
        with self.assertRaisesRegex(ValidationError, "no standard test"):
            self._try(instance_id=self.instance.id)
        standard = self.instance.sudo().create(
            {
                "name": "Standard",
                "role": "standard_test",
                "series": "19.0",
                "dataset_version": "2026-2",
            }
        )
        tried = self._try(instance_id=standard.id)
        with self.assertRaisesRegex(ValidationError, "2026-2"):
            tried.action_reproduced()
        tried.dataset_version = "2026-2"
        tried.action_reproduced()
        self.assertEqual(tried.state, "reproduced")


@tagged("post_install", "-at_install")
class TestSupportScopeFacts(SupportFactsCommon):
    def test_move_into_the_pool_is_noted(self):
        self.contract = self._create_scope_contract()
        self.project.support_contract_id = self.contract
        outside = self._create_instance(
            self.contract, hosted_by="customer", billed=False
        )
        task = self._create_task(
            "technical_environment", support_instance_id=outside.id
        )
        outside.hosted_by = "us"
        self.assertEqual(outside.date_moved, Date.to_date("2026-09-10"))
        lines = self._log(task, 30, "2026-09-09") | self._log(task, 30, "2026-09-10")
        self.assertEqual(lines.mapped("support_verdict"), ["billed", "included"])
        # It had been a slip.
        outside.hosted_by = "customer"
        self.assertFalse(outside.date_moved)
        # It had always been so: the day is emptied.
        outside.write({"hosted_by": "us", "date_moved": False})
        self.assertEqual(lines.mapped("support_verdict"), ["included"] * 2)

    def test_move_judges_open_work(self):
        contract = self._create_scope_contract()
        self.project.support_contract_id = contract
        instance = self._create_instance(contract, hosted_by="us", billed=False)
        task = self._create_task(
            "technical_environment", support_instance_id=instance.id
        )
        lines = self._log(task, 30, "2026-09-09") | self._log(task, 30, "2026-09-10")
        self.assertEqual(task.scope_verdict, "included")
        consultant = new_test_user(
            self.env, "mover", groups="support_contract.group_support_manager"
        )
        instance.with_user(consultant).hosted_by = "customer"
        self.assertEqual(task.scope_verdict, "billed")
        self.assertEqual(lines.mapped("support_verdict"), ["included", "billed"])

    def test_another_version_judges_open_work(self):
        task = self._create_bug(
            support_instance_id=self.instance.id,
            reproduction_id=self._try("reproduced").id,
        )
        self.assertEqual(task.scope_verdict, "included")
        self.instance.series = "20.0"
        self.assertEqual(task.scope_verdict, "needs_reproduction")

    def test_scheduled_amendment_judges_open_work_on_its_day(self):
        task = self._create_bug(
            support_instance_id=self.instance.id,
            reproduction_id=self._try("reproduced").id,
        )
        moves = [(self.instance, {"series": "20.0"})]
        self.contract._amend(Date.to_date("2026-09-15"), "Upgraded", moves)
        self.assertEqual(task.scope_verdict, "included")
        with freeze_time("2026-09-15 09:00:00"):
            self._run_amendments()
        self.assertEqual(task.scope_verdict, "needs_reproduction")

    def test_coverage_judges_open_work(self):
        task = self._create_bug(
            support_instance_id=self.instance.id, support_module_id=self.sale.id
        )
        self.assertEqual(task.scope_verdict, "needs_reproduction")
        self.contract._amend(
            Date.to_date("2026-09-05"), "Not covered", [(self.sale, {"covered": False})]
        )
        self.assertEqual(task.scope_verdict, "billed")
        self.sale.origin = "core"
        self.assertEqual(task.scope_verdict, "needs_reproduction")

    def test_closed_instance_asks_for_no_choice(self):
        contract = self._create_scope_contract()
        self.project.support_contract_id = contract
        self._create_instance(contract, billed=False)
        old = self._create_instance(
            contract, name="Old", hosted_by="customer", billed=False
        )
        old.date_end = "2026-09-10"
        task = self._create_task("technical_environment")
        lines = self._log(task, 30, "2026-09-10") | self._log(task, 30, "2026-09-11")
        self.assertEqual(lines.mapped("support_verdict"), ["undecided", "included"])

    def test_verdict_is_of_the_company_of_the_contract(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.project.company_id = False
        task = self._create_task().with_company(other)
        task.scope_category_id = self._category("new_feature")
        history = self.env["support.work.verdict"].search([("res_id", "=", task.id)])
        self.assertEqual(history.company_id, self.contract.company_id)
        self.worker.company_ids |= other
        for companies, number in ((other, 0), (self.company, 2)):
            seen = history.with_user(self.worker).with_context(
                allowed_company_ids=companies.ids
            )
            self.assertEqual(len(seen.search([("id", "in", history.ids)])), number)

    def test_day_of_the_verdict_is_that_of_the_contract(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.support_tz = "Pacific/Auckland"
        self.project.company_id = False
        # Noon in Stockholm, past midnight in Auckland.
        with freeze_time("2026-09-10 12:30:00"):
            task = self._create_task().with_company(other)
            task._evaluate()
        self.assertEqual(task.scope_date, Date.to_date("2026-09-10"))

    def test_new_day_begins_in_each_company(self):
        task, service = self._create_task(), self.contract.service_ids
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-10"})]
        )
        # 23:30 and 00:30 in Stockholm.
        for moment, verdict in (("21:30", "billed"), ("22:30", "no_contract")):
            with freeze_time(f"2026-09-10 {moment}:00"):
                self._run_evaluation()
            self.assertEqual(task.scope_verdict, verdict)
        self.assertEqual(task.scope_date, Date.to_date("2026-09-11"))

    def test_default_category_is_that_of_the_contract(self):
        other = self.env["res.company"].create({"name": "Other"})
        advice = self._category("user_advice")
        self.contract.company_id.support_scope_category_id = advice
        self.project.company_id = False
        task = self.env["project.task"].with_company(other)
        task = task.create({"name": "How?", "project_id": self.project.id})
        self.assertEqual(task.scope_category_id, advice)

    def test_project_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaisesRegex(ValidationError, "another company"):
            self.env["project.project"].create(
                {
                    "name": "Elsewhere",
                    "company_id": other.id,
                    "support_contract_id": self.contract.id,
                }
            )

    def test_time_in_days_has_its_minutes(self):
        days = self.env.ref("uom.product_uom_day")
        hours = self.env.ref("uom.product_uom_hour")
        # Entered in days, kept in hours.
        self.company.timesheet_encode_uom_id = days
        task = self._create_task()
        line = self._log(task, 60)
        self.assertEqual(line.support_minutes, 60)
        # Kept in days as well: an eighth of a day.
        self.company.project_time_mode_id = days
        line = self._log(task, 60, unit_amount=0.125)
        self.assertEqual(line.product_uom_id, days)
        self.assertEqual((line.support_minutes, line.support_billed_minutes), (60, 60))
        line.unit_amount = 0.25
        self.assertEqual(line.support_minutes, 120)
        line.product_uom_id = hours
        self.assertEqual(line.support_minutes, 15)

    def test_many_contracts_need_as_many_queries_as_a_few(self):
        tried = self._try("not_reproducible")
        projects = self.env["project.project"]
        works = self.env["project.task"]
        for number in range(24):
            contract = self._create_maintained_contract()
            instance = contract.instance_ids
            contract._amend(
                Date.to_date("2026-09-05"),
                "Leaves",
                [(instance.module_ids[0], {"covered": False})],
            )
            projects |= self.project.copy(
                {"name": str(number), "support_contract_id": contract.id}
            )
            for category in ("program_bug", "technical_environment", "module_patch"):
                task = self._create_task(
                    category,
                    project_id=projects[-1].id,
                    support_instance_id=instance.id,
                    support_module_id=instance.module_ids[0].id,
                )
                # Some name their instance and module, others do not.
                works |= task | task.copy(
                    {
                        "support_instance_id": False,
                        "support_module_id": False,
                        "reproduction_id": tried.id,
                    }
                )

        def count_queries(works):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            works._evaluate()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count_queries(works)
        self.assertLessEqual(count_queries(works), count_queries(works[:12]) + 2)

    def test_new_module_is_judged_at_once(self):
        """A bug in a module that turns out not to be covered is billed."""
        bug = self._create_bug()
        self.assertEqual(bug.scope_verdict, "needs_reproduction")
        bug.reproduction_id = self._try("reproduced", module_name="acme_stock")
        self.assertEqual(bug.scope_verdict, "included")
        # As a count notes what it has found.
        self.env["support.instance.module"]._with_permission().create(
            {"instance_id": self.instance.id, "name": "acme_stock", "covered": False}
        )
        self.assertEqual(bug.scope_verdict, "billed")

    def test_payment_gives_work_back_at_once(self):
        terms = self._create_terms(
            version="suspends",
            suspend_days=30,
            suspend_right_ids=[
                Command.set(self.env.ref("support_contract.right_operations").ids)
            ],
        )
        terms.action_publish()
        contract = self._create_scope_contract(terms_id=terms.id)
        project = self.project.copy({"support_contract_id": contract.id})
        self._run_cron("2026-10-01")
        with freeze_time("2026-11-15 09:00:00"):
            task = self._create_task("technical_environment", project_id=project.id)
            self.assertEqual(task.scope_verdict, "billed")
            payments = (
                self.env["account.payment.register"]
                .with_context(
                    active_model="account.move", active_ids=contract.invoice_ids.ids
                )
                .create({"payment_date": "2026-11-15"})
                ._create_payments()
            )
            self.assertEqual(task.scope_verdict, "included")
            payments.move_id.line_ids.remove_move_reconcile()
            self.assertEqual(task.scope_verdict, "billed")

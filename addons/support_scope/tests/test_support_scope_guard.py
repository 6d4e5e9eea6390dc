# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import psycopg2
from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common import SupportScopeCommon


@tagged("post_install", "-at_install")
class TestSupportScopeGuard(SupportScopeCommon):
    """Of invoiced time nothing that carries money changes, by any way. Clause R4."""

    def setUp(self):
        super().setUp()
        self.task = self._create_task()
        self.line = self._log(self.task, 60)

    def _refuses(self, query, *values):
        """The database itself, past the ORM."""
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(psycopg2.IntegrityError, "Invoiced time"),
            self.env.cr.savepoint(flush=False),
        ):
            self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def test_database_refuses(self):
        self._bill_september()
        for column, value in (
            ("unit_amount", 2),
            ("task_id", None),
            ("project_id", None),
            ("employee_id", None),
            ("date", "2026-09-11"),
            ("support_type_id", None),
            ("support_billed_minutes", 0),
            ("support_verdict", "included"),
            ("support_by_hours", False),
            ("support_settled", True),
            ("support_terms", None),
            ("support_terms", '{"type_id": 1, "price": 1}'),
            ("support_charge_id", None),
            ("name", "Else"),
        ):
            with self.subTest(column=column):
                self._refuses(
                    f"UPDATE account_analytic_line SET {column} = %s WHERE id = %s",
                    value,
                    self.line.id,
                )
        self._refuses("DELETE FROM account_analytic_line WHERE id = %s", self.line.id)

    def test_database_takes_what_carries_no_money(self):
        self._bill_september()
        self.line.write({"support_note": "Ask", "partner_id": False})
        self.env.flush_all()
        self.assertEqual(self.line.support_note, "Ask")

    def test_waiting_charge_is_not_yet_evidence_of_the_database(self):
        self._ask_for_approval()
        charge = self._bill_september()
        self.assertEqual(charge.state, "approval")
        # The ORM refuses all the same.
        with self.assertRaises(UserError):
            self.line.unit_amount = 2

    def test_emptied_relations_are_refused(self):
        """What deletes a record empties relations to it by SQL."""
        self._bill_september()
        self._refuses("DELETE FROM hr_employee WHERE id = %s", self.anna.id)
        self._refuses("DELETE FROM project_task WHERE id = %s", self.task.id)

    def test_employee_with_charged_time_is_archived_instead(self):
        self._log(self.task, 60, "2026-10-02", employee=self.bo)
        self._bill_september()
        with self.assertRaisesRegex(UserError, "Archive the person"):
            self.anna.unlink()
        self.anna.active = False
        self.assertEqual(self.line.employee_id, self.anna)

    def test_superuser_is_refused_too(self):
        self._bill_september()
        with self.assertRaises(UserError):
            self.line.sudo().unit_amount = 2
        with self.assertRaises(UserError):
            self.task.sudo().timesheet_ids = [(1, self.line.id, {"unit_amount": 2})]
        with self.assertRaises(UserError):
            self.task.sudo().timesheet_ids = [(2, self.line.id)]

    def test_superuser_changes_nothing_that_the_system_says(self):
        self._bill_september()
        for vals in (
            {"support_terms": {**self.line.support_terms, "price": 1.0}},
            {"support_by_hours": False},
            {"support_settled": True},
        ):
            with (
                self.subTest(vals=vals),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(psycopg2.IntegrityError, "Invoiced time"),
                self.env.cr.savepoint(),
            ):
                self.line.sudo().write(vals)
                self.env.flush_all()
            self.env.invalidate_all()

    def test_import_is_refused(self):
        self._bill_september()
        xmlid = self.line._export_rows([["id"]])[0][0]
        result = self.env["account.analytic.line"].load(
            ["id", "unit_amount"], [[xmlid, "3"]]
        )
        self.assertFalse(result["ids"])
        self.assertEqual(self.line.unit_amount, 1)

    def test_distribution_does_not_split_it(self):
        self._bill_september()
        account = self.line.account_id
        other = account.copy({"name": "Other"})
        with self.assertRaises(UserError):
            self.line.analytic_distribution = {
                str(account.id): 50,
                str(other.id): 50,
            }
        self.env.invalidate_all()
        self.assertEqual(self.line.unit_amount, 1)

    def test_mass_edit_changes_none_of_them(self):
        self._bill_september()
        late = self._log(self.task, 30, "2026-10-02")
        with self.assertRaises(UserError):
            (late | self.line).write({"name": "Other"})
        self.assertEqual(late.name, "Work")

    def test_project_and_its_contract_change_nothing(self):
        self._bill_september()
        self.project.support_contract_id = False
        self.env.flush_all()
        self.assertRecordValues(
            self.line,
            [{"support_verdict": "billed", "support_contract_id": self.contract.id}],
        )
        self.contract.time_billed_from = False
        self.assertEqual(self.line.support_minutes, 60)

    def test_moved_task_and_renamed_person(self):
        self._bill_september()
        self.task.project_id = self.env["project.project"].create(
            {"name": "Other", "allow_timesheets": True}
        )
        self.anna.user_id = False
        self.env.flush_all()
        self.assertEqual(self.line.project_id, self.project)

    @users("scope_worker")
    def test_defaults_cannot_say_what_the_system_says(self):
        """A context over RPC is the caller's."""
        # sudo: of whom the charge is, is no matter here.
        charge = self._bill_september().sudo()
        Line = self.env["account.analytic.line"].with_context(
            default_support_charge_id=charge.id,
            default_support_verdict="included",
            default_support_contract_id=self.contract.id,
        )
        line = Line.create(
            {
                "name": "Free",
                "task_id": self.task.id,
                "unit_amount": 1,
                "date": "2026-09-20",
            }
        )
        self.assertFalse(line.support_charge_id)
        self.assertEqual(line.support_verdict, "billed")
        for vals in ({"support_verdict": "included"}, {"support_cost": 1}):
            with self.assertRaises(AccessError):
                line.write(vals)

    def test_price_of_charged_minutes_stays(self):
        """65 minutes are 90: 60 + 25 at the price that 60 had, 5 at that of today."""
        self._bill_september()
        self.task.work_factor_id = self.env.ref("support_scope.work_factor_evening")
        late = self._log(self.task, 5)
        self._run_cron("2026-11-01")
        # 85 × 1,215.00 / 60 = 1,721.25, and 5 × 1,822.50 / 60 = 151.88.
        self.assertEqual(late.support_charge_id.amount, 658.13)

    def test_other_person_has_another_cost(self):
        self.assertEqual(self.line.support_cost, 600)
        self.bo.support_type_id = self.lead
        self.line.employee_id = self.bo
        self.assertRecordValues(
            self.line, [{"support_cost": 700, "support_type_id": self.lead.id}]
        )

    def test_late_minutes_of_two_kinds(self):
        """They are charged as the kind that costs least, whichever was logged last."""
        late = self.env["account.analytic.line"]
        orders = [(self.consulting, self.lead), (self.lead, self.consulting)]
        tasks = [self._create_task() for _order in orders]
        for task in tasks:
            self._log(task, 30)
        self._bill_september()
        for task, order in zip(tasks, orders, strict=True):
            for kind in order:
                late |= self._log(task, 30, support_type_id=kind.id)
            free = self._log(task, 30, support_type_id=self.lead.id)
            free.write(
                {"support_billed_minutes": 0, "support_goodwill_reason": "We were slow"}
            )
        self._run_cron("2026-11-01")
        charges = late.support_charge_id
        self.assertEqual(len(charges), 2)
        for charge in charges:
            # 30 minutes at 1,215.00 and 30 at 1,305.00.
            self.assertEqual(charge.amount, 1260)
            self.assertEqual(charge.time_terms["type_id"], self.consulting.id)
            self.assertEqual(charge.product_id, self.consulting.product_id)

    def test_late_minutes_are_of_no_kind_that_was_free(self):
        self._bill_september()
        free = self._log(self.task, 30)
        free.write(
            {"support_billed_minutes": 0, "support_goodwill_reason": "We were slow"}
        )
        late = self._log(self.task, 30, support_type_id=self.lead.id)
        self._run_cron("2026-11-01")
        self.assertEqual(late.support_charge_id.time_terms["type_id"], self.lead.id)

    def test_free_time_of_two_kinds(self):
        lines = self.env["account.analytic.line"]
        for order in ((self.consulting, self.lead), (self.lead, self.consulting)):
            task = self._create_task()
            for kind in order:
                lines |= self._log(task, 30, support_type_id=kind.id)
        lines.write(
            {"support_billed_minutes": 0, "support_goodwill_reason": "We were slow"}
        )
        self._bill_september()
        charges = lines.support_charge_id
        self.assertEqual(len(charges), 2)
        kinds = {charge.time_terms["type_id"] for charge in charges}
        self.assertEqual(kinds, {self.consulting.id})

    def test_chosen_kind_stays_with_another_person(self):
        self.line.support_type_id = self.lead
        self.line.employee_id = self.bo
        self.assertEqual(self.line.support_type_id, self.lead)

    # === CORRECTIONS === #

    def _correct(self, charge, minutes, reason="We logged it twice"):
        with freeze_time("2026-10-15"):
            wizard = self.env["support.time.correction"].create(
                {"charge_id": charge.id, "reason": reason}
            )
            wizard.minutes = minutes
            action = wizard.action_confirm()
        return self.env["support.charge"].browse(action["res_id"])

    def test_correct_to_less(self):
        charge = self._bill_september()
        self.assertTrue(charge.is_correctable)
        correction = self._correct(charge, 30)
        self.assertRecordValues(
            correction,
            [
                {
                    "amount": -607.5,
                    "state": "pending",
                    "kind": "correction",
                    "correction_origin": "time",
                    "corrected_minutes": -30,
                }
            ],
        )
        self.assertIn("We logged it twice", correction.calculation)
        self._run_cron("2026-11-01")
        self.assertEqual(correction.state, "invoiced")
        self.assertEqual(correction.move_line_id.price_subtotal, -607.5)
        # Once more, from what was corrected.
        again = self._correct(charge, 45, "It was more after all")
        self.assertEqual(again.amount, 303.75)
        self.assertEqual(again.corrects_id, correction)

    def test_correct_to_nothing_and_to_more(self):
        charge = self._bill_september()
        self.assertEqual(self._correct(charge, 0).amount, -1215)
        self.assertEqual(self._correct(charge, 90).amount, 1822.5)

    def test_late_minutes_after_a_correction_cost_their_own(self):
        charge = self._bill_september()
        self._correct(charge, 30)
        late = self._log(self.task, 10)
        self._run_cron("2026-11-01")
        # 70 minutes are 90, of which 60 were charged; what was given back stays so.
        self.assertEqual(late.support_charge_id.amount, 607.5)

    def test_correction_needs_a_reason_and_another_price(self):
        charge = self._bill_september()
        with self.assertRaises(UserError):
            self._correct(charge, 30, " ")
        with self.assertRaises(UserError):
            self._correct(charge, 60)
        with self.assertRaises(UserError):
            self._correct(charge, -5)

    def test_what_waits_is_not_corrected(self):
        self._ask_for_approval()
        charge = self._bill_september()
        self.assertFalse(charge.is_correctable)
        with self.assertRaises(UserError):
            charge._correct_time(30, "Reason")

    @users("scope_worker")
    def test_only_accountants_correct(self):
        charge = self._bill_september().with_env(self.env)
        with self.assertRaises(AccessError):
            self.env["support.time.correction"].create(
                {"charge_id": charge.id, "minutes": 30, "reason": "Less"}
            )
        with self.assertRaises(AccessError):
            charge._correct_time(30, "Less")

    # === ACCESS === #

    def test_project_under_a_contract_is_closed_to_the_portal(self):
        project = self.env["project.project"].create(
            {"name": "Open", "allow_timesheets": True, "privacy_visibility": "portal"}
        )
        project.support_contract_id = self.contract
        self.assertEqual(project.privacy_visibility, "employees")
        for visibility in ("portal", "invited_users"):
            with self.assertRaises(ValidationError):
                project.privacy_visibility = visibility
        project.privacy_visibility = "followers"
        project.support_contract_id = False
        project.privacy_visibility = "portal"
        with self.assertRaises(ValidationError):
            self.contract.project_id = project

    def test_new_project_under_a_contract_is_closed(self):
        vals = {"name": "New", "support_contract_id": self.contract.id}
        project = self.env["project.project"].create(vals)
        self.assertEqual(project.privacy_visibility, "employees")
        with self.assertRaises(ValidationError):
            self.env["project.project"].create({**vals, "privacy_visibility": "portal"})
        self.assertFalse(project.copy().support_contract_id)

    def test_portal_sees_no_line_of_time(self):
        portal = self._create_new_portal_user(partner_id=self.customer.id)
        self.project.message_subscribe(portal.partner_id.ids)
        self.task.message_subscribe(portal.partner_id.ids)
        Line = self.env["account.analytic.line"]
        domain = Line.with_user(portal)._timesheet_get_portal_domain()
        self.assertFalse(Line.search(domain) & self.line)
        with self.assertRaises(AccessError):
            self.line.with_user(portal).read(["unit_amount"])
        # Where a project is open, nothing of ours is in it.
        with self.assertRaises(AccessError):
            Line.with_user(portal).search([("support_verdict", "=", "billed")])
        with self.assertRaises(AccessError):
            self.project.with_user(portal).read(["support_contract_id"])

    @users("scope_worker")
    def test_cost_is_for_managers(self):
        line = self.line.with_env(self.env)
        with self.assertRaises(AccessError):
            line.read(["support_cost"])
        self.assertNotIn("support_cost", line.fields_get())

    def test_project_put_under_a_contract_later(self):
        """Closed tasks, archived ones and time on no task are judged as well."""
        project = self.project.copy({"name": "Later", "allow_timesheets": True})
        task, closed = self.env["project.task"].create(
            [{"name": name, "project_id": project.id} for name in ("Old", "Closed")]
        )
        lines = self._log(task, 30) | self._log(closed, 30)
        lines |= self.env["account.analytic.line"].create(
            {
                "name": "On no task",
                "project_id": project.id,
                "employee_id": self.anna.id,
                "unit_amount": 0.5,
                "date": "2026-09-10",
            }
        )
        self.assertFalse(any(lines.mapped("support_verdict")))
        task.active, closed.state = False, "1_done"
        project.support_contract_id = self.contract
        self.assertTrue(all(lines.mapped("support_verdict")))
        project.support_contract_id = False
        self.assertFalse(any(lines.mapped("support_verdict")))

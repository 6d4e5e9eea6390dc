# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.exceptions import (
    AccessError,
    RedirectWarning,
    UserError,
    ValidationError,
)
from odoo.tests import new_test_user, tagged, users

from .common import SupportScopeCommon


@tagged("post_install", "-at_install")
class TestSupportScopeTime(SupportScopeCommon):
    """Logged time becomes charges. R4; 1,350.00 an hour less 10 %."""

    def test_two_people_on_one_day(self):
        task = self._create_task()
        self._log(task, 10)
        self._log(task, 15, employee=self.bo)
        charge = self._bill_september()
        self.assertRecordValues(
            charge,
            [{"amount": 607.5, "quantity": 0.5, "price_unit": 1215.0}],
        )
        self.assertRecordValues(
            charge.day_ids, [{"minutes": 25, "billed_minutes": 30, "amount": 607.5}]
        )
        self.assertEqual(charge.move_line_id.price_subtotal, 607.5)
        self.assertEqual(charge.move_id.state, "posted")
        self.assertIn("Set up a report", charge.name)
        self.assertEqual(charge.display_name, charge.name)

    def test_increment_of_fifteen(self):
        self._agree("time_increment", 15)
        task = self._create_task()
        for minutes in (63, 66, 66):
            self._log(task, minutes)
        charge = self._bill_september()
        self.assertEqual(charge.amount, 3948.75)
        self._assert_line(charge, "Hours", 3.25, 1215.0, 3948.75)

    def _assert_line(self, charge, unit, quantity, price, subtotal):
        """What the posted invoice of a charge prints."""
        line = charge.move_line_id
        self.assertEqual(line.move_id.state, "posted")
        self.assertRecordValues(
            line,
            [{"quantity": quantity, "price_unit": price, "price_subtotal": subtotal}],
        )
        self.assertEqual(line.product_uom_id.name, unit)

    def test_invoice_line_is_in_hours(self):
        task = self._create_task()
        self._log(task, 10)
        self._log(task, 15, employee=self.bo)
        charge = self._bill_september()
        self._assert_line(charge, "Hours", 0.5, 1215.0, 607.5)
        self.assertEqual(charge.move_line_id.product_uom_id._get_unece_code(), "HUR")
        self.assertEqual(self.consulting.product_id.uom_id.name, "Hours")

    def test_one_hour_is_an_hour(self):
        self._log(self._create_task(), 60)
        self._assert_line(self._bill_september(), "Hours", 1.0, 1215.0, 1215.0)

    def test_product_of_before_is_charged_in_hours(self):
        """A database that has the product since it was sold in units."""
        self.consulting.product_id.uom_id = self.env.ref("uom.product_uom_unit")
        self._log(self._create_task(), 30)
        self._assert_line(self._bill_september(), "Hours", 0.5, 1215.0, 607.5)

    def test_hours_that_no_invoice_can_print_are_one_unit(self):
        # A third of an hour: 0.33 × 1,215.00 is not 405.00.
        self._agree("time_increment", 1)
        self._log(self._create_task(), 20)
        self._assert_line(self._bill_september(), "Units", 1.0, 405.0, 405.0)

    def test_two_days_that_round_apart_are_one_unit(self):
        # 0.05 × 1,350.10 less 10 % = 60.7545 → 60.75 a day; 0.10 × 1,215.09 = 121.51.
        self._agree("time_increment", 1)
        self._agree("price", 1350.1, type_id=self.consulting.id)
        task = self._create_task()
        self._log(task, 3)
        self._log(task, 3, "2026-09-11")
        self._assert_line(self._bill_september(), "Units", 1.0, 121.5, 121.5)

    def test_price_with_parts_of_an_ore(self):
        # 1,333.33 less 10 % = 1,199.997: half an hour is 600.00, as at 1,200.00.
        self._agree("price", 1333.33, type_id=self.consulting.id)
        self._log(self._create_task(), 30)
        self._assert_line(self._bill_september(), "Hours", 0.5, 1200.0, 600.0)

    def test_late_minutes_are_hours_too(self):
        task = self._create_task()
        self._log(task, 30)
        self._bill_september()
        self._log(task, 10)
        self._run_cron("2026-11-01")
        late = task.timesheet_ids.support_charge_id.sorted("id")[-1]
        self._assert_line(late, "Hours", 0.5, 1215.0, 607.5)

    def test_corrected_hours_are_credited_in_hours(self):
        task = self._create_task()
        self._log(task, 120)
        charge = self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            correction = charge._correct_time(90, "We counted twice")
        self.assertRecordValues(
            correction,
            [{"quantity": -0.5, "price_unit": 1215.0, "amount": -607.5}],
        )
        self._run_cron("2026-11-01")
        # It is a line of the invoice: the fee of October is larger.
        self._assert_line(correction, "Hours", -0.5, 1215.0, -607.5)

    def test_corrected_part_of_an_hour_is_one_unit(self):
        task = self._create_task()
        self._log(task, 60)
        charge = self._bill_september()
        with freeze_time("2026-10-05 09:00:00"):
            correction = charge._correct_time(40, "Twenty minutes were a mistake")
        self._run_cron("2026-11-01")
        self._assert_line(correction, "Units", -1.0, 405.0, -405.0)

    def test_advice_beside_configuration(self):
        task = self._create_task()
        self._log(
            task,
            25,
            support_category_id=self._category("technical_environment").id,
        )
        self._log(task, 20)
        charge = self._bill_september()
        self.assertEqual(charge.amount, 607.5)
        self.assertEqual(charge.time_line_ids.support_minutes, 20)

    def test_late_minutes_cost_the_difference_of_the_day(self):
        task = self._create_task()
        self._log(task, 20)
        self.assertEqual(self._bill_september().amount, 607.5)
        self._log(task, 5)
        self._run_cron("2026-11-01")
        late = task.timesheet_ids.support_charge_id.sorted("id")[-1]
        self.assertRecordValues(late, [{"amount": 0.0, "state": "waived"}])
        self._log(task, 10)
        self._run_cron("2026-12-01")
        late = task.timesheet_ids.support_charge_id.sorted("id")[-1]
        # 35 minutes are 60 to bill: 30 more.
        self.assertRecordValues(late, [{"amount": 607.5, "state": "invoiced"}])

    def test_last_day_and_the_day_after(self):
        task = self._create_task()
        service = self.contract.service_ids
        self._agree("time_increment", 60)
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-15"})]
        )
        last = self._log(task, 45, "2026-09-15")
        after = self._log(task, 45, "2026-09-16")
        charge = self._bill_september()
        self.assertEqual(charge.time_line_ids, last)
        self.assertEqual(charge.amount, 1215.0)
        self.assertRecordValues(
            after, [{"support_verdict": "no_contract", "support_charge_id": False}]
        )

    def test_rounding_goes_to_the_lowest_price(self):
        task = self._create_task()
        self._log(task, 40, support_type_id=self.lead.id)
        self._log(task, 10)
        charges = self._bill_september().sorted("amount")
        # 10 + 10 minutes at 1,215.00, and 40 at 1,305.00.
        self.assertEqual(charges.mapped("amount"), [405.0, 870.0])
        self.assertEqual(sum(charges.day_ids.mapped("billed_minutes")), 60)

    def test_factor_applies_because_it_was_ordered(self):
        evening = self.env.ref("support_scope.work_factor_evening")
        task = self._create_task(work_factor_id=evening.id)
        self._log(task, 60)
        charge = self._bill_september()
        # 1,350.00 × 1.5 less 10 %
        self.assertEqual(charge.amount, 1822.5)
        self.assertIn("× 1.5", charge.calculation)

    def test_included_time_is_never_charged(self):
        task = self._create_task("technical_environment")
        line = self._log(task, 60)
        self.assertFalse(self._bill_september())
        self.assertRecordValues(
            line,
            [{"support_verdict": "included", "support_minutes": 60}],
        )

    def test_what_was_agreed_meanwhile_decides(self):
        line = self._log(self._create_task(), 60, "2026-09-20")
        self.assertEqual(line.support_verdict, "billed")
        service = self.contract.service_ids
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-15"})]
        )
        self.assertFalse(self._bill_september())
        self.assertEqual(line.support_verdict, "no_contract")

    def test_undecided_time_waits_and_is_priced_by_its_day(self):
        task = self._create_task(None)
        line = self._log(task, 30)
        self.assertFalse(self._bill_september())
        self.assertEqual(line.support_verdict, "undecided")
        task.scope_category_id = self._category("new_feature")
        self._run_cron("2026-11-01")
        self.assertEqual(line.support_charge_id.amount, 607.5)

    def test_time_before_its_day_is_left_alone(self):
        task = self._create_task()
        line = self._log(task, 60, "2026-08-31")
        self.assertFalse(line.support_verdict)
        self.assertFalse(self._bill_september())

    def test_time_that_was_billed_elsewhere_is_left_alone(self):
        self.contract.time_billed_from = "2026-08-01"
        line = self._log(self._create_task(), 60, "2026-08-31")
        self.assertFalse(line.support_verdict)

    def test_contract_without_a_day_charges_no_time(self):
        self.contract.time_billed_from = False
        task = self._create_task()
        line = self._log(task, 60)
        self.assertFalse(line.support_verdict)
        self.contract.time_billed_from = "2026-09-01"
        self.assertEqual(line.support_verdict, "billed")
        self.assertEqual(self._bill_september().amount, 1215.0)

    def test_time_without_a_price_is_held_and_the_rest_billed(self):
        development = self.env.ref("support_contract.service_type_development")
        task = self._create_task()
        self._log(task, 60, support_type_id=development.id)
        self._log(task, 60, "2026-09-11")
        charge = self._bill_september()
        self.assertEqual(charge.amount, 1215.0)
        self.assertIn("have no price", self.contract.held_time)
        # The operations fee of the month was invoiced as well.
        self.assertEqual(len(charge.move_id.invoice_line_ids), 2)

    def test_override_charges_nothing_without_a_contract(self):
        task = self._create_task("technical_environment")
        task._override_verdict("billed", "Agreed")
        service = self.contract.service_ids
        self.contract._amend(
            service.date_start, "Ends", [(service, {"date_end": "2026-09-15"})]
        )
        line = self._log(task, 60, "2026-09-16")
        self.assertEqual(line.support_verdict, "no_contract")
        self.assertFalse(self._bill_september())

    def test_defaults_from_outside_hide_no_time(self):
        Line = self.env["account.analytic.line"].with_context(
            default_support_verdict="included", default_support_by_hours=False
        )
        line = Line.create(
            {
                "name": "Work",
                "task_id": self._create_task().id,
                "project_id": self.project.id,
                "employee_id": self.anna.id,
                "unit_amount": 1.0,
                "date": "2026-09-10",
            }
        )
        self.assertEqual(line.support_verdict, "billed")

    def test_goodwill_needs_a_reason(self):
        task = self._create_task()
        line = self._log(task, 60)
        with self.assertRaises(ValidationError):
            line.support_billed_minutes = 30
        line.write(
            {"support_billed_minutes": 30, "support_goodwill_reason": "We were slow"}
        )
        self.assertEqual(self._bill_september().amount, 607.5)

    def test_goodwill_for_all_of_it(self):
        task = self._create_task()
        line = self._log(task, 60)
        line.write(
            {"support_billed_minutes": 0, "support_goodwill_reason": "Our mistake"}
        )
        charge = self._bill_september()
        self.assertRecordValues(charge, [{"amount": 0.0, "state": "waived"}])
        self.assertEqual(charge.time_line_ids, line)

    @users("scope_worker")
    def test_charged_time_never_changes(self):
        task = self._create_task()
        line = self._log(task, 60)
        self._bill_september()
        line = line.with_env(self.env)
        for vals in (
            {"unit_amount": 2.0},
            {"date": "2026-09-11"},
            {"support_billed_minutes": 0},
            {"name": "Something else"},
            {"task_id": self._create_task().id},
        ):
            with self.assertRaises(UserError, msg=str(vals)):
                line.write(vals)
        with self.assertRaises(UserError):
            line.unlink()
        # The same again is no change, and a note of ours is free.
        line.write({"unit_amount": 1.0, "support_note": "Ask about it"})
        with self.assertRaises(AccessError):
            line.write({"support_charge_id": False})

    def test_moved_task_leaves_its_charged_time(self):
        task = self._create_task()
        line = self._log(task, 60)
        self._bill_september()
        late = self._log(task, 30, "2026-10-02")
        other = self.env["project.project"].create(
            {"name": "Other", "allow_timesheets": True}
        )
        task.project_id = other
        self.env.flush_all()
        self.assertEqual(line.project_id, self.project)
        self.assertEqual(line.support_verdict, "billed")
        self.assertEqual(late.project_id, other)
        self.assertFalse(late.support_verdict)

    def test_button_counts_the_time_that_it_opens(self):
        task = self._create_task()
        self._log(task, 60)
        self._log(task, 60, employee=self.bo)
        own = self.contract.with_user(self.worker)
        self.assertEqual(own.time_count, 1)
        time = self.env["account.analytic.line"].with_user(self.worker)
        self.assertEqual(time.search_count(own.action_view_time()["domain"]), 1)
        outsider = new_test_user(
            self.env, "outsider", groups="support_contract.group_support_user"
        )
        self.assertEqual(self.contract.with_user(outsider).time_count, 0)

    def test_task_with_charged_time_stays(self):
        task = self._create_task()
        self._log(task, 60)
        self._bill_september()
        with self.assertRaises(RedirectWarning):
            task.unlink()

    def test_credited_and_billed_again_it_is_there_once(self):
        task = self._create_task()
        self._log(task, 60)
        charge = self._bill_september()
        invoice = charge.move_id
        reversal = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        credit = self.env["account.move"].browse(reversal.refund_moves()["res_id"])
        credit.support_reopen_charges = True
        credit.action_post()
        self.assertEqual(charge.state, "pending")
        self._run_cron("2026-11-01")
        self.assertEqual(charge.state, "invoiced")
        self.assertNotEqual(charge.move_id, invoice)
        lines = charge.move_id.invoice_line_ids.filtered(
            lambda line: charge in line.support_charge_ids
        )
        self.assertEqual(lines.mapped("price_subtotal"), [1215.0])

    def test_cost_is_kept_as_it_was_when_it_was_logged(self):
        line = self._log(self._create_task(), 60)
        self.anna.hourly_cost = 900.0
        line.unit_amount = 2.0
        self.assertEqual(line.support_cost, 600.0)

    def test_cost_that_was_unknown_stays_so(self):
        """Who had no cost when the time was logged has none in the report."""
        self.anna.hourly_cost = 0.0
        task = self._create_task()
        line = self._log(task, 60)
        self.anna.hourly_cost = 900.0
        line.unit_amount = 2.0
        task.scope_category_id = self._category("user_advice")
        self.env.flush_all()
        self._bill_september()
        self.assertEqual(line.support_cost, 0.0)
        other = self._log(self._create_task(), 60, "2026-10-02", employee=self.bo)
        other.employee_id = self.anna
        self.assertEqual(other.support_cost, 900.0)
        self.anna.hourly_cost = 950.0
        other.employee_id = self.anna
        self.assertEqual(other.support_cost, 900.0)

    def test_cost_of_time_that_comes_under_a_contract_later(self):
        """And of time that was elsewhere meanwhile."""
        other = self.env["project.project"].create(
            {"name": "Other", "allow_timesheets": True}
        )
        task = self._create_task(project_id=other.id)
        line = self._log(task, 60)
        self.anna.hourly_cost = 900.0
        for project in (self.project, other, self.project):
            task.project_id = project
            self.env.flush_all()
            self.assertEqual(line.support_cost, 600.0)
        self.assertTrue(line.support_verdict)

    def test_what_waits_and_what_is_not_invoiced_is_found(self):
        Task = self.env["project.task"]
        task, other = self._create_task(), self._create_task("technical_environment")
        self._log(task, 60)
        self._log(other, 60)
        uninvoiced = [
            ("has_uninvoiced_time", "=", True),
            ("id", "in", (task | other).ids),
        ]
        self.assertEqual(Task.search(uninvoiced), task)
        self._ask_for_approval()
        self._bill_september()
        self.assertEqual(Task.search([("waits_for_approval", "=", True)]), task)
        self.assertEqual(task.waits_for_approval, True)
        self.assertNotIn(task, Task.search([("waits_for_approval", "=", False)]))
        self.assertEqual(Task.search(uninvoiced), task)

    def test_time_on_contracts_is_kept_from_portal_users(self):
        shared = self.env["project.project"].create(
            {"name": "Shared", "allow_timesheets": True, "privacy_visibility": "portal"}
        )
        with self.assertRaises(ValidationError):
            self.contract.project_id = shared
        with self.assertRaises(ValidationError):
            self.company.support_project_id = shared
        self.contract.project_id = self.project
        with self.assertRaises(ValidationError):
            self.project.privacy_visibility = "portal"

    # === GOODWILL === #

    def _give(self, line, minutes):
        line.write(
            {
                "support_billed_minutes": minutes,
                "support_goodwill_reason": "We were slow",
            }
        )

    def test_goodwill_inside_the_increment(self):
        """20 minutes would be billed as 30; 15 are what is charged."""
        task = self._create_task()
        self._give(self._log(task, 20), 15)
        charge = self._bill_september()
        self.assertEqual(charge.amount, 303.75)
        self.assertEqual(charge.day_ids.billed_minutes, 15)
        # 5 minutes more, without goodwill: they are rounded up beside the 15, and
        # never above the 30 that 20 of them would be.
        self._log(task, 5)
        self._run_cron("2026-11-01")
        self.assertEqual(
            sum(task.timesheet_ids.support_charge_id.mapped("amount")), 607.5
        )

    def test_goodwill_beside_other_time(self):
        task = self._create_task()
        self._give(self._log(task, 20), 15)
        self._log(task, 25, employee=self.bo)
        # 25 are 30, and 15.
        self.assertEqual(self._bill_september().amount, 911.25)

    def test_late_free_minutes_give_nothing_back(self):
        task = self._create_task()
        self._log(task, 20)
        self.assertEqual(self._bill_september().amount, 607.5)
        free = self._log(task, 10)
        self._give(free, 0)
        self._run_cron("2026-11-01")
        self.assertRecordValues(
            free.support_charge_id, [{"amount": 0.0, "state": "waived"}]
        )

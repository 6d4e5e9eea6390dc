# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged, users

from .common import SupportHelpdeskCommon


@tagged("post_install", "-at_install")
class TestSupportHelpdeskTime(SupportHelpdeskCommon):
    """Time on tickets. R4; 1,350.00 an hour less 10 %."""

    @users("ticket_helper")
    def test_time_is_kept_in_the_project_of_the_contract(self):
        ticket = self._create_ticket().with_env(self.env)
        ticket.timesheet_ids = [
            (0, 0, {"name": "Did it", "unit_amount": 0.5, "date": "2026-09-10"})
        ]
        self.assertRecordValues(
            ticket.timesheet_ids,
            [
                {
                    "project_id": self.time_project.id,
                    "employee_id": self.cilla.id,
                    "support_verdict": "billed",
                    "support_contract_id": self.contract.id,
                    "ticket_partner_id": self.eva.id,
                }
            ],
        )
        self.assertEqual(ticket.total_hours, 0.5)
        ticket.planned_hours = 2.0
        self.assertEqual((ticket.remaining_hours, ticket.progress), (1.5, 25.0))

    def test_without_any_project_time_is_refused(self):
        self.company.support_project_id = False
        with self.assertRaises(UserError):
            self._log_on(self._create_ticket(self.olle), 30)

    @users("scope_worker")
    def test_time_on_a_ticket_that_one_cannot_see_is_refused(self):
        ticket = self._create_ticket()
        with self.assertRaises(AccessError):
            self.env["account.analytic.line"].create(
                {"name": "Mine", "ticket_id": ticket.id, "unit_amount": 1.0}
            )

    def test_line_on_ticket_and_task_is_the_tickets(self):
        task = self._create_task("technical_environment")
        ticket = self._create_ticket(project_id=self.project.id, task_id=task.id)
        line = self._log_on(ticket, 60, task_id=task.id)
        self.assertEqual(line._get_support_work(), ticket)
        self.assertEqual(line.support_verdict, "billed")
        task.invalidate_recordset()
        self.assertEqual(task.support_minutes_billed, 0)
        self.assertEqual(ticket.support_minutes_billed, 60)
        self.assertFalse(task.has_uninvoiced_time)
        self.assertFalse(
            task.search([("has_uninvoiced_time", "=", True), ("id", "=", task.id)])
        )
        self.assertTrue(ticket.has_uninvoiced_time)
        charge = self._bill_september()
        self.assertEqual(charge.day_ids.work_model, "helpdesk.ticket")
        self.assertIn(ticket.number, charge.name)

    def test_charged_time_stays_on_its_ticket(self):
        ticket, other = self._create_ticket(), self._create_ticket()
        line = self._log_on(ticket, 60)
        self._bill_september()
        with self.assertRaises(UserError):
            line.ticket_id = other
        with self.assertRaises(UserError):
            ticket.unlink()
        ticket.partner_id = self.olle
        self.assertRecordValues(
            line,
            [
                {
                    "support_contract_id": self.contract.id,
                    "project_id": self.time_project.id,
                }
            ],
        )

    def test_day_of_billing_begins_later(self):
        self.contract.time_billed_from = False
        line = self._log_on(self._create_ticket(), 60)
        self.assertFalse(line.support_verdict)
        self.contract.time_billed_from = "2026-09-01"
        self.assertEqual(line.support_verdict, "billed")

    @users("ticket_helper")
    def test_split_takes_time_along(self):
        ticket = self._create_ticket(category="technical_environment")
        kept = self._log_on(ticket, 10)
        # A colleague's.
        moved = self._log_on(ticket, 30)
        charged = self._log_on(self._create_ticket(), 60, "2026-09-09")
        action = ticket.with_env(self.env).action_split()
        form = Form(self.env["support.ticket.split"].with_context(**action["context"]))
        form.scope_category_id = self._category("new_feature")
        wizard = form.save()
        # A line of another ticket is not taken along.
        wizard.sudo().line_ids = moved | charged
        second = self.env["helpdesk.ticket"].browse(wizard.action_confirm()["res_id"])
        self.assertEqual(kept.ticket_id, ticket)
        self.assertEqual(moved.ticket_id, second)
        self.assertNotEqual(charged.ticket_id, second)
        self.assertRecordValues(
            second,
            [
                {
                    "partner_id": self.eva.id,
                    "support_contract_id": self.contract.id,
                    "scope_verdict": "billed",
                    "split_from_id": ticket.id,
                }
            ],
        )
        self.assertEqual(ticket.scope_verdict, "included")
        self.assertEqual(moved.support_verdict, "billed")

    @users("ticket_helper")
    def test_time_in_another_category_is_split_off_at_once(self):
        """Ten minutes of advice, thirty of configuration, on one mail: one click."""
        ticket = self._create_ticket(category="user_advice")
        advice = self._log_on(ticket, 10)
        other = self._category("new_configuration")
        configured = self._log_on(ticket, 30, support_category_id=other.id)
        action = ticket.with_env(self.env).action_split()
        second = self.env["helpdesk.ticket"].browse(action["res_id"])
        self.assertEqual(second.scope_category_id, other)
        self.assertEqual(configured.ticket_id, second)
        self.assertEqual(advice.ticket_id, ticket)
        # Nothing is left that says what it is: now it asks.
        action = ticket.with_env(self.env).action_split()
        self.assertEqual(action["res_model"], "support.ticket.split")

    def test_split_time_keeps_its_price(self):
        """An evening that was ordered from the 9th on prices no earlier day."""
        ticket = self._create_ticket()
        evening = self.env.ref("support_scope.work_factor_evening")
        ticket.sudo().write({"work_factor_id": evening.id, "date_factor": "2026-09-09"})
        moved = self._log_on(ticket, 30, "2026-09-08")
        self.assertEqual(moved._get_support_factor(), 1.0)
        second = ticket._split("Else", self._category("new_feature"), moved)
        self.assertEqual(moved.ticket_id, second)
        self.assertEqual(moved._get_support_factor(), 1.0)
        late = self._log_on(second, 30, "2026-09-09")
        self.assertEqual(late._get_support_factor(), 1.5)

    @users("ticket_helper")
    def test_a_hot_fix_is_delivered_from_the_ticket(self):
        ticket = self._create_ticket(category="program_bug").with_env(self.env)
        with Form(ticket) as form:
            form.delivery = "hotfix"
            self.assertIn("needs a patch service", form.delivery_note)
        self.assertTrue(ticket.needs_patch)
        ticket.delivery = "planned"
        ticket.action_deliver()
        self.assertEqual(str(ticket.date_delivered), "2026-09-10")

    def test_filters(self):
        Ticket = self.env["helpdesk.ticket"]
        ticket, idle = self._create_ticket(), self._create_ticket()
        self._log_on(ticket, 60)
        own = ("id", "in", (ticket | idle).ids)
        self.assertEqual(
            Ticket.search([("has_uninvoiced_time", "=", True), own]), ticket
        )
        self._ask_for_approval()
        self._bill_september()
        self.assertEqual(
            Ticket.search([("waits_for_approval", "=", True), own]), ticket
        )

    def test_month_begins_at_midnight_of_the_company(self):
        # 23:30 on 31 August and 00:30 on 1 September in Stockholm.
        for moment in ("2026-08-31 21:30:00", "2026-08-31 22:30:00"):
            ticket = self._create_ticket()
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
                [moment, ticket.id],
            )
        self.env.invalidate_all()
        self.assertEqual(self.contract.ticket_count_month, 1)
        self.assertEqual(self.customer.support_ticket_month, 1)

    def test_month_of_the_customer_in_the_companies_at_work(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["support.contract"].create(
            {"partner_id": self.customer.id, "company_id": other.id}
        )
        self._create_ticket(company_id=other.id, support_contract_id=foreign.id)
        self._create_ticket()
        for companies, number in ((self.company, 1), (self.company | other, 2)):
            customer = self.customer.with_context(allowed_company_ids=companies.ids)
            self.assertEqual(customer.support_ticket_month, number)

    def test_month_of_contract_and_customer(self):
        self._log_on(self._create_ticket(), 90)
        self._log_on(self._create_ticket(category="technical_environment"), 45)
        self._log_on(self._create_ticket(self.olle), 30)
        self.assertRecordValues(
            self.contract,
            [{"ticket_count_month": 2, "time_month": "2 h 15 min"}],
        )
        self.assertRecordValues(
            self.customer,
            [{"support_ticket_month": 2, "support_time_month": "2 h 15 min"}],
        )
        self.contract.action_view_tickets()
        self.customer.action_view_support_tickets()
        outsider = new_test_user(
            self.env, "outsider", groups="support_contract.group_support_user"
        )
        buttons = {
            self.contract: "action_view_tickets",
            self.customer: "action_view_support_tickets",
        }
        for record, button in buttons.items():
            for user, shown in ((self.helper, True), (outsider, False)):
                arch = record.with_user(user).get_view(view_type="form")["arch"]
                self.assertEqual(button in arch, shown, (button, user.login))

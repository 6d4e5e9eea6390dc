# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import SupportHelpdeskCommon

OURS = ("support_scope", "support_helpdesk_scope")


@tagged("post_install", "-at_install")
class TestSupportHelpdeskAccess(SupportHelpdeskCommon, HttpCase):
    """Of one customer the other sees nothing: by page, RPC and link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract.contact_ids = [
            Command.create({"partner_id": cls.eva.id, "role": "key_user"})
        ]
        cls.sven = cls._create_person(
            "Sven Björk", cls.customer, "sven@bjork.example.com"
        )
        cls.portal = {
            partner: new_test_user(
                cls.env, login, groups="base.group_portal", partner_id=partner.id
            )
            for login, partner in (
                ("see_eva", cls.eva),
                ("see_sven", cls.sven),
                ("see_olle", cls.olle),
            )
        }
        cls.ticket = cls._create_ticket()
        cls.line = cls.env["account.analytic.line"].create(
            {
                "name": "Secret line",
                "ticket_id": cls.ticket.id,
                "employee_id": cls.anna.id,
                "unit_amount": 1.0,
                "date": "2026-09-10",
            }
        )
        cls.approval = cls.env["support.work.approval"].create(
            {
                "name": "Secret estimate",
                "contract_id": cls.contract.id,
                "res_model": "helpdesk.ticket",
                "res_id": cls.ticket.id,
                "hours": 2.0,
                "type_id": cls.consulting.id,
                "partner_id": cls.eva.id,
            }
        )
        cls.reproduction = cls.env["support.reproduction"].create(
            {"name": "Secret bug", "module_name": "sale", "series": "19.0"}
        )
        cls.attachment = cls.env["ir.attachment"].create(
            {
                "name": "secret.txt",
                "raw": b"secret",
                "res_model": "helpdesk.ticket",
                "res_id": cls.ticket.id,
            }
        )
        cls.everything = (
            cls.ticket,
            cls.line,
            cls.approval,
            cls.reproduction,
            cls.attachment,
            cls.env["support.work.verdict"].search(
                [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", cls.ticket.id)]
            ),
            cls.contract,
        )

    def test_every_field_of_ours_is_internal(self):
        portal = self.portal[self.eva]
        for model in ("helpdesk.ticket", "helpdesk.ticket.category", "project.task"):
            Model = self.env[model].with_user(portal)
            ours = {
                name
                for name, field in Model._fields.items()
                if set(field._modules) & set(OURS) and field._module in OURS
            }
            self.assertTrue(ours)
            readable = ours & Model.fields_get().keys()
            self.assertFalse(readable, model)
        ticket = self.ticket.with_user(portal)
        self.assertEqual(ticket.name, "A report is wrong")
        for name in ("scope_verdict", "timesheet_ids", "total_hours"):
            with self.assertRaises(AccessError, msg=name):
                ticket.read([name])
            with self.assertRaises(AccessError, msg=name):
                ticket.search([(name, "!=", False)])

    def test_customer_reads_nothing_of_another_by_rpc(self):
        for record in self.everything:
            found = record.with_user(self.portal[self.olle])
            self.assertFalse(found.has_access("read"), record._name)
            with self.assertRaises(AccessError):
                found.read(["display_name"])
            try:
                self.assertFalse(found.search([("id", "in", record.ids)]))
            except AccessError:
                continue

    def test_customer_reads_nothing_of_their_own_but_the_ticket(self):
        for record in self.everything[1:4] + self.everything[5:]:
            found = record.with_user(self.portal[self.eva])
            self.assertFalse(found.has_access("read"), record._name)

    def test_colleagues_by_role(self):
        for groups in (
            "base.group_user",
            "helpdesk_mgmt.group_helpdesk_user_own",
            "hr_timesheet.group_hr_timesheet_user",
        ):
            user = new_test_user(self.env, f"role_{groups}", groups=groups)
            for record in (self.ticket, self.line, self.approval, self.contract):
                found = record.with_user(user)
                if found._name == "helpdesk.ticket" and "helpdesk" in groups:
                    # Without a team everybody of the helpdesk takes it, OCA's rule.
                    continue
                self.assertFalse(found.has_access("read"), (groups, record._name))

    def test_colleagues_of_another_company(self):
        other = self.env["res.company"].create({"name": "Another"})
        user = new_test_user(
            self.env,
            "role_company",
            groups="helpdesk_mgmt.group_helpdesk_manager,"
            "support_contract.group_support_manager,"
            "hr_timesheet.group_timesheet_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for record in self.everything:
            found = record.with_user(user).with_company(other)
            if record._name == "ir.attachment":
                continue
            self.assertFalse(found.has_access("read"), record._name)

    def test_colleagues_of_neither_customer_see_an_unclear_sender(self):
        self._create_person("Eva B", self.other_customer, self.eva.email)
        ticket = self.env["helpdesk.ticket"].message_new(
            {
                "subject": "Which of the two?",
                "from": f"Eva <{self.eva.email}>",
                "to": "help@example.org",
                "body": "Hello",
                "author_id": self.eva.id,
            }
        )
        self.assertFalse(ticket.partner_id)
        self.assertFalse(ticket.with_user(self.portal[self.sven]).has_access("read"))
        self.assertFalse(ticket.with_user(self.portal[self.olle]).has_access("read"))
        self.assertTrue(ticket.with_user(self.portal[self.eva]).has_access("read"))
        ticket.support_contract_id = self.contract
        self.assertEqual(ticket.partner_id, self.eva)
        self.assertTrue(ticket.with_user(self.portal[self.sven]).has_access("read"))
        self.assertFalse(ticket.with_user(self.portal[self.olle]).has_access("read"))

    def test_followers_colleagues_do_not_read_along(self):
        ticket = self._create_ticket()
        follower = self._create_person("F", self.other_customer, "f@glas.example.com")
        ticket.message_subscribe(follower.ids)
        self.assertFalse(ticket.with_user(self.portal[self.olle]).has_access("read"))
        # Nor do followers read a field of it: they have its page, and the mails.
        ticket.message_subscribe(self.olle.ids)
        self.assertFalse(ticket.with_user(self.portal[self.olle]).has_access("read"))

    def test_pages(self):
        page = f"/my/ticket/{self.ticket.id}"
        self.authenticate("see_olle", "see_olle")
        self.assertNotIn("A report is wrong", self.url_open(page).text)
        self.assertNotIn("A report is wrong", self.url_open("/my/tickets").text)
        self.assertNotIn("Secret", self.url_open("/my/timesheets").text)
        link = f"/web/content/{self.attachment.id}"
        self.assertNotIn("secret", self.url_open(link).text)
        self.assertNotIn(
            "Secret", self.url_open(f"/my/support/approval/{self.approval.id}").text
        )
        self.authenticate("see_eva", "see_eva")
        text = self.url_open(page).text
        self.assertIn("A report is wrong", text)
        self.assertIn("Your agreement does not include it: it is billed. (R17)", text)
        self.assertNotIn("1,215", text)
        self.assertNotIn("Secret line", text)
        # A colleague without a role on the contract sees the conversation only.
        self.authenticate("see_sven", "see_sven")
        text = self.url_open(page).text
        self.assertIn("A report is wrong", text)
        self.assertNotIn("Your agreement", text)

    def test_link_and_follower_see_the_conversation_only(self):
        token = self.ticket._portal_ensure_token()
        self.ticket.user_id = self.helper
        page = f"/my/ticket/{self.ticket.id}"
        self.authenticate("see_eva", "see_eva")
        text = self.url_open(page).text
        for own in (self.eva.email, self.helper.name):
            self.assertIn(own, text)
        self.authenticate(None, None)
        self._check_conversation_only(f"{page}?access_token={token}")
        self.authenticate("see_olle", "see_olle")
        self.assertNotIn("A report is wrong", self.url_open(page).text)
        self.ticket.message_subscribe(self.olle.ids)
        self._check_conversation_only(page)
        # Odoo's chatter opens with what the page says.
        text = self.url_open(page).text
        self.assertIn(f'data-token="{token}"', text)

    def _check_conversation_only(self, page):
        text = self.url_open(page).text
        self.assertIn("A report is wrong", text)
        for hidden in ("Your agreement", self.eva.email, self.helper.name, "Assignee"):
            self.assertNotIn(hidden, text)

    def test_mails_lead_followers_to_the_page(self):
        self.ticket.message_subscribe(self.olle.ids)
        groups = self.ticket._notify_get_recipients_groups(
            self.env["mail.message"], "Ticket"
        )
        urls = {name: data.get("button_access") for name, _who, data in groups}
        self.assertTrue(urls["portal"]["url"].endswith(f"/my/ticket/{self.ticket.id}"))

    def test_time_in_a_shared_project_stays_ours(self):
        """Odoo shows every line of a project that customers are let into."""
        shared = self.env["project.project"].create(
            {
                "name": "Shared",
                "allow_timesheets": True,
                "privacy_visibility": "portal",
                "partner_id": self.olle.id,
            }
        )
        self.line.project_id = shared
        self.authenticate("see_olle", "see_olle")
        self.assertNotIn("Secret line", self.url_open("/my/timesheets").text)

    def test_helpdesk_alone_opens_and_writes_tickets(self):
        """Who has no rights on contracts still works with tickets."""
        user = new_test_user(
            self.env, "only_helpdesk", groups="helpdesk_mgmt.group_helpdesk_user"
        )
        with Form(self.ticket.with_user(user)) as form:
            form.name = "Another title"
            form.category_id = self.env["helpdesk.ticket.category"].create(
                {"name": "Reports"}
            )
        self.assertEqual(self.ticket.name, "Another title")
        with Form(self.env["helpdesk.ticket"].with_user(user)) as form:
            form.name = "By phone"
            form.description = "<p>Eva called.</p>"
            form.partner_id = self.eva
        self.assertEqual(form.record.sudo().support_contract_id, self.contract)
        self.assertTrue(form.record.scope_verdict)
        for name in ("waits_for_approval", "has_uninvoiced_time"):
            self.ticket.with_user(user).search([(name, "=", True)])

    def test_worker_opens_the_time_of_a_ticket(self):
        user = new_test_user(
            self.env,
            "only_time",
            groups="helpdesk_mgmt.group_helpdesk_user,"
            "hr_timesheet.group_hr_timesheet_user",
        )
        self.env["hr.employee"].create({"name": "Dag", "user_id": user.id})
        with Form(self.ticket.with_user(user)) as form:
            with form.timesheet_ids.new() as line:
                line.name = "Mine"
                line.unit_amount = 0.25
        line = self.ticket.timesheet_ids.filtered(lambda one: one.name == "Mine")
        self.assertEqual(line.project_id, self.time_project)
        self.assertEqual(line.support_verdict, "billed")

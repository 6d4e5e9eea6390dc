# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import SupportHelpdeskCommon


@tagged("post_install", "-at_install")
class TestHelpdeskFixes(SupportHelpdeskCommon, HttpCase):
    """Each of these fails with `helpdesk_mgmt` alone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.done = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done")
        cls.begun = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress")
        for login, partner in (("fix_eva", cls.eva), ("fix_olle", cls.olle)):
            new_test_user(
                cls.env, login, groups="base.group_portal", partner_id=partner.id
            )

    def _close(self, ticket, login, method="POST", **vals):
        self.authenticate(login, login)
        data = {
            "ticket_id": ticket.id,
            "stage_id": self.done.id,
            "csrf_token": http.Request.csrf_token(self),
            **vals,
        }
        if method == "GET":
            query = "&".join(f"{name}={value}" for name, value in data.items())
            return self.url_open(f"/ticket/close?{query}", allow_redirects=False)
        return self.url_open("/ticket/close", data=data, allow_redirects=False)

    def test_a_stranger_does_not_close_a_ticket(self):
        ticket = self._create_ticket()
        self._close(ticket, "fix_olle")
        self.assertFalse(ticket.closed)
        # Nor does one who follows it.
        ticket.message_subscribe(self.olle.ids)
        self._close(ticket, "fix_olle")
        self.assertFalse(ticket.closed)

    def test_a_link_does_not_close_a_ticket(self):
        ticket = self._create_ticket()
        answer = self._close(ticket, "fix_eva", "GET")
        self.assertEqual(answer.status_code, 405)
        self.assertFalse(ticket.closed)

    def test_nor_does_a_form_from_elsewhere(self):
        ticket = self._create_ticket()
        with self.assertLogs("odoo.http", "WARNING"):
            self._close(ticket, "fix_eva", csrf_token="made up")
        self.assertFalse(ticket.closed)

    def test_the_customer_closes_a_ticket(self):
        ticket = self._create_ticket()
        self._close(ticket, "fix_eva", stage_id=self.begun.id)
        self.assertNotEqual(ticket.stage_id, self.begun)
        for nothing in ("", "x", "999999999"):
            self._close(ticket, "fix_eva", ticket_id=nothing)
        self._close(ticket, "fix_eva")
        self.assertEqual(ticket.stage_id, self.done)

    def test_the_page_has_the_form(self):
        ticket = self._create_ticket()
        self.authenticate("fix_eva", "fix_eva")
        page = self.url_open(f"/my/ticket/{ticket.id}").text
        forms = [one for one in page.split("<form")[1:] if "/ticket/close" in one]
        self.assertTrue(forms)
        for form in forms:
            self.assertIn('method="POST"', form.partition(">")[0])
            self.assertIn("csrf_token", form.partition("</form>")[0])

    def test_visitors_do_not_write_stages(self):
        public = self.env.ref("base.public_user")
        with self.assertRaises(AccessError):
            self.begun.with_user(public).write({"close_from_portal": True})

    def test_reopened_ticket_has_no_date_of_closing(self):
        ticket = self._create_ticket()
        ticket.stage_id = self.done
        self.assertTrue(ticket.closed_date)
        ticket.stage_id = self.begun
        self.assertFalse(ticket.closed_date)

    def _submit(self, **vals):
        self.authenticate("fix_eva", "fix_eva")
        known = self.env["helpdesk.ticket"].search([])
        data = {
            "subject": "From the portal",
            "description": "Please look.",
            "csrf_token": http.Request.csrf_token(self),
            **vals,
        }
        self.url_open("/submitted/ticket", data=data)
        return self.env["helpdesk.ticket"].search([]) - known

    def test_the_portal_offers_topics(self):
        category = self._category("technical_environment")
        hidden, shown = self.env["helpdesk.ticket.category"].create(
            [
                {
                    "name": name,
                    "show_in_portal": is_shown,
                    "scope_category_id": category.id,
                }
                for name, is_shown in (("Hidden", False), ("Shown", True))
            ]
        )
        ticket = self._submit(category=hidden.id)
        self.assertFalse(ticket.category_id)
        self.assertRecordValues(
            self._submit(category=shown.id),
            [
                {
                    "category_id": shown.id,
                    "partner_id": self.eva.id,
                    "support_contract_id": self.contract.id,
                    "scope_verdict": "included",
                }
            ],
        )
        self.assertFalse(self._submit(category="made up").category_id)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.tests import new_test_user

from odoo.addons.support_scope.tests.common import SupportScopeCommon


class SupportHelpdeskCommon(SupportScopeCommon):
    """Two customers with a contract each, and people who write tickets."""

    #: The time of these tests; none is that of the day on which they run.
    _now = "2026-09-10 09:00:00"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls._now:
            cls.startClassPatcher(freeze_time(cls._now))
        cls.time_project, cls.loose_project = cls.env["project.project"].create(
            [
                {
                    "name": name,
                    "allow_timesheets": True,
                    "privacy_visibility": "employees",
                }
                for name in ("Time", "Without contract")
            ]
        )
        cls.contract.project_id = cls.time_project
        cls.company.support_project_id = cls.loose_project
        cls.other_customer = cls.env["res.partner"].create(
            {"name": "Fjällglass AB", "is_company": True}
        )
        cls.other_contract = cls._create_scope_contract(
            partner_id=cls.other_customer.id
        )
        cls.eva = cls._create_person("Eva Björk", cls.customer, "eva@bjork.example.com")
        cls.olle = cls._create_person(
            "Olle Glas", cls.other_customer, "olle@glas.example.com"
        )
        cls.helper = new_test_user(
            cls.env,
            "ticket_helper",
            groups="support_contract.group_support_user,"
            "helpdesk_mgmt.group_helpdesk_user,"
            "hr_timesheet.group_hr_timesheet_user",
        )
        cls.cilla = cls.env["hr.employee"].create(
            {
                "name": "Cilla",
                "user_id": cls.helper.id,
                "support_type_id": cls.consulting.id,
            }
        )

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        return groups | cls.quick_ref("helpdesk_mgmt.group_helpdesk_manager")

    @classmethod
    def _create_person(cls, name, company, email):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": company.id, "email": email}
        )

    @classmethod
    def _create_ticket(cls, partner=None, category="new_configuration", **vals):
        partner = cls.eva if partner is None else partner
        return cls.env["helpdesk.ticket"].create(
            {
                "name": "A report is wrong",
                "description": "<p>Please look.</p>",
                "partner_id": partner.id,
                "scope_category_id": category
                and cls.env.ref(f"support_contract.scope_{category}").id,
                **vals,
            }
        )

    def _log_on(self, ticket, minutes, day="2026-09-10", **vals):
        return ticket.env["account.analytic.line"].create(
            {
                "name": "Looked at it",
                "ticket_id": ticket.id,
                "employee_id": self.anna.id,
                "unit_amount": minutes / 60,
                "date": day,
                **vals,
            }
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, fields
from odoo.tests import new_test_user

from odoo.addons.support_contract_billing.tests.common import SupportBillingCommon


class SupportScopeCommon(SupportBillingCommon):
    """A contract with every kind of work in its terms, a project and two people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consulting = cls.env.ref("support_contract.service_type_consulting")
        cls.lead = cls.env.ref("support_contract.service_type_project_lead")
        cls.terms = cls._create_terms()
        cls.terms.action_publish()
        cls.contract = cls._create_scope_contract()
        cls.project = cls.env["project.project"].create(
            {
                "name": "Björkdal",
                "allow_timesheets": True,
                "privacy_visibility": "employees",
                "support_contract_id": cls.contract.id,
            }
        )
        cls.worker = new_test_user(
            cls.env,
            "scope_worker",
            groups="support_contract.group_support_user,project.group_project_user,"
            "hr_timesheet.group_hr_timesheet_user",
        )
        cls.anna, cls.bo = cls.env["hr.employee"].create(
            [
                {
                    "name": "Anna",
                    "user_id": cls.worker.id,
                    "hourly_cost": 600.0,
                    "support_type_id": cls.consulting.id,
                },
                {
                    "name": "Bo",
                    "hourly_cost": 700.0,
                    "support_type_id": cls.consulting.id,
                },
            ]
        )

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        for name in (
            "project.group_project_manager",
            "hr_timesheet.group_timesheet_manager",
            "hr.group_hr_user",
        ):
            groups |= cls.quick_ref(name)
        return groups

    @classmethod
    def _create_terms(cls, **vals):
        """A draft with a price for everything, hours at 1,350.00 and 1,450.00."""
        prices = {
            cls.type_maintenance: 180.0,
            cls.type_operations: 2400.0,
            cls.type_patch: 495.0,
            cls.consulting: 1350.0,
            cls.lead: 1450.0,
        }
        return cls.env["support.terms"].create(
            {
                "name": "Work",
                "version": "1",
                "hourly_discount": 10.0,
                "time_increment": 30,
                "price_ids": [
                    Command.create({"type_id": kind.id, "price_unit": price})
                    for kind, price in prices.items()
                ],
                **vals,
            }
        )

    @classmethod
    def _create_scope_contract(cls, services=("operations",), **vals):
        types = {
            "maintenance": cls.type_maintenance,
            "operations": cls.type_operations,
            "patch": cls.type_patch,
        }
        contract = cls.env["support.contract"].create(
            {
                "partner_id": cls.customer.id,
                "terms_id": cls.terms.id,
                "date_signed": "2026-08-20",
                "billed_through": "2026-08-31",
                "time_billed_from": "2026-09-01",
                "approval_required": False,
                "service_ids": [
                    Command.create(
                        {"type_id": types[code].id, "date_start": "2026-09-01"}
                    )
                    for code in services
                ],
                **vals,
            }
        )
        if "maintenance" not in services:
            contract.action_activate()
        return contract

    def _agree(self, key, value, contract=None, **vals):
        """A special condition from the first day on."""
        contract = contract or self.contract
        condition = {"contract_id": contract.id, "key": key, "value": value, **vals}
        contract._amend(
            contract.date_start,
            "Agreed",
            [(contract.condition_ids.browse(), condition)],
        )

    @classmethod
    def _ask_for_approval(cls, required=True, day=None, contract=None, reason="Agreed"):
        """Whether billed work needs a yes, from a day on; the first by default."""
        contract = contract or cls.contract
        contract._amend(
            day and fields.Date.to_date(day) or contract.date_start,
            reason,
            [(contract, {"approval_required": required})],
        )

    def _category(self, code):
        return self.env.ref(f"support_contract.scope_{code}")

    def _create_task(self, category="new_configuration", **vals):
        return self.env["project.task"].create(
            {
                "name": "Set up a report",
                "project_id": self.project.id,
                "scope_category_id": category and self._category(category).id,
                **vals,
            }
        )

    def _log(self, task, minutes, day="2026-09-10", employee=None, **vals):
        return self.env["account.analytic.line"].create(
            {
                "name": "Work",
                "task_id": task.id,
                "project_id": task.project_id.id,
                "employee_id": (employee or self.anna).id,
                "unit_amount": minutes / 60,
                "date": day,
                **vals,
            }
        )

    def _run_evaluation(self):
        """What is judged anew on each day, as Odoo's scheduler runs it."""
        cron = self.env.ref("support_scope.ir_cron_evaluate").sudo()
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _bill_september(self):
        """The run of the first of October, and the charges of time that it made."""
        before = self.env["support.charge"].search([("kind", "=", "time")])
        self._run_cron("2026-10-01")
        self.assertFalse(self.contract.billing_error)
        return self.env["support.charge"].search([("kind", "=", "time")]) - before

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Time on tickets has OCA's names: another add-on with these can be installed as well,
before or after, and what was logged stays.
"""

from pathlib import Path

import pytest

from tooling import paths

ADDONS = Path(__file__).resolve().parent / "addons"
ADDONS_PATH = f"--addons-path={paths.ADDONS},{ADDONS}"
BOTH = ("support_helpdesk_scope", "support_helpdesk_example_timesheet")

LOG = """
project = env["project.project"].create({
    "name": "Time", "allow_timesheets": True, "privacy_visibility": "employees",
})
ticket = env["helpdesk.ticket"].create({
    "name": "Example", "description": "Example", "planned_hours": 4.0,
})
employee = env["hr.employee"].create({"name": "Anna"})
env["account.analytic.line"].create({
    "name": "Work", "ticket_id": ticket.id, "project_id": project.id,
    "unit_amount": 1.0, "employee_id": employee.id,
})
env.cr.commit()
"""

LOOK = """
ticket = env["helpdesk.ticket"].search([("name", "=", "Example")])
line = ticket.timesheet_ids
print("HOURS", ticket.total_hours, ticket.remaining_hours, ticket.progress)
line.unit_amount = 2.0
print("HOURS", ticket.total_hours, ticket.remaining_hours, ticket.progress)
print("WORK", line._get_support_work() == ticket)
line.flush_recordset()
env.cr.execute(
    "SELECT confdeltype FROM pg_constraint "
    "WHERE conname = 'account_analytic_line_ticket_id_fkey'"
)
print("DELETED", env.cr.fetchone()[0])
"""


def _install(run_odoo, name, addon):
    run_odoo(
        *("--database", name, ADDONS_PATH, "--init", addon),
        *("--stop-after-init", "--no-http"),
    )


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]], ids=["ours-first", "ours-last"])
def test_the_other_add_on_fits(run_odoo, database, odoo_shell, order):
    name = database("helpdesk_mgmt_project", "hr_timesheet", "support_contract_billing")
    first, second = order
    _install(run_odoo, name, first)
    odoo_shell(name, LOG, ADDONS_PATH)
    _install(run_odoo, name, second)
    printed = odoo_shell(name, LOOK, ADDONS_PATH)
    assert "HOURS 1.0 3.0 25.0" in printed
    assert "HOURS 2.0 2.0 50.0" in printed
    assert "WORK True" in printed
    assert "DELETED r" in printed

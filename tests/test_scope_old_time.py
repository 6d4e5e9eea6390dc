# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Three years of time from before: no verdict, no charge, no mail."""

import subprocess

import pytest

from tooling import odoo, paths

pytestmark = pytest.mark.long

OLD = """
from datetime import date
from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

assert "support_verdict" not in env["account.analytic.line"]._fields
operations = env.ref("support_contract.service_type_operations")
operations.product_id.taxes_id = env.company.account_sale_tax_id
terms = env.ref("support_contract.terms_default").copy()
terms.action_publish()
partner = env["res.partner"].create({"name": "Fjällglass AB", "email": "f@example.com"})
contract = env["support.contract"].create({
    "partner_id": partner.id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
    "service_ids": [
        (0, 0, {"type_id": operations.id, "date_start": date(2026, 9, 1)}),
    ],
})
with freeze_time("2026-09-01 12:00:00"):
    contract.action_activate()
people = env["hr.employee"].create(
    [{"name": name, "hourly_cost": 500} for name in ("Anna", "Bo")]
)
project = env["project.project"].create(
    {"name": "Fjällglass", "allow_timesheets": True, "partner_id": partner.id}
)
tasks = env["project.task"].create([
    {"name": f"Task {number}", "project_id": project.id} for number in range(5)
])
first = date(2023, 10, 1)
env["account.analytic.line"].create([
    {
        "name": "Work", "project_id": project.id, "employee_id": person.id,
        "task_id": task.id, "unit_amount": 1.25,
        "date": first + relativedelta(months=month, days=5),
    }
    for month in range(36) for person in people for task in tasks
])
env.cr.commit()
print("RESULT", env["account.analytic.line"].search_count([]))
"""

COUNT = """
print(
    "RESULT",
    env["support.charge"].search_count([("kind", "!=", "recurring")]),
    env["mail.mail"].search_count([]),
    env["mail.message"].search_count([("model", "!=", False)]),
    sorted(env["account.analytic.line"].search([]).mapped("write_date"))[-1],
    sum(env["account.analytic.line"].search([]).mapped("amount")),
)
"""

AFTER = """
from datetime import date
from freezegun import freeze_time

Line = env["account.analytic.line"]
assert Line.search_count([]) == 360

def untouched():
    env.flush_all()
    verdicts = env["support.work.verdict"].search_count([])
    judged = Line.search_count([
        "|", "|", ("support_verdict", "!=", False),
        ("support_contract_id", "!=", False), ("support_minutes", "!=", 0),
    ])
    charges = env["support.charge"].search_count([("kind", "=", "time")])
    return (verdicts, judged, charges) == (0, 0, 0)

assert untouched()
contract = env["support.contract"].search([("partner_id.name", "=", "Fjällglass AB")])
project = env["project.project"].search([("name", "=", "Fjällglass")])
mails = env["mail.mail"].search_count([])
with freeze_time("2026-10-01 03:00:00"):
    # The run, and each day's look at work that goes on.
    assert contract._bill().state == "posted"
    env["support.work.verdict"]._cron_evaluate()
    assert untouched()
    # Under a contract, whose time is not billed from any day yet.
    project.support_contract_id = contract
    env.flush_all()
    assert not Line.search_count([("support_verdict", "!=", False)])
    contract.time_billed_from = date(2026, 10, 1)
    env.flush_all()
    assert not Line.search_count([("support_verdict", "!=", False)])
    # Whoever mends a text of old time has none of it judged.
    Line.search([], limit=1).write({"name": "Work, mended", "unit_amount": 1.5})
    assert not Line.search_count([("support_verdict", "!=", False)])
assert not env["support.charge"].search_count([("kind", "=", "time")])
with freeze_time("2026-10-02 09:00:00"):
    new = project.task_ids[0].timesheet_ids.create({
        "name": "New", "project_id": project.id, "task_id": project.task_ids[0].id,
        "employee_id": env["hr.employee"].search([("name", "=", "Anna")]).id,
        "unit_amount": 1, "date": date(2026, 10, 2),
    })
    assert new.support_verdict
with freeze_time("2026-11-01 03:00:00"):
    contract._bill()
lines = Line.search([("support_verdict", "!=", False)])
assert lines == new, lines
print("RESULT done")
"""


def test_three_years_of_time_stay_as_they_are(pg, database, odoo_shell):
    name = database("support_contract_billing", "hr_timesheet", "l10n_se")
    assert "RESULT 360" in odoo_shell(name, OLD)
    before = odoo_shell(name, COUNT)
    result = odoo.run_odoo(
        ["module", "install", "--database", name, "support_scope"],
        pg,
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not result.returncode, result.stdout
    assert odoo_shell(name, COUNT) == before
    assert "RESULT done" in odoo_shell(name, AFTER)

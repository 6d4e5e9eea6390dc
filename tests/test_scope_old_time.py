# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Three years of time and tickets from before: no verdict, no charge, no mail."""

import json

# Two people on five tasks and ten tickets, each month of three years; times twenty.
LINES = 36 * 2 * 5 * 20
TICKETS = 10 * 20

FILL = """
from datetime import date
from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

operations = env.ref("support_contract.service_type_operations")
operations.product_id.taxes_id = env.company.account_sale_tax_id
terms = env.ref("support_contract.terms_default").copy()
terms.action_publish()
partner = env["res.partner"].create({"name": "Fjällglass AB", "email": "f@example.com"})
contract = env["support.contract"].create({
    "partner_id": partner.id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
    "billed_through": date(2026, 8, 31),
    "service_ids": [
        (0, 0, {
            "type_id": operations.id, "date_start": date(2026, 9, 1),
            "price_unit": 2400.0,
        }),
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
env["helpdesk.ticket"].create([
    {
        "name": "Old", "description": "<p>Please look.</p>", "partner_id": partner.id,
        "project_id": project.id, "task_id": tasks[number % 5].id,
    }
    for number in range(10)
])
env.flush_all()

def multiply(table, name, **values):
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND column_name != 'id'", [table])
    columns = [column for (column,) in env.cr.fetchall()]
    chosen = [values.get(column, f'"{column}"') for column in columns]
    quoted = ", ".join(f'"{column}"' for column in columns)
    env.cr.execute(
        f"INSERT INTO {table} ({quoted}) SELECT {', '.join(chosen)}"
        f" FROM {table}, generate_series(1, 19) AS copy WHERE name = %s", [name])

multiply("account_analytic_line", "Work")
multiply("helpdesk_ticket", "Old", number="number || '-' || copy")
env.cr.commit()
"""

# What is there, and what each old row says in the columns that it had.
LOOK = """
import json
known = {known!r}
old = [
    ("account_analytic_line", "name = 'Work'"),
    ("helpdesk_ticket", "name = 'Old'"),
    ("project_task", "name LIKE 'Task %%'"),
    ("project_project", "name->>'en_US' = 'Fjällglass'"),
    ("hr_employee", "name IN ('Anna', 'Bo')"),
]

def rows(query, *values):
    env.cr.execute(query, values)
    return env.cr.fetchall()

def columns(table):
    found = rows("SELECT column_name FROM information_schema.columns"
                 " WHERE table_name = %s ORDER BY column_name", table)
    return [name for (name,) in found]

def checksum(table, where):
    sums = ", ".join(
        f'md5(string_agg(COALESCE("{{name}}"::text, $$-$$), $$ $$ ORDER BY id))'
        for name in known["columns"][table])
    found = rows(f"SELECT count(*), {{sums}} FROM {{table}} WHERE {{where}}")
    [(count, *texts)] = found
    return [count, dict(zip(known["columns"][table], texts))]

known = known or {{
    "columns": {{table: columns(table) for table, _where in old}},
    "mails": rows("SELECT COALESCE(max(id), 0) FROM mail_mail")[0][0],
    "messages": rows("SELECT COALESCE(max(id), 0) FROM mail_message")[0][0],
}}
print("RESULT", json.dumps([known, {{
    "old": {{table: checksum(table, where) for table, where in old}},
    "mails": rows("SELECT count(*) FROM mail_mail WHERE id > %s", known["mails"]),
    "messages": rows(
        "SELECT model, count(*) FROM mail_message WHERE id > %s"
        " AND (model LIKE 'support%%' OR model LIKE 'helpdesk%%'"
        " OR model LIKE 'project%%' OR model LIKE 'account%%'"
        " OR model = 'hr.employee') GROUP BY model", known["messages"]),
}}]))
"""

# In these columns something would stand if old work had been judged.
JUDGED = """
def untouched():
    env.flush_all()
    for table, column in (
        ("account_analytic_line", "support_verdict"),
        ("account_analytic_line", "support_contract_id"),
        ("account_analytic_line", "support_charge_id"),
        ("helpdesk_ticket", "scope_verdict"),
        ("helpdesk_ticket", "support_contract_id"),
        ("project_task", "scope_verdict"),
    ):
        env.cr.execute(f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL")
        if env.cr.fetchone()[0]:
            return False
    env.cr.execute(
        "SELECT count(*) FROM account_analytic_line WHERE support_minutes > 0")
    if env.cr.fetchone()[0]:
        return False
    verdicts = env["support.work.verdict"].search_count([])
    charges = env["support.charge"].search_count([("kind", "=", "time")])
    return (verdicts, charges) == (0, 0)
"""

# Every scheduled action of ours, on the day on which September is billed.
NIGHT = """
from freezegun import freeze_time
assert untouched()
own = env["ir.model.data"].search(
    [("model", "=", "ir.cron"), ("module", "like", "support_%")])
crons = env["ir.cron"].browse(own.mapped("res_id"))
assert len(crons) > 3
with freeze_time("2026-10-01 03:00:00", tick=True):
    for cron in crons:
        cron.method_direct_trigger()
env.cr.commit()
assert untouched()
[charge] = env["support.charge"].search([])
assert (charge.kind, charge.state, charge.amount) == ("recurring", "invoiced", 2400.0)
print("RESULT 1")
"""

# Its project is put under the contract, and time is billed from a day on.
BEGIN = """
from datetime import date
from freezegun import freeze_time
contract = env["support.contract"].search([])
project = env["project.project"].search([("name", "=", "Fjällglass")])
Line = env["account.analytic.line"]
judged = [("support_verdict", "!=", False)]
with freeze_time("2026-10-01 12:00:00"):
    project.support_contract_id = contract
    env.flush_all()
    assert not Line.search_count(judged)
    contract.time_billed_from = date(2026, 10, 1)
    env.flush_all()
    assert not Line.search_count(judged)
    # Whoever mends a text of old time has none of it judged.
    Line.search([("name", "=", "Work")], limit=1).write({"unit_amount": 1.5})
    assert not Line.search_count(judged)
with freeze_time("2026-10-02 09:00:00"):
    task = project.task_ids[0]
    new = Line.create({
        "name": "New", "project_id": project.id, "task_id": task.id,
        "employee_id": env["hr.employee"].search([("name", "=", "Anna")]).id,
        "unit_amount": 1, "date": date(2026, 10, 2),
    })
    assert new.support_verdict
with freeze_time("2026-11-01 03:00:00"):
    contract._bill()
assert Line.search(judged) == new
assert not env["helpdesk.ticket"].search_count([("scope_verdict", "!=", False)])
print("RESULT 1")
"""


def _install(run_odoo, name, *addons):
    run_odoo("module", "install", "--database", name, *addons, may_complain=True)


def _look(odoo_shell, name, known=None):
    output = odoo_shell(name, LOOK.format(known=known))
    line = next(one for one in output.splitlines() if one.startswith("RESULT"))
    return json.loads(line.removeprefix("RESULT"))


def _get_changes(before, after):
    """{table: columns} of old rows that say something else now."""
    changes = {}
    for table, (count, sums) in before["old"].items():
        assert after["old"][table][0] == count
        now = after["old"][table][1]
        # Odoo fills a new stored column of tickets and tasks, and says when.
        found = [name for name in sums if now[name] != sums[name]]
        if table in ("helpdesk_ticket", "project_task"):
            found = [name for name in found if name != "write_date"]
        if found:
            changes[table] = found
    return changes


def test_three_years_stay_as_they_are(run_odoo, database, odoo_shell):
    name = database("support_contract_billing", "l10n_se")
    _install(run_odoo, name, "hr_timesheet", "helpdesk_mgmt", "helpdesk_mgmt_project")
    odoo_shell(name, FILL)
    known, before = _look(odoo_shell, name)
    assert before["old"]["account_analytic_line"][0] == LINES
    assert before["old"]["helpdesk_ticket"][0] == TICKETS
    _install(run_odoo, name, "support_scope", "support_helpdesk_scope")
    _known, after = _look(odoo_shell, name, known)
    assert _get_changes(before, after) == {}
    assert (after["mails"], after["messages"]) == ([[0]], [])
    assert "RESULT 1" in odoo_shell(name, JUDGED + NIGHT)
    _known, night = _look(odoo_shell, name, known)
    # The fee of September went out; nothing else was said or changed.
    assert _get_changes(before, night) == {}
    assert night["mails"] == [[0]]
    assert {model for model, _count in night["messages"]} <= {
        "account.move",
        "support.contract",
    }
    assert "RESULT 1" in odoo_shell(name, BEGIN)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Approvals and logged time change while somebody else decides, or the month is billed.

Operations with 10 % discount, an hour at 1,350.00, rounded up to 30 minutes: half an
hour is 607.50.
"""

import os

import pytest
from reports import CODE, read_report

from tooling import databases

WORKS = 8
PREPARE = """
prepare({works})
kind = env.ref("support_contract.service_type_consulting")
boss = env["res.partner"].create({{"name": "Eva", "email": "eva@example.com"}})
worker = env["hr.employee"].create({{"name": "Anna", "support_type_id": kind.id}})
category = env.ref("support_contract.scope_new_configuration")
tax = env["account.tax"].search([("type_tax_use", "=", "sale")], limit=1)
env["support.service.type"].search([]).product_id.taxes_id = tax
with freeze_time("2026-09-10 09:00:00"):
    for contract in env["support.contract"].search([]):
        contract.write({{
            "time_billed_from": "2026-09-01",
            "contact_ids": [Command.create({{
                "partner_id": boss.copy({{"parent_id": contract.partner_id.id}}).id,
                "role": "administrator",
            }})],
        }})
        contract._amend(date(2026, 9, 1), "Rates", [(contract.condition_ids, {{
            "contract_id": contract.id, "key": "price", "type_id": kind.id,
            "value": 1350.0,
        }})])
        project = env["project.project"].create({{
            "name": contract.name, "allow_timesheets": True,
            "support_contract_id": contract.id,
        }})
        env["project.task"].create({{
            "name": "Set up a report", "project_id": project.id,
            "scope_category_id": category.id,
        }})
    env.cr.commit()
"""
# What each process begins with; `tasks`, `approvals` as they are now.
HELPERS = """
import json
from datetime import date
from freezegun import freeze_time
from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import retrying

worker = env["hr.employee"].search([("name", "=", "Anna")])
tasks = env["project.task"].search([("support_contract_id", "!=", False)], order="id")
approvals = env["support.work.approval"].search([], order="id")

def log(task, minutes, day):
    return env["account.analytic.line"].create({
        "name": "Work", "task_id": task.id, "project_id": task.project_id.id,
        "employee_id": worker.id, "unit_amount": minutes / 60, "date": day,
    })

def ask(task, hours):
    contract = task.support_contract_id
    approval = env["support.work.approval"].create({
        "name": task.name, "contract_id": contract.id, "res_model": task._name,
        "res_id": task.id, "hours": hours,
        "type_id": env.ref("support_contract.service_type_consulting").id,
        "partner_id": contract.contact_ids.partner_id.id,
    })
    approval.action_send()

def accept(approval):
    approval._accept(approval.partner_id, "Eva", "portal")

def attempt(work, *records):
    answers = []
    for record in records:
        try:
            retrying(lambda: work(record), env)
            env.cr.commit()
            answers.append("done")
        except UserError as error:
            env.cr.rollback()
            answers.append(str(error))
    print("RESULT", json.dumps(answers))

def bill():
    env["support.contract"]._cron_count_and_bill()
"""
READ = """
rows = []
for task in tasks:
    lines = task.timesheet_ids
    charges = lines.support_charge_id | env["support.charge.day"].search([
        ("work_model", "=", task._name), ("work_id", "=", task.id)]).charge_id
    rows.append({
        "states": sorted(charges.mapped("state")),
        "amount": round(sum(charges.mapped("amount")), 2),
        "billed": sum(charges.day_ids.mapped("billed_minutes")),
        "invoiced": round(sum(charges.move_line_id.mapped("price_subtotal")), 2),
        "open": len(lines.filtered(lambda line: not line.support_charge_id)),
        "approvals": sorted(env["support.work.approval"].search(
            [("res_id", "=", task.id)]).mapped("state")),
    })
print("RESULT", json.dumps(rows))
"""


@pytest.fixture(scope="session")
def works_template(pg, shells, odoo_shell):
    name = f"test_{os.getpid()}_works"
    installed = databases.installed_database(pg, ("support_scope", "l10n_se"))
    databases.copy_database(pg, installed, name)
    databases.start_billing(pg, name)
    shells.origins[name] = installed
    odoo_shell(name, f"{CODE}\n{PREPARE.format(works=WORKS)}\n")
    yield name
    databases.drop_database(pg, name)


@pytest.fixture
def works(pg, shells, works_template):
    """A database with some contracts, and a task that is billed on each."""
    name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
    databases.copy_database(pg, works_template, name)
    shells.origins[name] = shells.origins[works_template]
    yield name
    if not os.environ.get("SUPPORT_TEST_KEEP"):
        databases.drop_database(pg, name)


def _at(day, body, gate=True):
    """A script that does something early on a day, at the same moment as others."""
    body = "\n    ".join(body.strip().splitlines())
    ready = "env.cr.commit(); tasks.mapped('name'); approvals.mapped('state')"
    lines = [HELPERS, f'with freeze_time("{day} 03:00:00", tick=True):']
    if gate:
        lines += [f"    {ready}", "    gate()"]
    return "\n".join([*lines, f"    {body}", "    env.cr.commit()", ""])


def _check_quiet(outputs):
    """Nobody has an error but those of PostgreSQL, after which Odoo begins anew."""
    for output in outputs:
        assert "Traceback" not in output, output
        errors = [line for line in output.splitlines() if " ERROR " in line]
        assert all("odoo.sql_db: bad query" in line for line in errors), output


@pytest.fixture
def meet(at_once, odoo_shell):
    """`meet(database, scripts)` at the same moment; returns what is there afterwards.

    Once more after the run of the following month, which finds nothing left.
    """

    def run(name, scripts):
        outputs = at_once(name, scripts)
        _check_quiet(outputs)
        now = read_report(odoo_shell(name, HELPERS + READ))
        _check_quiet(at_once(name, [_at("2026-11-01", "bill()")]))
        later = read_report(odoo_shell(name, HELPERS + READ))
        return outputs, now, later

    return run


def _waiting(odoo_shell, name, hours=1.0):
    """An hour on each task, billed on 1 October, waits; the customer is asked."""
    odoo_shell(
        name,
        _at(
            "2026-09-20",
            f"for task in tasks: log(task, 60, '2026-09-10'); ask(task, {hours})",
            gate=False,
        ),
    )
    odoo_shell(name, _at("2026-10-01", "bill()", gate=False))


def test_two_people_approve_one_thing_at_once(works, meet, odoo_shell):
    _waiting(odoo_shell, works)
    script = _at("2026-10-05", "attempt(accept, *approvals)")
    outputs, now, later = meet(works, [script] * 2)
    answers = [read_report(output) for output in outputs]
    for one, other in zip(*answers, strict=True):
        assert sorted([one == "done", other == "done"]) == [False, True], answers
        assert "decided or withdrawn meanwhile" in (one + other)
    row = {"amount": 1215.0, "billed": 60, "open": 0, "approvals": ["accepted"]}
    assert now == [{**row, "states": ["pending"], "invoiced": 0}] * WORKS
    assert later == [{**row, "states": ["invoiced"], "invoiced": 1215.0}] * WORKS


def test_two_estimates_for_one_work_are_accepted_at_once(works, meet, odoo_shell):
    """Half an hour each of an hour that waits: both halves go out, once."""
    _waiting(odoo_shell, works, hours=0.5)
    odoo_shell(
        works, _at("2026-10-02", "for task in tasks: ask(task, 0.5)", gate=False)
    )
    # In the order of their numbers, the second ones are behind the first ones.
    scripts = [
        _at("2026-10-05", f"attempt(accept, *approvals[:{WORKS}])"),
        _at("2026-10-05", f"attempt(accept, *approvals[{WORKS}:])"),
    ]
    outputs, now, later = meet(works, scripts)
    assert [read_report(output) for output in outputs] == [["done"] * WORKS] * 2
    row = {"amount": 1215.0, "billed": 60, "open": 0, "approvals": ["accepted"] * 2}
    assert now == [{**row, "states": ["pending"] * 2, "invoiced": 0}] * WORKS
    states = ["invoiced"] * 2
    assert later == [{**row, "states": states, "invoiced": 1215.0}] * WORKS


def test_one_approves_while_the_other_withdraws(works, meet, odoo_shell):
    _waiting(odoo_shell, works)
    scripts = [
        _at("2026-10-05", "attempt(accept, *approvals)"),
        _at("2026-10-05", "attempt(lambda one: one.action_withdraw(), *approvals)"),
    ]
    outputs, now, later = meet(works, scripts)
    accepted, withdrawn = (read_report(output) for output in outputs)
    for yes, no, before, after in zip(accepted, withdrawn, now, later, strict=True):
        # One of them came first, and the other was told so.
        assert (yes == "done") != (no == "done"), (yes, no)
        won = yes == "done"
        assert before["approvals"] == ["accepted" if won else "withdrawn"]
        assert before["states"] == ["pending" if won else "approval"]
        assert after["states"] == ["invoiced" if won else "approval"]
        assert after["invoiced"] == (1215.0 if won else 0)


def test_approval_while_the_run_bills(works, meet, odoo_shell):
    """Whoever comes first: the hour goes out, with this run or the next."""
    odoo_shell(
        works,
        _at(
            "2026-09-20",
            "for task in tasks: log(task, 60, '2026-09-10'); ask(task, 1.0)",
            gate=False,
        ),
    )
    scripts = [
        _at("2026-10-01", "bill()"),
        _at("2026-10-01", "attempt(accept, *approvals)"),
    ]
    outputs, now, later = meet(works, scripts)
    assert read_report(outputs[1]) == ["done"] * WORKS
    for before in now:
        assert before["states"] in (["pending"], ["invoiced"], []), before
    row = {"amount": 1215.0, "billed": 60, "open": 0, "approvals": ["accepted"]}
    assert later == [{**row, "states": ["invoiced"], "invoiced": 1215.0}] * WORKS


def test_time_logged_while_the_month_is_billed(works, meet, odoo_shell):
    """10 minutes are there, 25 come, 10 become 40: 65 minutes are 90 to bill."""
    odoo_shell(
        works,
        _at(
            "2026-09-20",
            "for one in env['support.contract'].search([]):\n"
            "    one._amend(one.date_start, 'Trust', "
            "[(one, {'approval_required': False})])\n"
            "for task in tasks: log(task, 10, '2026-09-10')",
            gate=False,
        ),
    )
    longer = """
def longer(task):
    task.timesheet_ids.filtered(
        lambda line: line.unit_amount < 0.2).unit_amount = 40 / 60
attempt(longer, *tasks)
"""
    scripts = [
        _at("2026-10-01", "bill()"),
        _at("2026-10-01", "attempt(lambda task: log(task, 25, '2026-09-10'), *tasks)"),
        _at("2026-10-01", longer),
    ]
    outputs, _now, later = meet(works, scripts)
    assert read_report(outputs[1]) == ["done"] * WORKS
    for answer, row in zip(read_report(outputs[2]), later, strict=True):
        # What is charged already is not changed any more: 10 + 25 are 60 to bill.
        billed = 90 if answer == "done" else 60
        assert answer == "done" or "is charged and stays as it is" in answer
        assert (row["billed"], row["open"]) == (billed, 0), row
        assert row["amount"] == row["invoiced"] == billed * 20.25, row

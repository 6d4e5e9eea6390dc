# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""September's work of the demo: tickets and tasks of every verdict, with time on them.

Runs inside Odoo, as `demo_fill` does. Of the demo's invoices it changes two of
September: an hour of configuration for Silverforsens, 1,215.00, approved in the portal;
two hours for Älgtjärns, 2,430.00, by a standing approval. Two more items wait for
the customer's yes and are on no invoice.
"""

from dataclasses import dataclass, field

from freezegun import freeze_time

from odoo.fields import Command

# Time of September is entered when the month's last lines of code are pushed.
ENTERED = "2026-09-23 07:40:00"
TIME_FROM = "2026-09-01"


@dataclass(frozen=True)
class Person:
    login: str
    kind: str
    cost: float


@dataclass(frozen=True)
class Work:
    customer: str
    name: str
    category: str  # empty: nobody has chosen one
    day: str
    minutes: tuple  # one for each person, in their order
    verdict: str
    note: str  # on the time; the customer reads it
    task: bool = False
    vals: dict = field(default_factory=dict)


PEOPLE = (
    Person("consultant", "consulting", 620.0),
    Person("admin", "project_lead", 780.0),
)
BUG = {
    "name": "Momsrapporten räknar kreditfakturor två gånger",
    "module_name": "l10n_se",
    "series": "19.0",
    "dataset_version": "2026-2",
    "specification": "https://www.odoo.com/documentation/19.0/applications/finance.html",
    "steps": "<p>Kreditera en betald faktura och öppna momsrapporten för månaden.</p>",
    "expected": "<p>Kreditfakturan minskar ruta 05 en gång.</p>",
    "seen": "<p>Den minskar ruta 05 två gånger.</p>",
}
WORK = (
    Work(
        "Silverforsens",
        "Systemet svarar långsamt på morgnarna",
        "technical_environment",
        "2026-09-16",
        (40,),
        "included",
        "Minne och schemalagda jobb gicks igenom",
    ),
    Work(
        "Silverforsens",
        "Egen rapport för varje mottagning",
        "new_configuration",
        "2026-09-17",
        (60,),
        "billed",
        "Rapporten ställdes in",
    ),
    Work(
        "Tallmossens",
        "Hur krediterar man en delbetald faktura?",
        "user_advice",
        "2026-09-15",
        (25,),
        "included",
        "Råd på telefon",
    ),
    Work(
        "Tallmossens",
        "Säkerhetskopieringen tar för lång tid",
        "technical_environment",
        "2026-09-18",
        (45,),
        "billed",
        "Kundens egen server gicks igenom",
    ),
    Work(
        "Lingonglänta",
        BUG["name"],
        "program_bug",
        "2026-09-14",
        (90, 30),
        "included",
        "Felet rättades",
        vals={"delivery": "hotfix", "date_delivered": "2026-09-15"},
    ),
    Work(
        "Lingonglänta",
        "Kassan avrundar fel vid delade betalningar",
        "program_bug",
        "2026-09-21",
        (35,),
        "needs_reproduction",
        "Beskrivningen lästes",
    ),
    Work(
        "Havtornsvikens",
        "Fråga om biljetter i gruppbokningar",
        "",
        "2026-09-22",
        (15,),
        "undecided",
        "Mejlet lästes",
    ),
    Work(
        "Älgtjärns",
        "Serviceplaner för företagscyklar",
        "new_configuration",
        "2026-09-16",
        (105,),
        "billed",
        "Planer och påminnelser ställdes in",
        task=True,
    ),
    Work(
        "Älgtjärns",
        "Verkstaden kommer inte in efter strömavbrottet",
        "vm_network",
        "2026-09-08",
        (50,),
        "included",
        "Nätverket startades om",
    ),
    Work(
        "Revontuli",
        "Wrong units on last year's stock moves",
        "database_correction",
        "2026-09-21",
        (45,),
        "billed",
        "Looked for the moves that are wrong",
    ),
    Work(
        "Stjärnmyrans",
        "Kan vi läsa in förra årets order?",
        "data_import_export",
        "2026-09-22",
        (20,),
        "no_contract",
        "Frågan besvarades",
    ),
)
# Customer: how much of which work they were asked for, and what came of it.
ESTIMATES = (
    ("Silverforsens", "Egen rapport för varje mottagning", 1.0, True),
    ("Revontuli", "Wrong units on last year's stock moves", 2.0, False),
)
# Up to this amount a month without asking: customer, kronor.
STANDING = ("Älgtjärns", 5000.0)


def work(env):
    """Tickets, tasks, time, one reproduction, and approvals of three kinds."""
    with freeze_time(ENTERED, tick=True):
        # Mails wait in the queue: nothing of the demo is sent.
        env = env(context={**env.context, "mail_notify_force_send": False})
        _prepare(env)
        own = env(user=env["res.users"].search([("login", "=", "consultant")]))
        works = {one.name: _create(own, one) for one in WORK}
        for one in WORK:
            found = works[one.name].scope_verdict
            assert found == one.verdict, (one.name, found)
        _approve(own, works)
    env.cr.commit()


def _prepare(env):
    """Who works, where time is kept, and from when on it is billed."""
    project = env["project.project"].create(
        {
            "name": "Support",
            "allow_timesheets": True,
            "privacy_visibility": "employees",
        }
    )
    env.company.support_project_id = project
    env["helpdesk.ticket.team"].create(
        {
            "name": "Support",
            "allow_timesheet": True,
            "user_ids": [Command.set(env["res.users"].search([]).ids)],
        }
    )
    for person in PEOPLE:
        user = env["res.users"].search([("login", "=", person.login)])
        vals = {
            "hourly_cost": person.cost,
            "support_type_id": env.ref(
                f"support_contract.service_type_{person.kind}"
            ).id,
        }
        if user.employee_id:
            user.employee_id.write(vals)
        else:
            env["hr.employee"].create({"name": user.name, "user_id": user.id, **vals})
    contracts = env["support.contract"].search([])
    contracts.write({"time_billed_from": TIME_FROM, "project_id": project.id})
    asked = [customer for customer, *_rest in (*ESTIMATES, STANDING)]
    for customer in asked:
        _contract(env, customer).contact_ids.may_approve = True


def _contract(env, customer):
    return env["support.contract"].search(
        [("partner_id.name", "=like", f"{customer}%")]
    )


def _create(env, data):
    """A ticket or a task, with time on it."""
    contract = _contract(env, data.customer)
    category = env["support.scope.category"].search([("code", "=", data.category)])
    vals = {"name": data.name, "scope_category_id": category.id, **data.vals}
    if data.name == BUG["name"]:
        bug = env["support.reproduction"].create(BUG)
        bug.action_reproduced()
        vals["reproduction_id"] = bug.id
    if data.task:
        project = (
            env["project.project"]
            .sudo()
            .create(
                {
                    "name": contract.partner_id.name,
                    "allow_timesheets": True,
                    "privacy_visibility": "employees",
                    "support_contract_id": contract.id,
                }
            )
        )
        record = env["project.task"].create(
            {**vals, "project_id": project.id, "user_ids": [Command.set(env.user.ids)]}
        )
        where = {"task_id": record.id, "project_id": project.id}
    else:
        record = env["helpdesk.ticket"].create(
            {
                **vals,
                "description": f"<p>{data.name}</p>",
                "partner_id": contract.partner_id.child_ids[:1].id,
                "team_id": env["helpdesk.ticket.team"].search([], limit=1).id,
                "user_id": env.uid,
            }
        )
        where = {"ticket_id": record.id}
    for person, minutes in zip(PEOPLE, data.minutes, strict=False):
        user = env["res.users"].sudo().search([("login", "=", person.login)])
        if minutes:
            # sudo: the consultant enters what a colleague has told.
            env["account.analytic.line"].sudo().create(
                {
                    "name": data.note,
                    "employee_id": user.employee_id.id,
                    "unit_amount": minutes / 60,
                    "date": data.day,
                    **where,
                }
            )
    return record


def _approve(env, works):
    """One estimate that was accepted, one that is out, and a standing approval."""
    consulting = env.ref("support_contract.service_type_consulting")
    Approval = env["support.work.approval"]
    for customer, name, hours, accepted in ESTIMATES:
        contract = _contract(env, customer)
        person = contract.contact_ids.partner_id[:1]
        approval = Approval.create(
            {
                "name": name,
                "contract_id": contract.id,
                "res_model": works[name]._name,
                "res_id": works[name].id,
                "hours": hours,
                "type_id": consulting.id,
                "partner_id": person.id,
            }
        )
        approval.action_send()
        if accepted:
            approval.sudo()._accept(person, person.name, "portal")
    customer, amount = STANDING
    contract = _contract(env, customer)
    person = contract.contact_ids.partner_id[:1]
    standing = Approval.create(
        {
            "name": "Mindre ändringar varje månad",
            "contract_id": contract.id,
            "is_standing": True,
            "amount_limit": amount,
            "partner_id": person.id,
        }
    )
    standing.action_send()
    standing.sudo()._accept(person, person.name, "portal")

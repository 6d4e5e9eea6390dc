# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""With their apps installed, a ticket, a task or an order can be behind growth of code.

Tickets are those of OCA `helpdesk_mgmt`.
"""

import json

CHECK = """
import json
from odoo import Command
from odoo.exceptions import UserError, ValidationError
kind = env.ref("support_contract.service_type_maintenance")
terms = env["support.terms"].create({
    "name": "Test terms", "version": "growth",
    "price_ids": [Command.create({"type_id": kind.id, "price_unit": 180})],
})
terms.action_publish()
customer, stranger = env["res.partner"].create([{"name": "A"}, {"name": "B"}])
contract = env["support.contract"].create({
    "partner_id": customer.id, "terms_id": terms.id, "date_signed": "2026-08-20",
    "service_ids": [Command.create({"type_id": kind.id, "date_start": "2026-09-01"})],
})
instance = env["support.instance"].create({
    "name": "Production", "contract_id": contract.id, "series": "17.0",
    "source_ids": [Command.create({"kind": "report"})],
})
text = REPORT
env["support.cloc.report"]._receive(instance.source_ids, text)
instance.action_count()
growth = instance.count_ids.growth_ids
project = env["project.project"].create({"name": "P"})
told = {}
for name, partner in (("own", customer), ("foreign", stranger), ("nobody", None)):
    for model, vals in (
        ("helpdesk.ticket", {"name": "H", "description": "More of it"}),
        ("project.task", {"name": "T", "project_id": project.id}),
        ("sale.order", {}),
    ):
        if model == "sale.order" and not partner:
            continue
        record = env[model].create({**vals, "partner_id": partner and partner.id})
        growth.origin_ref = False
        try:
            with env.cr.savepoint():
                growth.origin_ref = record
                env.flush_all()
        except ValidationError:
            env.invalidate_all()
        told[name + " " + model] = growth.ordered
consultant = env["res.users"].create({
    "name": "C", "login": "c",
    "group_ids": [Command.set(env.ref("support_contract.group_support_user").ids)],
})
ticket = env["helpdesk.ticket"].search([("partner_id", "=", customer.id)])
for name, group in (
    ("without the app", None),
    ("with the app", "helpdesk_mgmt.group_helpdesk_user"),
):
    if group:
        consultant.group_ids = [Command.link(env.ref(group).id)]
    growth.origin_ref = False
    env.flush_all()
    try:
        with env.cr.savepoint():
            growth.with_user(consultant).origin_ref = f"helpdesk.ticket,{ticket.id}"
            env.flush_all()
    except UserError:  # what may not be read is refused already for that
        env.invalidate_all()
    told[name] = growth.ordered
print("\\n" + json.dumps([told, dict(growth._selection_origin_ref())]))
"""

REPORT = (
    "Odoo cloc" + " " * 47 + "    Line   Other    Code\n" + "-" * 80 + "\n"
    "acme" + " " * 52 + "     150      30     120\n"
    "    /srv/acme/a.py"
    + " " * 38
    + "     150      30     120\n"
    + "-" * 80
    + "\n"
    + " " * 56
    + "     150      30     120\n"
)


def test_a_record_of_the_customer_is_behind_growth(database, odoo_shell):
    name = database("support_instance", "project", "sale", "helpdesk_mgmt")
    output = odoo_shell(name, CHECK.replace("REPORT", repr(REPORT)))
    told, models = json.loads(output.strip().splitlines()[-1])
    assert told == {
        "own helpdesk.ticket": True,
        "own project.task": True,
        "own sale.order": True,
        "foreign helpdesk.ticket": False,
        "foreign project.task": False,
        "foreign sale.order": False,
        "nobody helpdesk.ticket": False,
        "nobody project.task": False,
        # Nobody names what they may not see.
        "without the app": False,
        "with the app": True,
    }
    assert models["helpdesk.ticket"] == "Helpdesk Ticket"
    assert models["project.task"] == "Task"
    assert models["sale.order"] == "Sales Order"

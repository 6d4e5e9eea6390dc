# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""With their apps installed, a task or a sales order can be behind growth of code."""

import json

CHECK = """
import json
from odoo import Command
from odoo.exceptions import ValidationError
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
env["support.report"]._receive(instance.source_ids, text)
instance.action_count()
growth = instance.count_ids.growth_ids
project = env["project.project"].create({"name": "P"})
told = {}
for name, partner in (("own", customer), ("foreign", stranger), ("nobody", None)):
    for model, vals in (
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


def test_a_task_or_sales_order_of_the_customer_is_behind_growth(database, odoo_shell):
    name = database("support_contract", "project", "sale")
    output = odoo_shell(name, CHECK.replace("REPORT", repr(REPORT)))
    told, models = json.loads(output.strip().splitlines()[-1])
    assert told == {
        "own project.task": True,
        "own sale.order": True,
        "foreign project.task": False,
        "foreign sale.order": False,
        "nobody project.task": False,
    }
    assert models["project.task"] == "Task"
    assert models["sale.order"] == "Sales Order"

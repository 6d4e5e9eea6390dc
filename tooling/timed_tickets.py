# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What bin/bench tickets runs inside `odoo shell`, each function in its own process.

`env` is that of the shell. The last line of the script that it gets calls a function.
"""

# The shell's own name.
# ruff: noqa: F821

import json
import time
from datetime import date, timedelta

from odoo import Command

CUSTOMERS = 100
BATCH = 100
FIRST = date.today().replace(day=1) - timedelta(days=60)


def prepare_plain():
    """Customers with a person each who writes."""
    companies = env["res.partner"].create(
        [{"name": f"Customer {n}", "is_company": True} for n in range(CUSTOMERS)]
    )
    env["res.partner"].create(
        [
            {
                "name": f"Person {company.id}",
                "parent_id": company.id,
                "email": f"person{company.id}@example.com",
            }
            for company in companies
        ]
    )
    env.cr.commit()
    return companies


def prepare_ours():
    """The same, each with a running contract and an instance."""
    companies = prepare_plain()
    terms = env.ref("support_contract.terms_default")
    if terms.state == "draft":
        terms.action_publish()
    kind = env.ref("support_contract.service_type_operations")
    contracts = env["support.contract"].create(
        [
            {
                "partner_id": company.id,
                "terms_id": terms.id,
                "date_signed": FIRST,
                "billed_through": FIRST - timedelta(days=1),
                "time_billed_from": FIRST,
                "service_ids": [
                    Command.create(
                        {"type_id": kind.id, "date_start": FIRST, "price_unit": 2400.0}
                    )
                ],
                "instance_ids": [Command.create({"name": "Production"})],
            }
            for company in companies
        ]
    )
    contracts.action_activate()
    env.company.support_scope_category_id = env.ref(
        "support_contract.scope_user_advice"
    )
    env.cr.commit()


def run(number, ours):
    """Create tickets of all customers in turns; ours with contract and verdict."""
    people = env["res.partner"].search([("name", "=like", "Person %")], order="id")
    # What a server has done before: nothing is loaded or compiled for the first time.
    create_tickets(people[:10])
    before, began = env.cr.sql_log_count, time.perf_counter()
    made = env["helpdesk.ticket"]
    for start in range(0, number, BATCH):
        chosen = [people[n % len(people)] for n in range(start, start + BATCH)]
        made |= create_tickets(chosen)
    seconds = time.perf_counter() - began
    if ours:
        # Each knows its contract, its verdict and the clause that decided it.
        assert set(made.mapped("scope_verdict")) == {"billed"}, "verdicts"
        assert set(made.mapped("scope_clause")) == {"R17"}, "clauses"
        assert len(made.support_contract_id) == min(CUSTOMERS, number), "contracts"
    result = {
        "seconds": seconds,
        "tickets": len(made),
        "queries": env.cr.sql_log_count - before,
    }
    print("RESULT", json.dumps(result))


def create_tickets(people):
    tickets = env["helpdesk.ticket"].create(
        [
            {
                "name": f"Question {index}",
                "description": "<p>How do I do this?</p>",
                "partner_id": person.id,
            }
            for index, person in enumerate(people)
        ]
    )
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()
    return tickets

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What bin/bench billing runs inside `odoo shell`, each function in its own process.

`env` is that of the shell. The last line of the script that it gets calls a function.
"""

# The shell's own name.
# ruff: noqa: F821

import json
import random
import resource
import time
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command, fields, sql_db

BATCH = 100
SERVICES = ("maintenance", "operations", "patch")
# Two months are billed, each on a day after it: the first fills the tables, and the
# second, the last whole month, is what is measured.
TODAY = date.today()
SECOND_MONTH = (TODAY.replace(day=1) - timedelta(days=1)).replace(day=1)
FIRST_MONTH = (SECOND_MONTH - timedelta(days=1)).replace(day=1)
# When the first month is billed
EARLIER = SECOND_MONTH + timedelta(days=1)


def in_batches(items):
    return [items[start : start + BATCH] for start in range(0, len(items), BATCH)]


def commit():
    env.flush_all()
    env.cr.commit()
    env.invalidate_all()


def create_partners(number):
    country = env.ref("base.se").id
    return env["res.partner"].create(
        [
            {"name": f"Customer {index}", "country_id": country, "is_company": True}
            for index in range(number)
        ]
    )


def tax_products(products):
    products.taxes_id = env.company.account_sale_tax_id


def prepare_ours(number):
    """Contracts with three services each, billed once, and counted again today."""
    with freeze_time(f"{EARLIER} 03:00:00", tick=True):
        contracts = create_ours(number)
        env["support.contract"]._cron_count_and_bill()
        commit()
    for batch in in_batches(contracts.exists()):
        count_lines(batch.instance_ids, TODAY)
        commit()


def create_ours(number):
    terms = env.ref("support_contract.terms_default")
    if terms.state == "draft":
        terms.action_publish()
    types = {kind.code: kind for kind in env["support.service.type"].search([])}
    tax_products(env["product.product"].union(*(types[c].product_id for c in SERVICES)))
    before = FIRST_MONTH - timedelta(days=1)
    priced = {price.type_id.code for price in terms.price_ids}
    made = env["support.contract"]
    for partners in in_batches(create_partners(number)):
        contracts = env["support.contract"].create(
            [
                {
                    "partner_id": partner.id,
                    "terms_id": terms.id,
                    "date_signed": before,
                    "billed_through": before,
                    "service_ids": [
                        Command.create(
                            {"type_id": types[code].id, "date_start": FIRST_MONTH}
                            | ({} if code in priced else {"price_unit": 2400.0})
                        )
                        for code in SERVICES
                    ],
                    "instance_ids": [Command.create({"name": "Production"})],
                }
                for partner in partners
            ]
        )
        contracts.action_activate()
        count_lines(contracts.instance_ids, EARLIER)
        commit()
        made |= contracts
    return made


def count_lines(instances, day):
    """Approved counts of a day, as the counter leaves them."""
    generator = random.Random(4711)
    instances.sudo().date_counted = fields.Datetime.now()
    counts = env["support.count"].sudo()
    for instance in instances:
        lines = generator.randrange(1000, 30000)
        counts |= counts.create(
            {
                "contract_id": instance.contract_id.id,
                "instance_id": instance.id,
                "company_id": instance.company_id.id,
                "date": day,
                "code_lines": lines,
                "billed_lines": lines,
                "total_lines": lines,
                "revision": f"{generator.getrandbits(160):040x}",
                "ruleset": "bench",
                "digest": f"{generator.getrandbits(256):064x}",
                "module_ids": [
                    Command.create(
                        {
                            "instance_id": instance.id,
                            "date": day,
                            "name": "customer",
                            "path": "customer",
                            "code_lines": lines,
                            "total_lines": lines,
                            "digest": f"{generator.getrandbits(256):064x}",
                            "billed": True,
                        }
                    )
                ],
            }
        )
    counts._with_permission().state = "approved"


def prepare_plain(number, invoices):
    """Invoices of the first month, for those who know nothing of us."""
    create_partners_and_products(number)
    post_invoices(invoices, EARLIER)


def create_partners_and_products(number):
    create_partners(number)
    products = env["product.product"].create(
        [{"name": code, "default_code": code, "type": "service"} for code in SERVICES]
    )
    tax_products(products)
    commit()


def prepare_contracts(number, invoices):
    """OCA contracts that make these invoices: they have done so once."""
    create_partners_and_products(number)
    # What begins today there is invoiced today and a month later.
    with freeze_time(f"{SECOND_MONTH} 03:00:00", tick=True):
        create_contracts(invoices)
        generate_and_post(SECOND_MONTH)


def create_contracts(invoices):
    products, partners = known()
    for batch in in_batches(invoices):
        env["contract.contract"].create(
            [
                {
                    "name": f"Contract of {invoice['partner']}",
                    "partner_id": partners[invoice["partner"]],
                    "line_recurrence": False,
                    "recurring_rule_type": "monthly",
                    "recurring_interval": 1,
                    "recurring_invoicing_type": "post-paid",
                    "date_start": SECOND_MONTH,
                    "contract_line_ids": [
                        Command.create(
                            {
                                "product_id": products[code],
                                "name": name,
                                "quantity": quantity,
                                "price_unit": price,
                                "specific_price": price,
                            }
                        )
                        for code, name, quantity, price in invoice["lines"]
                    ],
                }
                for invoice in batch
            ]
        )
        commit()


def known():
    """({code: id of the product}, {name: id of the customer})"""
    return (
        {p.default_code: p.id for p in env["product.product"].search([])},
        {p.name: p.id for p in env["res.partner"].search([])},
    )


def timed(work):
    """Do it in a process that knows its registry; print what it took."""
    Move = env["account.move"]
    last = Move.search([], order="id desc", limit=1).id
    if not last:
        raise AssertionError("There was no first month")
    env.cr.commit()
    env.invalidate_all()
    queries, start = sql_db.sql_counter, time.monotonic()
    work()
    env.cr.commit()
    seconds, queries = time.monotonic() - start, sql_db.sql_counter - queries
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    env.invalidate_all()
    moves = Move.search([("move_type", "=", "out_invoice"), ("id", ">", last)])
    result = {
        "seconds": seconds,
        "queries": queries,
        "peak": peak,
        "posted": len(moves.filtered(lambda move: move.state == "posted")),
        "lines": len(moves.invoice_line_ids),
        "total": round(sum(moves.mapped("amount_total")), 2),
    }
    print("RESULT", json.dumps(result))


def run_ours():
    # The database is a copy: somebody has looked at it and lets billing go on.
    runs = env["support.billing.run"]
    runs._write_stamp(runs._get_last_finished())
    commit()
    timed(env["support.contract"]._cron_count_and_bill)


def show_invoices(path):
    """What was invoiced for the second month, for the others to make the same."""
    codes = {
        kind.product_id.id: kind.code for kind in env["support.service.type"].search([])
    }
    domain = [("move_type", "=", "out_invoice"), ("invoice_date", "=", TODAY)]
    moves = env["account.move"].search(domain, order="id")
    invoices = [
        {
            "partner": move.partner_id.name,
            "origin": move.invoice_origin,
            "lines": [
                [codes[line.product_id.id], line.name, line.quantity, line.price_unit]
                for line in move.invoice_line_ids.sorted("sequence")
                if line.display_type == "product"
            ],
        }
        for move in moves
    ]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(invoices, file)


def run_plain(invoices):
    timed(lambda: post_invoices(invoices, TODAY))


def post_invoices(invoices, day):
    """Odoo alone: create and post, a hundred at a time."""
    products, partners = known()
    journal = env["account.journal"].search([("type", "=", "sale")], limit=1)
    for batch in in_batches(invoices):
        moves = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "journal_id": journal.id,
                    "partner_id": partners[invoice["partner"]],
                    "invoice_date": day,
                    "invoice_origin": invoice["origin"],
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "product_id": products[code],
                                "name": name,
                                "quantity": quantity,
                                "price_unit": price,
                            }
                        )
                        for code, name, quantity, price in invoice["lines"]
                    ],
                }
                for invoice in batch
            ]
        )
        moves.action_post()
        commit()


def run_contract():
    timed(lambda: generate_and_post(TODAY))


def generate_and_post(day):
    """OCA `contract` generates as its scheduled action does; then all are posted."""
    env["contract.contract"].cron_recurring_create_invoice(day)
    commit()
    moves = env["account.move"].search([("state", "=", "draft")], order="id")
    for batch in in_batches(moves):
        batch.action_post()
        commit()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What bin/bench screens runs inside `odoo shell`, after timed_billing.py.

`env` is that of the shell. The last line of the script that it gets calls a function.
"""

# The shell's own name, and those of timed_billing.py.
# ruff: noqa: F821

import json
import statistics
import time

from lxml import etree

from odoo import Command, fields, sql_db
from odoo.tools.safe_eval import safe_eval

# {figure: window action of a list}; the first is Odoo's own.
LISTS = {
    "invoices": "account.action_move_out_invoice_type",
    "list_contracts": "support_contract.support_contract_action",
    "list_instances": "support_instance.support_instance_action",
    "list_counts": "support_instance.support_count_action",
    "list_charges": "support_contract_billing.support_charge_action",
}
PAGE = 80
OPENINGS = 10


def prepare_screens(number):
    """Contracts billed once, whose second month is due, and who looks at them."""
    prepare_ours(number)
    groups = ("account.group_account_manager", "support_contract.group_support_manager")
    env["res.users"].create(
        {
            "name": "Bench",
            "login": "bench",
            "group_ids": [Command.link(env.ref(group).id) for group in groups],
        }
    )
    commit()


def get_work():
    """{screen: function that does what opening it does}, as a manager of contracts."""
    own = env(user=env["res.users"].search([("login", "=", "bench")]))

    def look():
        action = own["support.billing.overview"].action_open()
        own["support.billing.overview"].browse(action["res_id"]).action_earlier()

    def simulate():
        # After the minimum term, so that every contract can be changed.
        day = fields.Date.add(FIRST_MONTH, months=24)
        run = own["support.price.run"].create(
            {"percent": 3.0, "reason": "Prices", "date_effective": day}
        )
        run.action_simulate()
        # What the scheduled action does in the background.
        env["support.price.run"]._cron_apply()

    return {
        "overview": look,
        "preview": own["support.billing.preview"].action_open_all,
        "reconciliation": (
            lambda: own["support.reconciliation"].create({}).action_show()
        ),
        "earned": lambda: own["support.earned"].create({}).action_show(),
        "forecast": own["support.forecast"].action_open,
        "price_run": simulate,
    }


def measure(work):
    """Seconds and queries of one opening, in a transaction like a request's."""
    env.cr.commit()
    env.invalidate_all()
    env.transaction.clear()
    queries, start = sql_db.sql_counter, time.monotonic()
    work()
    env.flush_all()
    return {
        "seconds": time.monotonic() - start,
        "queries": sql_db.sql_counter - queries,
    }


def measure_screens(*names):
    """Each of these screens once."""
    result = {}
    for name, work in get_work().items():
        if names and name not in names:
            continue
        result[name] = measure(work)
        env.cr.rollback()
    print("RESULT", json.dumps(result))


def measure_lists():
    """The second opening of each list: the median of ten."""
    user = env["res.users"].search([("login", "=", "bench")])
    result = {}
    for name, action in LISTS.items():
        opening = get_opening(env(user=user), action)
        opening()
        runs = [measure(opening) for _turn in range(OPENINGS)]
        result[name] = {
            key: statistics.median(run[key] for run in runs) for key in runs[0]
        }
        env.cr.rollback()
    print("RESULT", json.dumps(result))


def get_opening(own, xmlid):
    """A function that reads the first page of a list, as the web client does."""
    action = own["ir.actions.act_window"]._for_xml_id(xmlid)
    model = own[action["res_model"]]
    view = next((one for one, kind in action["views"] if kind == "list"), False)
    arch = model.get_views([(view, "list")])["views"]["list"]["arch"]
    wanted = {}
    for node in etree.fromstring(arch).iter("field"):
        field = model._fields[node.get("name")]
        wanted[field.name] = {}
        if field.type in ("many2one", "many2many", "one2many"):
            wanted[field.name] = {"fields": {"display_name": {}}}
    domain = get_domain(own, action["domain"])
    return lambda: model.web_search_read(domain, wanted, limit=PAGE)


def get_domain(own, text):
    names = {"uid": own.uid, "allowed_company_ids": own.companies.ids}
    return safe_eval(text, names) if text else []


def prepare_pages():
    """Somebody of a customer, their pages and Odoo's own of their invoice."""
    moves = env["account.move"].search([("state", "=", "posted")], limit=1)
    contract = env["support.contract"].search(
        [("partner_id.commercial_partner_id", "=", moves.commercial_partner_id.id)],
        limit=1,
    )
    partner = env["res.partner"].create(
        {"name": "Payer", "parent_id": contract.partner_id.commercial_partner_id.id}
    )
    env["res.users"].with_context(no_reset_password=True).create(
        {
            "login": "payer",
            "password": "payer",
            "partner_id": partner.id,
            "group_ids": [Command.set(env.ref("base.group_portal").ids)],
        }
    )
    contract.contact_ids.create(
        {
            "contract_id": contract.id,
            "partner_id": partner.id,
            "role": "administrator",
        }
    )
    pages = {"odoo_invoice": (f"/my/invoices/{moves.id}", moves.name)}
    for page in contract._get_portal_pages():
        pages[f"portal_{page}"] = (contract._get_page_link(page), contract.name)
    commit()
    print("RESULT", json.dumps({"login": "payer", "pages": pages}))

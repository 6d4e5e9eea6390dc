# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A neutralized copy, made as Odoo makes them, with all add-ons of ours.

It never bills, never sends, and opens to no program that had a key of the original.
"""

import pytest
import requests
from reports import CODE, read_report
from smtp_server import SmtpServer

from tooling import databases, manifests, odoo

CONTRACTS = 3

PREPARE = """
from datetime import datetime
from odoo.addons.support_contract_billing.watching import make_token
from odoo.addons.support_usage.controllers.usage import SCOPE

prepare({contracts})
contracts = env["support.contract"].search([])
contracts.billing_policy = "send"
for contract in contracts:
    contract.partner_id.email = f"customer{{contract.id}}@example.com"
env["ir.mail_server"].create({{
    "name": "Test", "smtp_host": "127.0.0.1", "smtp_port": {port},
    "smtp_encryption": "none",
}})
env["mail.mail"].create({{
    "subject": "Waits", "email_to": "customer@example.com", "body_html": "<p>Hi</p>",
}})
user = env["res.users"].search([("login", "=", "accountant")])
key = env["res.users.apikeys"].with_user(user).sudo()._generate(
    SCOPE, "Meter", datetime.now() + timedelta(days=30)
)
manager = env["res.users"].create({{
    "name": "Manager", "login": "manager",
    "group_ids": [Command.link(env.ref("support_contract.group_support_manager").id)],
}})
token = make_token(env(user=manager))
env.cr.commit()
# October is billed; its invoices wait to be sent, and somebody asks for another run.
bill_to_the_end("2026-10-01")
env["support.billing.run"]._request(env.company)
env.cr.commit()
print("RESULT", json.dumps([key, token]))
"""

# What is there, and what happens if everything that is scheduled runs all the same.
LOOK = """
import json
from freezegun import freeze_time
import logging
logging.getLogger(
    "odoo.addons.support_contract_billing.models.support_billing_run"
).disabled = True

env.cr.execute("SELECT count(*) FROM support_source WHERE token_hash IS NOT NULL")
[[tokens]] = env.cr.fetchall()
active = env["ir.cron"].search([("active", "=", True)]).get_external_id().values()
found = {
    "ours": sorted(
        name for name in active if name.startswith(("support_", "l10n_se_support."))
    ),
    "carrier": "contract.contract_cron_for_invoice" in active,
    "queued": env["account.move"].search_count([("sending_data", "!=", False)]),
    "send": env["support.contract"].search_count([("billing_policy", "=", "send")]),
    "keys": env["res.users.apikeys"].search_count([("scope", "=", "support_usage")]),
    "token": bool(env["ir.config_parameter"].get_param(
        "support_contract_billing.health_token_hash")),
    "tokens": tokens,
    "open_runs": env["support.billing.run"].search_count([("state", "!=", "done")]),
}
if RUN:
    with freeze_time("2026-11-01 03:00:00", tick=True):
        env["support.contract"]._cron_count_and_bill()
        env["support.instance"]._cron_count()
        env["account.move"]._cron_account_move_send()
        env["mail.mail"].process_email_queue()
        env["support.contract"]._cron_check_sending()
        env.cr.commit()
found["invoices"] = env["account.move"].search_count([("move_type", "!=", "entry")])
found["charges"] = env["support.charge"].search_count([])
print("RESULT", json.dumps(found))
"""


@pytest.fixture
def smtp():
    server = SmtpServer()
    with server.up():
        yield server


def test_a_neutralized_copy_does_nothing(
    pg, database, shells, odoo_shell, odoo_server, smtp
):
    name = database(*manifests.own(), "l10n_se")
    code = PREPARE.format(contracts=CONTRACTS, port=smtp.port)
    key, token = read_report(odoo_shell(name, f"{CODE}\n{code}"))
    copy = f"{name}_copy"
    databases.copy_database(pg, name, copy)
    shells.origins[copy] = shells.origins[name]
    try:
        odoo.run_odoo(["neutralize", "-d", copy], pg, check=True)
        there = read_report(odoo_shell(copy, f"RUN = True\n{LOOK}"))
        with odoo_server(copy) as address:
            usage = _post(f"{address}/support/usage", key, {"usage": []})
            health = _get(f"{address}/support/health", token)
    finally:
        databases.drop_database(pg, copy)
    assert there == {
        "ours": [],
        "carrier": False,
        "queued": 0,
        "send": 0,
        "keys": 0,
        "token": False,
        "tokens": 0,
        "open_runs": 0,
        "invoices": CONTRACTS,
        "charges": 2 * CONTRACTS,
    }
    assert (usage, health) == (401, 403)
    assert smtp.messages == []
    # The original goes on as it was.
    original = read_report(odoo_shell(name, f"RUN = False\n{LOOK}"))
    assert "support_contract_billing.ir_cron_count_and_bill" in original["ours"]
    assert original["carrier"]
    assert (original["queued"], original["send"]) == (CONTRACTS, CONTRACTS)
    assert (original["keys"], original["token"]) == (1, True)
    assert original["open_runs"] == 1


def _post(url, key, body):
    headers = {"Authorization": f"Bearer {key}"}
    return requests.post(url, json=body, headers=headers, timeout=60).status_code


def _get(url, token):
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(url, headers=headers, timeout=60).status_code

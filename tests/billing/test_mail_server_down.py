# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Contracts whose invoices are sent, while the server for e-mail is down, then up.

A real SMTP server on a port of its own, and Odoo in processes of its own.
"""

import pytest
from reports import read_report
from smtp_server import SmtpServer

from tooling import odoo

CONTRACTS = 3

PREPARE = """
contracts = env["support.contract"].search([])
for number, contract in enumerate(contracts):
    contract.partner_id.email = f"customer{{number}}@example.com"
    contract.billing_policy = "send"
env["ir.mail_server"].create({{
    "name": "Test", "smtp_host": "127.0.0.1", "smtp_port": {port},
    "smtp_encryption": "none",
}})
env["ir.config_parameter"].set_param("web.base.url", {address!r})
env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
env.cr.commit()
"""

# What the scheduler does, one action after the other. Odoo writes failures into the
# log, which the test reads in another way.
RUN = """
import json, logging
from freezegun import freeze_time
for name in ("mail", "account_move_send", "mail_mail"):
    logging.getLogger(f"odoo.addons.mail.models.{{name}}").setLevel(logging.CRITICAL)
with freeze_time({now!r}, tick=True):
    env["support.contract"]._cron_count_and_bill()
    env["account.move"]._cron_account_move_send()
    env.cr.commit()
    env["mail.mail"].process_email_queue()
    env.cr.commit()
    env["support.contract"]._cron_check_sending()
    env.cr.commit()
    # An hour later, for what is tried again then.
    env.cr.execute("UPDATE mail_mail SET write_date = write_date - interval '2 hours'")
    env.cr.commit()
    env.invalidate_all()
    {later}
contracts = env["support.contract"].search([])
activity = env.ref("support_contract_billing.activity_sending_failed")
print("RESULT", json.dumps({{
    "errors": [text for text in contracts.mapped("sending_error") if text],
    "activities": env["mail.activity"].search_count(
        [("activity_type_id", "=", activity.id)]
    ),
    "triggers": env["ir.cron.trigger"].search_count(
        [("cron_id.id", "=", env.ref(
            "support_contract_billing.ir_cron_check_sending").id)]
    ),
    "billing_errors": [text for text in contracts.mapped("billing_error") if text],
    "invoices": sorted(
        [contract.name, *contract.invoice_ids.mapped("state")]
        for contract in contracts
    ),
    "queued": env["account.move"].search_count([("sending_data", "!=", False)]),
}}))
"""
LATER = """env["support.contract"]._cron_check_sending()
    env["mail.mail"].process_email_queue()
    env.cr.commit()
    env["support.contract"]._cron_check_sending()
    env.cr.commit()"""


@pytest.fixture
def smtp():
    return SmtpServer()


def _run(odoo_shell, name, now, later=""):
    return read_report(odoo_shell(name, RUN.format(now=now, later=later)))


def test_invoices_wait_for_the_server_and_arrive_once(
    contracts_database, odoo_shell, odoo_server, smtp
):
    name = contracts_database(CONTRACTS)
    port = odoo.free_port()
    address = f"http://127.0.0.1:{port}"
    odoo_shell(name, PREPARE.format(port=smtp.port, address=address))
    # PDF documents fetch their style sheets from there.
    with odoo_server(name, port=port):
        down = _run(odoo_shell, name, "2026-10-01 03:00:00")
        # They are billed, nothing waits any more, and each contract says what is wrong.
        assert down["billing_errors"] == []
        assert all(row[1:] == ["posted"] for row in down["invoices"])
        assert down["queued"] == 0
        assert len(down["errors"]) == CONTRACTS
        assert all("outgoing mail server problem" in text for text in down["errors"])
        assert down["activities"] == CONTRACTS
        assert down["triggers"], "nobody would look again"
        # Tried again, in vain: still one to-do each.
        again = _run(odoo_shell, name, "2026-10-01 05:00:00", LATER)
        assert (again["errors"], again["activities"]) == (down["errors"], CONTRACTS)
        assert smtp.messages == []

        with smtp.up():
            up = _run(odoo_shell, name, "2026-10-01 07:00:00", LATER)
            once_more = _run(odoo_shell, name, "2026-10-01 09:00:00", LATER)
    for result in (up, once_more):
        assert (result["errors"], result["activities"]) == ([], 0)
        assert result["invoices"] == down["invoices"]
    # One e-mail for each customer, with the invoice and its specification.
    assert sorted(to for (to,), _message in smtp.messages) == [
        f"customer{number}@example.com" for number in range(CONTRACTS)
    ]
    for _recipients, message in smtp.messages:
        files = list(message.iter_attachments())
        assert len(files) == 2, [file.get_filename() for file in files]
        assert all(file.get_content().startswith(b"%PDF-") for file in files)

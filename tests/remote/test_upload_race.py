# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two servers send the same report at the same moment: one count, twice the answer."""

import json
import socket
import threading
import time
from urllib.parse import urlsplit

import requests

SETUP = """
import json
from odoo import Command
type_maintenance = env.ref("support_contract.service_type_maintenance")
terms = env["support.terms"].create({
    "name": "Test terms", "version": "race",
    "price_ids": [Command.create({"type_id": type_maintenance.id, "price_unit": 180})],
})
terms.action_publish()
contract = env["support.contract"].create({
    "partner_id": env["res.partner"].create({"name": "Björkdal AB"}).id,
    "terms_id": terms.id,
    "date_signed": "2026-08-20",
    "service_ids": [
        Command.create({"type_id": type_maintenance.id, "date_start": "2026-09-01"})
    ],
})
instance = env["support.instance"].create({
    "name": "Production", "contract_id": contract.id, "series": "17.0",
    "source_ids": [Command.create({"kind": "upload"})],
})
source = instance.source_ids
token = source.action_new_token()["context"]["default_token"]
env.cr.commit()
print("\\n" + json.dumps([source.id, token]))
"""

RESULT = """
import json
counts = env["support.count"].search([])
reports = env["support.cloc.report"].search([])
print("\\n" + json.dumps([
    counts.mapped("code_lines"), len(reports),
    env["support.source"].search([]).mapped("upload_number"),
]))
"""

# As the scheduled action while it writes down what it has read
COUNTING = """
import time
from pathlib import Path
instance = env["support.instance"].search([])
instance.lock_for_update(allow_referencing=True)
Path({flag!r}).touch()
time.sleep(3)
instance.date_count_tried = "2026-09-01 01:00:00"
env.cr.commit()
"""

# As the scheduled action begins: it waits for whoever holds the instance
TAKING = """
env.cr.execute("SET LOCAL lock_timeout = '5s'")
for table in ("support_instance", "support_source"):
    env.cr.execute(f"SELECT id FROM {table} FOR UPDATE")
print("\\n1")
"""

TEXT = (
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


def last(output):
    return json.loads(output.strip().splitlines()[-1])


def post(address, source_id, token):
    return requests.post(
        f"{address}/support/count/{source_id}",
        data=TEXT.encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "text/plain"},
        timeout=60,
    )


def test_report_that_comes_during_a_count_waits_for_it(
    database, odoo_shell, odoo_server, tmp_path
):
    """A server sends once a night: nothing of ours may turn it away."""
    name = database("support_instance")
    source_id, token = last(odoo_shell(name, SETUP))
    flag = tmp_path / "locked"
    script = COUNTING.format(flag=str(flag))
    counting = threading.Thread(target=odoo_shell, args=(name, script))
    with odoo_server(name) as address:
        counting.start()
        until = time.monotonic() + 60
        while not flag.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert flag.exists()
        answer = post(address, source_id, token)
        counting.join()
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"lines": 120, "modules": 1, "new": True}
    assert last(odoo_shell(name, RESULT)) == [[120], 1, [1]]


def test_two_at_once_give_one_count(database, odoo_shell, odoo_server):
    name = database("support_instance")
    source_id, token = last(odoo_shell(name, SETUP))
    answers = []
    barrier = threading.Barrier(6)

    def send():
        barrier.wait()
        answers.append(post(address, source_id, token))

    with odoo_server(name) as address:
        threads = [threading.Thread(target=send) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [answer.status_code for answer in answers] == [200] * 6, [
        answer.text for answer in answers
    ]
    assert sorted(answer.json()["new"] for answer in answers) == [False] * 5 + [True]
    assert {answer.json()["lines"] for answer in answers} == {120}
    counts, reports, numbers = last(odoo_shell(name, RESULT))
    assert (counts, reports, numbers) == ([120], 1, [6])


def test_a_sender_that_stops_half_way_holds_nothing_up(
    database, odoo_shell, odoo_server
):
    """One dead source must not keep the counts of a night waiting."""
    name = database("support_instance")
    source_id, token = last(odoo_shell(name, SETUP))
    text = TEXT.encode()
    head = (
        f"POST /support/count/{source_id} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {token}\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
    ).encode()
    with odoo_server(name) as address:
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname, parts.port)) as sender:
            sender.settimeout(60)
            sender.sendall(head + text[:100])
            until = time.monotonic() + 30
            while last(odoo_shell(name, RESULT))[2] != [1]:
                assert time.monotonic() < until
            assert last(odoo_shell(name, TAKING)) == 1
            sender.sendall(text[100:])
            answer = b"".join(iter(lambda: sender.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    assert last(odoo_shell(name, RESULT)) == [[120], 1, [1]]

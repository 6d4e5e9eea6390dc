# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Decisions on a count and copies of its database, in processes of their own. R2."""

import json
import socket

import pytest

from tooling import databases, odoo

PREPARE = """
from datetime import date
from pathlib import Path
import subprocess

folder = Path({folder!r})
(folder / "acme").mkdir(parents=True)
(folder / "acme" / "__manifest__.py").write_text("{{'name': 'Acme'}}")
(folder / "acme" / "broken.py").write_text("def :")
who = ["-c", "user.name=Test", "-c", "user.email=test@example.com"]
git = ["git", "-C", str(folder), *who]
subprocess.run([*git, "init", "--quiet", "-b", "main"], check=True)
subprocess.run([*git, "add", "--all"], check=True)
subprocess.run([*git, "commit", "--quiet", "-m", "Code"], check=True)
terms = env["support.terms"].search([], limit=1)
if terms.state == "draft":
    terms.action_publish()
contract = env["support.contract"].create({{
    "partner_id": env["res.partner"].create({{"name": "Customer"}}).id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
}})
instance = env["support.instance"].create({{
    "name": "Production",
    "contract_id": contract.id,
    "source_ids": [(0, 0, {{"url": folder.as_uri(), "branch": "main"}})],
}})
upload = env["support.instance"].create({{
    "name": "Upload",
    "contract_id": contract.id,
    "source_ids": [(0, 0, {{"kind": "upload"}})],
}})
upload.source_ids.action_new_token()
instance.action_count()
assert instance.count_ids.state == "to_review", instance.count_ids.state
group = env.ref("support_contract.group_support_approver")
env["res.users"].create([
    {{"name": name, "login": name, "group_ids": [(4, group.id)]}}
    for name in ("first", "second")
])
env.cr.commit()
"""

DECIDE = """
from odoo.exceptions import UserError
from odoo.service.model import retrying

user = env["res.users"].search([("login", "=", {login!r})])
count = env["support.count"].search([]).with_user(user)
count.state
gate()
try:
    retrying(count.action_approve, env)
    env.cr.commit()
    print("DONE", flush=True)
except UserError as error:
    print("REFUSED", error, flush=True)
"""

# As another approver whose decision is not committed yet
DECIDING = """
import time
env["support.count"].search([]).lock_for_update()
gate()
time.sleep(8)
"""

# As the scheduled action while it writes down what it has read
COUNTING = """
import time
instance = env["support.instance"].search([("name", "=", "Production")])
instance.lock_for_update(allow_referencing=True)
gate()
time.sleep(8)
"""

COUNT_NOW = """
import time
from odoo.exceptions import UserError
instance = env["support.instance"].search([("name", "=", "Production")])
gate()
time.sleep(1)
try:
    instance.action_count()
except UserError as error:
    print("REFUSED", error, flush=True)
"""

# A person counts two instances; the second one's server does not answer.
COUNT_BOTH = """
first = env["support.instance"].search([("name", "=", "Production")])
second = first.create({{
    "name": "Silent", "contract_id": first.contract_id.id, "role": first.role,
    "source_ids": [(0, 0, {{"url": {url!r}, "branch": "main"}})],
}})
env.cr.commit()
gate()
print("SAID", (first | second).action_count()["params"]["message"], flush=True)
"""

# As the scheduled action when it begins to write down what it has read
TAKE = """
import time
gate()
time.sleep(5)
env.cr.execute("SET LOCAL lock_timeout = '3s'")
env.cr.execute("SELECT id FROM support_instance WHERE name = 'Production' FOR UPDATE")
print("TAKEN", flush=True)
"""

READ = """
import json
count = env["support.count"].search([])
events = env["support.event"].search(
    [("kind", "=", "count"), ("contract_id", "=", count.contract_id.id)]
)
print("RESULT", json.dumps([count.state, count.decided_by_id.login, len(events)]))
"""

LOOK = """
import json
ADD_ONS = ("support_contract", "support_instance")
Source = env["support.source"].with_context(active_test=False)
env.cr.execute("SELECT count(*) FROM support_source WHERE token_hash IS NOT NULL")
[tokens] = env.cr.fetchone()
crons = env["ir.cron"].search([("active", "=", True)]).get_external_id().values()
print("RESULT", json.dumps({
    "counted": Source.search_count([("active", "=", True)]),
    "kept": len(Source.search([("url", "!=", False)])),
    "tokens": tokens,
    "crons": [name for name in crons if name.split(".")[0] in ADD_ONS],
    "lines": env["support.count"].search_count([]),
}))
"""


def result(text):
    return json.loads(
        next(line for line in text.splitlines() if line.startswith("RESULT"))[7:]
    )


@pytest.fixture
def prepared(database, odoo_shell, tmp_path):
    name = database("support_instance")
    odoo_shell(name, PREPARE.format(folder=str(tmp_path / "code")))
    return name


def test_r02_two_approvers_at_once_decide_once(prepared, at_once, odoo_shell):
    outputs = at_once(
        prepared, [DECIDE.format(login=login) for login in ("first", "second")]
    )
    assert sum("DONE" in output for output in outputs) == 1, outputs
    assert sum("REFUSED" in output for output in outputs) == 1, outputs
    winner = ("first", "second")["DONE" in outputs[1]]
    assert result(odoo_shell(prepared, READ)) == ["approved", winner, 1]


def test_who_decides_on_what_another_decides_on_is_told_so(prepared, at_once):
    _deciding, said = at_once(prepared, [DECIDING, DECIDE.format(login="first")])
    assert "REFUSED Somebody else is at Customer / Production, " in said


def test_who_counts_what_is_being_counted_is_told_so(prepared, at_once):
    _counting, said = at_once(prepared, [COUNTING, COUNT_NOW])
    assert "REFUSED Customer / Production is being counted just now" in said


def test_nothing_is_locked_while_a_server_does_not_answer(prepared, at_once):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/a.git"
        said, taking = at_once(prepared, [COUNT_BOTH.format(url=url), TAKE])
    assert "TAKEN" in taking, taking
    assert "Customer / Silent: the code is large, or its server is slow" in said


def test_a_neutralized_copy_counts_nothing_and_keeps_the_evidence(
    prepared, pg, odoo_shell
):
    name = f"{prepared}_copy"
    databases.copy_database(pg, prepared, name)
    try:
        odoo.run_odoo(["neutralize", "-d", name], pg, check=True)
        assert result(odoo_shell(name, LOOK)) == {
            "counted": 0,
            "kept": 1,
            "tokens": 0,
            "crons": [],
            "lines": 1,
        }
        # The one it was copied from goes on.
        there = result(odoo_shell(prepared, LOOK))
        assert (there["counted"], there["tokens"]) == (2, 1)
        assert there["crons"]
    finally:
        databases.drop_database(pg, name)

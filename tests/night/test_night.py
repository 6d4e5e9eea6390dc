# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""300 instances counted in one night: killed half-way, by two processes at once, with
servers among them that hang, are dead or send rubbish."""

import json
import subprocess
import time

import psycopg2
import pytest
from git_server import serving
from repositories import Repository

from tooling import odoo

INSTANCES = 300
REPOSITORIES = 24
PER_CONTRACT = 20

PREPARE = """
from datetime import date
urls = {urls!r}
terms = env.ref("support_contract.terms_default")
if terms.state == "draft":
    terms.action_publish()
kind = env["support.service.type"].search([("code", "=", "maintenance")])
for first in range(0, len(urls), {per_contract}):
    contract = env["support.contract"].create({{
        "partner_id": env["res.partner"].create({{"name": f"Customer {{first}}"}}).id,
        "terms_id": terms.id,
        "date_signed": date(2026, 8, 20),
        "billed_through": date(2026, 8, 31),
        "service_ids": [(0, 0, {{"type_id": kind.id, "date_start": date(2026, 9, 1)}})],
        "instance_ids": [
            (0, 0, {{
                "name": f"I{{number}}",
                "source_ids": [(0, 0, {{"url": urls[number], "branch": "main"}})],
            }})
            for number in range(first, first + {per_contract})
        ],
    }})
    contract.action_activate()
env.cr.commit()
"""

RUN = """
import time
from freezegun import freeze_time
with freeze_time({now!r}, tick=True):
    # As the scheduler does: again while something is left.
    for _loop in range(10):
        env["support.instance"]._cron_count()
        domain = env["support.instance"]._get_stale_domain()
        if not env["support.instance"].search_count(domain):
            break
print("DONE", flush=True)
"""

READ = """
import json
instances = env["support.instance"].search([("contract_id", "!=", False)])
runs = env["support.count.run"].search([])
print("RESULT", json.dumps({
    "lines": {i.name: i.code_lines for i in instances},
    "counts": {i.name: len(i.count_ids) for i in instances},
    "errors": {i.name: i.count_error for i in instances if i.count_error},
    "runs": [
        [r.state, r.instance_count, r.counted_count, r.failed_count] for r in runs
    ],
    "stale": env["support.instance"].search_count(
        env["support.instance"]._get_stale_domain()
    ),
}))
"""


def start(odoo_env, name, folder, now):
    process = subprocess.Popen(
        odoo.command(
            *("shell", "-d", name, "--no-http", "--log-level=info"),
            f"--data-dir={folder}",
        ),
        env=odoo_env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    process.stdin.write(RUN.format(now=now))
    process.stdin.close()
    return process


def finish(process):
    text = process.stdout.read()
    process.wait(timeout=300)
    assert "DONE" in text and "Traceback" not in text, text
    return text


def progress(pg, name):
    """What people see of the run meanwhile."""
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user"}
    server = {names[key]: value for key, value in pg.items() if key in names}
    connection = psycopg2.connect(dbname=name, **server)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT instance_count, counted_count, failed_count "
                "FROM support_count_run ORDER BY id DESC LIMIT 1"
            )
            return cursor.fetchone() or (0, 0, 0)
    finally:
        connection.close()


@pytest.fixture
def servers(tmp_path):
    root = tmp_path / "srv"
    for number in range(REPOSITORIES):
        repository = Repository(root / f"p{number}")
        repository.module("acme", a_py="a = 1\n" * (number + 1))
        repository.commit()
    with (
        serving(root) as good,
        serving(root, mode="hang") as hanging,
        serving(root, mode="rubbish") as rubbish,
    ):
        yield good, hanging, rubbish


def test_three_hundred_instances_in_one_night(
    database, odoo_shell, odoo_env, pg, servers, tmp_path
):
    good, hanging, rubbish = servers
    urls = [f"{good.url}/p{n % REPOSITORIES}/.git" for n in range(INSTANCES)]
    bad = {
        10: f"{hanging.url}/p0/.git",
        110: f"{hanging.url}/p0/.git",
        20: f"{rubbish.url}/p0/.git",
        30: "http://127.0.0.1:1/p0/.git",
    }
    for number, url in bad.items():
        urls[number] = url
    name = database("support_instance")
    folder = f"--data-dir={tmp_path / 'data'}"
    odoo_shell(name, PREPARE.format(urls=urls, per_contract=PER_CONTRACT), folder)

    def read():
        code = f"from freezegun import freeze_time\nwith freeze_time({now!r}):\n"
        code += "".join(f"    {line}\n" for line in READ.strip().splitlines())
        lines = odoo_shell(name, code, folder).splitlines()
        return json.loads(next(ln for ln in lines if ln.startswith("RESULT"))[7:])

    # One process, killed half-way; people see how far it is.
    now = "2026-10-05 01:00:00"
    process = start(odoo_env, name, tmp_path / "data", now)
    patience = time.monotonic() + 120
    while progress(pg, name)[1] < 20:
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < patience
        time.sleep(0.05)
    process.kill()
    process.wait()
    process.stdout.close()
    total, counted, _failed = progress(pg, name)
    assert total == INSTANCES and 20 <= counted < INSTANCES
    half = read()
    assert half["runs"] == [["running", INSTANCES, counted, half["runs"][0][3]]]
    assert sum(half["counts"].values()) >= counted

    # Two processes at once go on with the rest.
    asked = len(good.seen)
    both = [start(odoo_env, name, tmp_path / "data", now) for _number in range(2)]
    for process in both:
        finish(process)
    result = read()
    failed = {f"I{number}" for number in bad}
    assert result["errors"].keys() == failed
    assert result["lines"] == {
        f"I{n}": 0 if n in bad else n % REPOSITORIES + 1 for n in range(INSTANCES)
    }
    # Never two counts of one instance, whoever was at it.
    assert result["counts"] == {f"I{n}": 0 if n in bad else 1 for n in range(INSTANCES)}
    assert result["runs"] == [["done", INSTANCES, INSTANCES - len(bad), len(bad)]]
    assert result["stale"] == 0
    # Each process looks at each repository once, however many instances have it.
    heads = [path for path, _login in good.seen[asked:] if "info/refs" in path]
    assert len(heads) <= 2 * 2 * REPOSITORIES

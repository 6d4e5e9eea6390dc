# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What bin/test relies on: reading Odoo's log, and copies of databases."""

import os
import urllib.request

import pytest

from tooling import databases, linting, manifests, odoo_log, postgres
from tooling.console import Failure

LOG = """\
@ INFO t odoo.addons.x.tests.test_x: Starting A.test_good ... $
@ INFO t odoo.addons.x.tests.test_x: Starting A.test_fail ... $
@ ERROR t odoo.addons.x.tests.test_x: FAIL: A.test_fail
Traceback (most recent call last):
AssertionError: 1 != 2
@ INFO t odoo.addons.x.tests.test_x: Starting A.test_skip ... $
@ INFO t odoo.addons.x.tests.test_x: skipped A.test_skip : why $
@ INFO t odoo.addons.x.tests.test_x: Starting A.test_loud ... $
@ WARNING t odoo.addons.x: unexpected
second line
@ ERROR t odoo.tests.suite: ERROR: setUpClass (odoo.addons.x.B)
ValueError: class
@ ERROR t odoo.modules.loading: Module x: 1 failures, 1 errors of 4
@ ERROR t odoo.tests.result: 1 failed, 1 error(s) of 4 tests when loading database 't' $
""".replace("@", "2026-11-23 20:28:41,101 7").replace("$", "")


def test_log_tells_every_test_and_every_warning():
    tests = odoo_log.tests(LOG)
    where = "x.tests.test_x:A.test_"
    assert tests.started == [f"{where}{name}" for name in "good fail skip loud".split()]
    assert list(tests.failed) == [
        f"{where}fail",
        "odoo.tests.suite:setUpClass (odoo.addons.x.B)",
    ]
    assert "1 != 2" in tests.failed[f"{where}fail"]
    assert tests.skipped == {f"{where}skip": "why"}
    assert [str(entry) for entry in tests.complaints] == [
        "WARNING odoo.addons.x: unexpected\nsecond line"
    ]
    assert tests.announced == 4


def test_moved_clock_counts_for_no_time_of_installing():
    log = LOG.replace("2026-11-23 20:28:41,101", "2026-11-23 20:28:01,101", 1)
    install, rest = log.split("\n", 1)
    install = install.replace("Starting A.test_good ...", "loading").strip()
    moved = install.replace("2026-11-23 20:28:01", "2027-02-01 03:00:00")
    later = install.replace("20:28:01", "20:28:31")
    text = "\n".join([install, later, moved, rest])
    assert odoo_log.tests(text, seconds=60).seconds_before == 40


def test_dependencies_that_are_not_ours():
    assert manifests.outside("support_contract") == sorted(
        manifests.own()["support_contract"]["depends"]
    )
    billing = manifests.outside("support_contract_billing")
    assert "account" in billing
    assert not set(billing) & set(manifests.own())


@pytest.fixture
def two_copies(pg):
    template = databases.prepared_database(pg, manifests.outside("support_contract"))
    names = [f"test_{os.getpid()}_copy{number}" for number in range(2)]
    for name in names:
        databases.copy_database(pg, template, name, "http://127.0.0.1:1")
    yield names
    for name in names:
        databases.drop_database(pg, name)
        assert not databases.exists(pg, name)
        assert not databases.filestore(name).exists()


def test_copies_have_an_identity_and_files_of_their_own(pg, two_copies):
    query = "SELECT value FROM ir_config_parameter WHERE key = '{}'"

    def values(key):
        return [databases.sql(pg, query.format(key), name)[0][0] for name in two_copies]

    assert len(set(values("database.uuid"))) == 2
    assert len(set(values("database.secret"))) == 2
    assert set(values("web.base.url")) == {"http://127.0.0.1:1"}
    listed = [
        sorted(path.name for path in databases.filestore(name).rglob("*"))
        for name in two_copies
    ]
    assert listed[0] == listed[1] != []


def test_code_and_warnings_in_odoo_shell(database, odoo_shell):
    name = database("support_contract")
    code = "print(env['ir.module.module'].search([('name', '=', 'portal')]).state)"
    assert odoo_shell(name, code) == "installed\n"
    with pytest.raises(Failure, match="on purpose"):
        odoo_shell(name, "import logging; logging.warning('on purpose')")
    with pytest.raises(Failure, match="ZeroDivisionError"):
        odoo_shell(name, "1 / 0")


def test_server_answers(database, odoo_server):
    name = database("support_contract")
    with odoo_server(name) as address:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        assert b"oe_login_form" in opener.open(f"{address}/web/login").read()


def test_server_stays_while_somebody_uses_it(pg):
    with postgres.running():
        pass
    assert postgres.answers()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("see registry.npm" + "js.org/prettier", True),
        ("deb https://deb." + "debian.org/debian sid main", True),
        ("pip installs it from PyPI", False),
    ],
)
def test_lint_finds_registries(line, found):
    assert bool(linting.REGISTRIES.search(line)) == found

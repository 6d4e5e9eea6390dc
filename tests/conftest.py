# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Fixtures for tests that need a database and Odoo in processes of its own.

    def test_something(database, odoo_shell):
        name = database("support_contract_billing")
        assert odoo_shell(name, "print(env.company.name)").strip()

Run by `bin/test tests/...`, or by pytest of the environment directly.
"""

import fcntl
import functools
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from forked_shell import GATE, ForkedShells  # noqa: E402

from tooling import databases, odoo, postgres  # noqa: E402


def pytest_configure(config):
    config.addinivalue_line("markers", "long: only by `bin/test --long`, or by name")


@pytest.fixture(scope="session")
def pg():
    """The PostgreSQL server's environment (PGHOST, ...); runs during the tests."""
    with postgres.running() as environment:
        yield environment


@pytest.fixture(scope="session")
def odoo_env(pg):
    """The environment for processes of Odoo or of the environment's Python."""
    return odoo.environment(pg)


@pytest.fixture(scope="session")
def shells(pg):
    """Processes that have loaded Odoo, for `forked_shell` and `forked_at_once`."""
    shells = ForkedShells(pg)
    yield shells
    shells.close()


@pytest.fixture
def database(pg, shells):
    """Make databases with these add-ons installed; they are dropped after the test.

    Installed once for the add-ons as they are in the folder; each call makes a copy.
    """
    made = []

    def make(*addons, languages=(), base_url=None, start_billing=True):
        name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
        made.append(name)
        template = databases.installed_database(pg, addons, languages)
        databases.copy_database(pg, template, name, base_url)
        if start_billing and databases.has_billing(pg, name):
            databases.start_billing(pg, name)
        shells.origins[name] = template
        return name

    yield make
    if not os.environ.get("SUPPORT_TEST_KEEP"):
        for name in made:
            databases.drop_database(pg, name)


@pytest.fixture(scope="session")
def odoo_shell(pg):
    """`odoo_shell(database, code)`: run code in `odoo shell`, return what it prints.

    A warning in Odoo's log or an exception fails the test.
    """

    def run(name, code, *arguments):
        return odoo.shell(pg, name, code, *arguments)

    return run


@pytest.fixture(scope="session")
def run_odoo(pg):
    """`run_odoo(argument, ...)`: run Odoo to its end, return what it printed.

    A failure fails the test, and so does a warning in its log, unless ``may_complain``.
    """

    def run(*arguments, may_complain=False):
        result = odoo.run_odoo(
            arguments,
            pg,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert not result.returncode, result.stdout
        if not may_complain:
            odoo.refuse_complaints(result.stdout)
        return result.stdout

    return run


@pytest.fixture
def odoo_server(pg):
    """`with odoo_server(database) as address:` serves the database meanwhile."""

    def serve(name, **options):
        return odoo.serving(pg, name, **options)

    return serve


@pytest.fixture
def at_once(odoo_env, tmp_path):
    """`at_once(database, scripts)`: run each script in an `odoo shell` of its own.

    A script does what it likes and calls `gate()` once, where it waits until all of
    them have come so far; then they go on at the same moment. What it has read without
    a commit it goes on seeing as it was. Returns what each wrote, its log included, in
    the order of the scripts.
    """
    return functools.partial(_run_at_once, odoo_env, tmp_path)


def _run_at_once(odoo_env, folder, name, scripts, arguments=(), patience=300):
    gate = folder / f"gate-{os.urandom(4).hex()}"
    gate.touch()
    processes = []
    try:
        with open(gate) as held, ThreadPoolExecutor(len(scripts)) as pool:
            fcntl.flock(held, fcntl.LOCK_EX)
            for script in scripts:
                processes.append(_start_shell(odoo_env, name, arguments))
                processes[-1].stdin.write(GATE.format(path=str(gate)) + script)
                processes[-1].stdin.close()
            beginnings = list(pool.map(_read_until_ready, processes))
            fcntl.flock(held, fcntl.LOCK_UN)
            rest = list(pool.map(lambda process: process.stdout.read(), processes))
        for process in processes:
            process.wait(patience)
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
            process.stdout.close()
    outputs = ["".join(both) for both in zip(beginnings, rest, strict=True)]
    for output in outputs:
        assert "READY" in output, f"a process ended before the gate:\n{output}"
    return outputs


def _start_shell(odoo_env, name, arguments):
    return subprocess.Popen(
        odoo.command("shell", "-d", name, "--no-http", "--log-level=info", *arguments),
        env=odoo_env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
    )


def _read_until_ready(process):
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "READY" in line:
            break
    return "".join(lines)

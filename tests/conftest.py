# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Fixtures for tests that need a database and Odoo in processes of its own.

    def test_something(database, odoo_shell):
        name = database("support_contract_billing")
        assert odoo_shell(name, "print(env.company.name)").strip()

Run by `bin/test tests/...`, or by pytest of the environment directly.
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tooling import databases, odoo, postgres  # noqa: E402


@pytest.fixture(scope="session")
def pg():
    """The PostgreSQL server's environment (PGHOST, ...); runs during the tests."""
    with postgres.running() as environment:
        yield environment


@pytest.fixture(scope="session")
def odoo_env(pg):
    """The environment for processes of Odoo or of the environment's Python."""
    return odoo.environment(pg)


@pytest.fixture
def database(pg):
    """Make databases with these add-ons installed; they are dropped after the test.

    Installed once for the add-ons as they are in the folder; each call makes a copy.
    """
    made = []

    def make(*addons, languages=(), base_url=None):
        name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
        made.append(name)
        template = databases.installed_database(pg, addons, languages)
        databases.copy_database(pg, template, name, base_url)
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


@pytest.fixture
def odoo_server(pg):
    """`with odoo_server(database) as address:` serves the database meanwhile."""

    def serve(name, **options):
        return odoo.serving(pg, name, **options)

    return serve

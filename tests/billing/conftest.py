# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Databases with many contracts, made once and copied for each test."""

import os

import pytest
from reports import CODE, read_reports

from tooling import databases


@pytest.fixture(scope="session")
def odoo_shell(shells):
    """As in tests/conftest.py, without loading Odoo each time."""
    return shells.run


@pytest.fixture
def at_once(shells):
    """As in tests/conftest.py, without loading Odoo each time."""
    return shells.run_at_once


@pytest.fixture(scope="session")
def contracts_template(pg, shells, odoo_shell):
    """`contracts_template(n)`: a database with n contracts, to be copied."""
    made = {}

    def make(number):
        if number not in made:
            addons = ("support_contract_billing", "l10n_se")
            name = f"test_{os.getpid()}_contracts_{number}"
            made[number] = name
            installed = databases.installed_database(pg, addons)
            databases.copy_database(pg, installed, name)
            databases.start_billing(pg, name)
            shells.origins[name] = installed
            odoo_shell(name, f"{CODE}\nprepare({number})\n")
        return made[number]

    yield make
    for name in made.values():
        databases.drop_database(pg, name)


@pytest.fixture
def contracts_database(pg, shells, contracts_template):
    """`contracts_database(n)`: a database of the test's own with n contracts."""
    made = []

    def make(number):
        name = f"test_{os.getpid()}_{os.urandom(4).hex()}"
        made.append(name)
        template = contracts_template(number)
        databases.copy_database(pg, template, name)
        shells.origins[name] = shells.origins[template]
        return name

    yield make
    if not os.environ.get("SUPPORT_TEST_KEEP"):
        for name in made:
            databases.drop_database(pg, name)


@pytest.fixture
def faults(contracts_database, odoo_shell):
    """`faults(n, "call()")`: do it in a process that has loaded `faults.py`, on a
    database with n contracts; returns the reports that it prints.
    """

    def run(number, call):
        name = contracts_database(number)
        return read_reports(odoo_shell(name, f"{CODE}\n{call}\n"))

    return run


@pytest.fixture(scope="session")
def check_report():
    """One posted invoice for each contract and month, no gap, nothing left over."""

    def check(report, contracts, **more):
        months = report["months"]
        invoices = contracts * months
        expected = {
            "months": months,
            "contracts": contracts,
            "charges": 2 * invoices,
            "invoices": [[1, invoices]],
            "moves": [["posted", invoices]],
            "without_line": 0,
            "without_charge": 0,
            "gaps": 0,
            "errors": [],
            "open_runs": 0,
            "switched_off": 0,
        }
        assert report == {**expected, **more}

    return check

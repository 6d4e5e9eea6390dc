# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Billing runs that are killed, meet each other, or lose their disk or their clock.

Real processes on a real PostgreSQL. Whatever happens: one invoice for each contract and
month, no gap, no charge without its line and no line without its charge.
"""

import json
from pathlib import Path

import pytest

CODE = Path(__file__).with_name("faults.py")
CONTRACTS = 200


@pytest.fixture
def faults(database, odoo_shell):
    """`faults("call()")`: do it on a database with 200 contracts; returns reports."""
    name = database("support_contract_billing", "l10n_se")
    code = CODE.read_text(encoding="utf-8")
    odoo_shell(name, f"{code}\nprepare({CONTRACTS})\n")

    def run(call):
        lines = odoo_shell(name, f"{code}\n{call}\n").splitlines()
        return [json.loads(line[7:]) for line in lines if line.startswith("RESULT ")]

    return run


def check(report):
    months = report["months"]
    invoices = CONTRACTS * months
    assert report == {
        "months": months,
        "contracts": CONTRACTS,
        "charges": 2 * invoices,
        "invoices": [[1, invoices]],
        "moves": [["posted", invoices]],
        "without_line": 0,
        "without_charge": 0,
        "gaps": 0,
        "errors": [],
        "open_runs": 0,
    }


def test_killed_at_25_random_moments(faults):
    (report,) = faults("killed(25, seed=4711, longest=6.0)")
    check(report)


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_and_a_person_at_once(faults, processes):
    (report,) = faults(f"at_once({processes})")
    check(report)


def test_clock_a_month_ahead_and_back(faults):
    (report,) = faults("clock_jumps()")
    check(report)


def test_files_cannot_be_written(faults):
    """As on a full disk: invoices are posted, what the data folder should remember is
    noted in the log, and the next month goes on."""
    for report in faults("disk_full()"):
        check(report)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Billing runs that are killed, meet each other, or lose their disk or their clock.

Real processes on a real PostgreSQL. Whatever happens: one invoice for each contract and
month, no gap, no charge without its line and no line without its charge.
"""

import pytest

# So many that kills at random moments are in the middle of the work.
CONTRACTS = 100
# Enough for more than one batch, where nothing depends on how many there are.
FEW = 60


def test_killed_at_25_random_moments(faults, check_report):
    (report,) = faults(CONTRACTS, "killed(25, seed=4711)")
    # The moments are not all before or after the work.
    half_way = report["half_way"]
    assert half_way >= 8
    check_report(report, CONTRACTS, half_way=half_way)


@pytest.mark.parametrize("processes", [2, 4])
def test_processes_and_a_person_at_once(faults, check_report, processes):
    (report,) = faults(FEW, f"at_once({processes})")
    check_report(report, FEW)


def test_clock_a_month_ahead_and_back(faults, check_report):
    (report,) = faults(FEW, "clock_jumps()")
    check_report(report, FEW)


def test_files_cannot_be_written(faults, check_report):
    """As on a full disk: invoices are posted, what the data folder should remember is
    noted in the log, and the next month goes on."""
    for report in faults(FEW, "disk_full()"):
        check_report(report, FEW)

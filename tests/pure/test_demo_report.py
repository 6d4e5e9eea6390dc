# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The table of bin/demo."""

import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tooling import demo_report  # noqa: E402


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        ((2026, 9, 1), (2026, 9, 30), "Sep 2026"),
        ((2024, 2, 1), (2024, 2, 29), "Feb 2024"),
        ((2026, 9, 12), (2026, 9, 30), "12–30 Sep 2026"),
        ((2026, 9, 1), (2026, 10, 31), "Sep 2026 – Oct 2026"),
        ((2026, 9, 12), (2026, 10, 31), "12 Sep 2026 – 31 Oct 2026"),
    ],
)
def test_months(start, end, text):
    assert demo_report.months(date(*start), date(*end)) == text


def invoice(**values):
    return {
        "customer": "Björkdal Snickeri AB",
        "instances": ["Produktion"],
        "lines": 12345,
        "period": ["2026-09-01", "2026-09-30"],
        "number": "INV/2026/00001",
        "reference": "12658",
        "net": 22320.0,
        "vat": 5580.0,
        "total": 27900.0,
        **values,
    }


def test_table_is_aligned_and_adds_up():
    lines = demo_report.table([invoice(), invoice(lines=None, net=0.5)])
    assert lines[0].endswith("Total")
    assert lines[2].split()[-3:] == ["22,320.00", "5,580.00", "27,900.00"]
    assert lines[-1].split() == ["Total", "22,320.50", "11,160.00", "55,800.00"]
    assert len({len(line) for line in lines}) == 1


def test_table_fits_whatever_the_names():
    long = invoice(customer="A" * 90, instances=["B" * 40, "C" * 40])
    lines = demo_report.table([long])
    assert max(map(len, lines)) <= demo_report.WIDTH
    assert "…" in lines[2]

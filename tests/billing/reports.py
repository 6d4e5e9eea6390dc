# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What runs inside Odoo, and how its results come back."""

import json
from pathlib import Path

CODE = Path(__file__).with_name("faults.py").read_text(encoding="utf-8")


def read_reports(text):
    """What was printed as `RESULT` and JSON, line by line."""
    lines = text.splitlines()
    return [json.loads(line[7:]) for line in lines if line.startswith("RESULT ")]


def read_report(text):
    """The only one."""
    (result,) = read_reports(text)
    return result

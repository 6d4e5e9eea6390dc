# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Where things are. Everything the commands make lies below BUILD."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ADDONS = ROOT / "addons"
TESTS = ROOT / "tests"
CONFIG = ROOT / "odoo.conf"
REQUIREMENTS = ROOT / "requirements.txt"

BUILD = ROOT / ".build"
STAMPS = BUILD / "stamps"
LOGS = BUILD / "logs"
DATA = BUILD / "data"
ODOO_TREE = BUILD / "odoo"
VENV = BUILD / "venv"
VENV_BIN = VENV / "bin"
PYTHON = VENV_BIN / "python"
NODE = BUILD / "node"
APT = BUILD / "apt"
POSTGRES = BUILD / "pg"

# Downloads can be shared between checkouts: SUPPORT_CACHE=/some/folder
CACHE = Path(os.environ.get("SUPPORT_CACHE") or BUILD / "cache").resolve()


def relative(path):
    """The path as a person in the project folder would write it."""
    try:
        return str(Path(path).relative_to(ROOT))
    except ValueError:
        return str(path)

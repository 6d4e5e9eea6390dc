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
REQUIREMENTS_OF_TOOLS = ROOT / "requirements-tools.txt"

BUILD = ROOT / ".build"
LOGS = BUILD / "logs"


def _shared(name):
    """A folder of .build: its own place if it is a link to another checkout's.

    Several worktrees can so use one environment and one server, and agree on its name.
    """
    return (BUILD / name).resolve()


STAMPS = _shared("stamps")
DATA = _shared("data")
ODOO_TREE = _shared("odoo")
VENV = _shared("venv")
VENV_BIN = VENV / "bin"
PYTHON = VENV_BIN / "python"
TOOLS = VENV.with_name("tools")
NODE = _shared("node")
APT = _shared("apt")
POSTGRES = _shared("pg")

# Downloads can be shared between checkouts: SUPPORT_CACHE=/some/folder
CACHE = Path(os.environ.get("SUPPORT_CACHE") or BUILD / "cache").resolve()


def relative(path):
    """The path as a person in the project folder would write it."""
    try:
        return str(Path(path).relative_to(ROOT))
    except ValueError:
        return str(path)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which Odoo is used: Debian's, unpacked by setup, or the one in ODOO_HOME."""

import os
import re
from pathlib import Path

from . import paths
from .console import Failure

SERIES = "19.0"


def is_own():
    """The person runs an Odoo of their own."""
    return bool(os.environ.get("ODOO_HOME"))


def folder():
    """The folder to put on Python's path: the one that contains `odoo`."""
    if not is_own():
        return paths.ODOO_TREE / "usr/lib/python3/dist-packages"
    home = Path(os.environ["ODOO_HOME"]).expanduser().resolve()
    candidates = [
        home,
        home.parent,
        home / "usr/lib/python3/dist-packages",
        *home.glob("lib/python3*/site-packages"),
    ]
    for candidate in candidates:
        if (candidate / "odoo/release.py").is_file():
            return candidate
    raise Failure(
        f"ODOO_HOME={home} does not contain Odoo",
        "Name the folder that contains the package `odoo` (odoo/release.py),"
        " for example a checkout of Odoo's source.",
    )


def check_series():
    release = folder() / "odoo/release.py"
    match = re.search(r"^version_info = \((\d+), *(\d+)", release.read_text(), re.M)
    series = ".".join(match.groups()) if match else "unknown"
    if series != SERIES:
        raise Failure(
            f"{release.parent.parent} has Odoo {series}; these add-ons need {SERIES}"
        )


def version():
    """What tells one Odoo from another: prepared databases depend on it."""
    path = folder() / "odoo/release.py"
    stat = path.stat()
    return f"{path.parent.parent} {stat.st_mtime_ns} {stat.st_size}"

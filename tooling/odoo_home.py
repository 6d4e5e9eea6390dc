# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which Odoo is used: the one in ODOO_HOME, or the one that setup has fetched.

Setup fetches Debian's package or clones Odoo's Git repository (odoo_tree.py). The two
are laid out differently: the package has everything below `odoo`, a clone has most
add-ons in a folder `addons` beside it.
"""

import os
import re
import subprocess
from pathlib import Path

from . import paths
from .console import Failure

SERIES = "19.0"
DEBIAN = "usr/lib/python3/dist-packages"


def is_own():
    """The person runs an Odoo of their own."""
    return bool(os.environ.get("ODOO_HOME"))


def is_debian():
    """Setup has unpacked Debian's package."""
    return not is_own() and (paths.ODOO_TREE / DEBIAN).is_dir()


def folder():
    """The folder to put on Python's path: the one that contains `odoo`."""
    if not is_own():
        cloned = (paths.ODOO_TREE / "odoo/release.py").is_file()
        return paths.ODOO_TREE if cloned else paths.ODOO_TREE / DEBIAN
    home = Path(os.environ["ODOO_HOME"]).expanduser().resolve()
    candidates = [
        home,
        home.parent,
        home / DEBIAN,
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


def addons():
    """The folders that Odoo's own add-ons lie in."""
    places = (folder() / "odoo/addons", folder() / "addons")
    return [place for place in places if place.is_dir()]


def series(place):
    """The series of the Odoo in a folder, such as "19.0"."""
    text = (place / "odoo/release.py").read_text(encoding="utf-8")
    match = re.search(r"^version_info = \((\d+), *(\d+)", text, re.M)
    return ".".join(match.groups()) if match else "unknown"


def check_series():
    place = folder()
    if (found := series(place)) != SERIES:
        raise Failure(
            f"{place} has Odoo {found}; these add-ons need {SERIES}",
            f"Check out the branch {SERIES} there, or unset ODOO_HOME and run"
            " bin/setup: it fetches one.",
        )


def version():
    """What tells one Odoo from another: prepared databases depend on it.

    Of a clone it is the commit, so that they are made anew after a pull. A package's
    files keep the time of its making.
    """
    place = folder()
    if (place / ".git").exists():
        return f"commit {_commit(place)}"
    stat = (place / "odoo/release.py").stat()
    return f"{place} {stat.st_mtime_ns} {stat.st_size}"


def _commit(place):
    command = ["git", "-c", "safe.directory=*", "-C", place, "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise Failure(
            f"{place} is a clone, and git is missing", "Install git."
        ) from error
    if done.returncode:
        raise Failure(
            f"The clone {place} does not tell its commit: {done.stderr.strip()}",
            "Run `bin/setup --again odoo` to clone it anew, or repair it if it is"
            " yours.",
        )
    return done.stdout.strip()

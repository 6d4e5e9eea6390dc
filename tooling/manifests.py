# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the add-ons' manifests say about who depends on whom."""

import ast
from pathlib import Path

from . import odoo_home, paths
from .console import Failure


def read(folder):
    path = Path(folder) / "__manifest__.py"
    try:
        return ast.literal_eval(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, ValueError) as error:
        raise Failure(f"{paths.relative(path)} cannot be read: {error}") from error


def own():
    """{name: manifest} of our installable add-ons."""
    folders = sorted(path.parent for path in paths.ADDONS.glob("*/__manifest__.py"))
    manifests = {folder.name: read(folder) for folder in folders}
    return {
        name: manifest
        for name, manifest in manifests.items()
        if manifest.get("installable", True)
    }


def folders():
    """Where add-ons lie: ours, OCA's from PyPI, and Odoo's."""
    packages = paths.VENV.glob("lib/python3*/site-packages/odoo/addons")
    return [paths.ADDONS, *packages, *odoo_home.addons()]


def folder_of(name):
    """Where the add-on of that name lies."""
    for place in folders():
        if (place / name / "__manifest__.py").is_file():
            return place / name
    raise Failure(
        f"The add-on {name} is nowhere",
        "If it is an OCA add-on, name its package in requirements.txt.",
    )


def counter():
    """The add-on of ours that has the counter, the package `cloc`."""
    return next(paths.ADDONS.glob("*/cloc/__init__.py")).parents[1]


def outside(*names):
    """The add-ons that these need and that are not ours, as a sorted list.

    Only the ones that our manifests name: Odoo finds what those need in their turn.
    """
    ours, seen, todo = own(), set(), list(names)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += ours.get(name, {}).get("depends", [])
    return sorted(seen - set(ours))


def closure(names):
    """The add-ons and everything they depend on."""
    seen, todo = set(), ["base", *names]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += read(folder_of(name)).get("depends", [])
    return seen

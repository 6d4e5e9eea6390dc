# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Import plain-Python files of the add-ons without Odoo.

Inside Odoo these files are ``odoo.addons.<add-on>.<file>``, and they import each other
by that name. Importing the name the usual way would run the add-on's ``__init__`` and
with it all its models. So for the time of the import each add-on is represented by a
bare package: it has the add-on's folder as its path and no ``__init__``. The files are
the real ones, under their real names. Afterwards ``sys.modules`` is as it was, so tests
in the same process can still import the real add-ons.
"""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

ADDONS = Path(__file__).resolve().parents[2] / "addons"
PREFIX = "odoo.addons."


def _bare_package(folder):
    spec = ModuleSpec(PREFIX + folder.name, loader=None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return module_from_spec(spec)


# What has been loaded so far, so that two files see the same classes of a third.
_loaded = {
    PREFIX + folder.name: _bare_package(folder)
    for folder in ADDONS.iterdir()
    if folder.is_dir()
}
_OURS = frozenset(_loaded)


def _take_ours():
    names = [name for name in sys.modules if ".".join(name.split(".")[:3]) in _OURS]
    return {name: sys.modules.pop(name) for name in names}


def load(name):
    """The module ``<add-on>.<file>``, for example ``support_contract.periods``."""
    real = _take_ours()
    sys.modules.update(_loaded)
    try:
        return import_module(PREFIX + name)
    finally:
        _loaded.update(_take_ours())
        sys.modules.update(real)

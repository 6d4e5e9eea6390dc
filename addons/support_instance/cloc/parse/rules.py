# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Find the Odoo whose counter counts: the one that is running, or importable."""

import functools
import importlib.util
import os
import sys

from ..errors import CounterUnavailable
from .odoo_rules import OdooRules


@functools.cache
def rules() -> OdooRules:
    """The rules of the running Odoo; read once per process."""
    found = OdooRules(odoo_path())
    found.check()
    return found


def ruleset() -> str:
    """What a line count depends on besides the files, e.g.
    ``odoo=19.0 cloc=1:0a1b2c3d counter=1 python=3.11``."""
    return rules().ruleset


def odoo_path() -> str:
    # Odoo 19 is a namespace package: add-ons installed by pip share the name, so
    # look for the folder that has the counter. Finding it imports nothing.
    if "odoo" in sys.modules:
        candidates = list(sys.modules["odoo"].__path__)
    else:
        spec = importlib.util.find_spec("odoo")
        candidates = list(spec.submodule_search_locations or ()) if spec else []
    for folder in candidates:
        if os.path.isfile(os.path.join(folder, "tools", "cloc.py")):
            return folder
    raise CounterUnavailable(
        "Odoo is not importable here, and lines are counted by Odoo's own counter. "
        "Run this with the Python of your Odoo."
    )

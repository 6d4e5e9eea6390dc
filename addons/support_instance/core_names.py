# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import functools
from pathlib import Path

from odoo.modules.module import Manifest

from .cloc.parse.rules import rules

_NAMES = Path(__file__).parent / "data" / "odoo_module_names.txt"


@functools.cache
def core_names():
    """Technical names of Odoo's own modules: those beside `base` and `web`, those that
    cloc looks for, and a list of the others.

    Not by author: what a manifest says of itself proves nothing.
    """
    folders = {
        Path(Manifest.for_addon(name, display_warning=False).path).parent
        for name in ("base", "web")
    }
    here = {
        path.parent.name
        for folder in folders
        for path in folder.glob("*/__manifest__.py")
    }
    lines = _NAMES.read_text(encoding="utf-8").splitlines()
    listed = {line for line in lines if line and not line.startswith("#")}
    return frozenset(here | listed | {*rules().module.STANDARD_MODULES})

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Odoo's own counter, without the rest of Odoo.

``import odoo.tools.cloc`` pulls in the ORM, which takes longer than counting a whole
add-on, and would put it into every worker process. The functions that count need
nothing but the standard library. So the module's own source is executed *unchanged
except for its imports of other Odoo modules*; what needed those (counting a database)
raises NameError, what counts text is Odoo's code to the letter. Should a later Odoo
use a helper while counting, the self-check below fails loudly.

This file is imported by the package and by the bare worker: standard library only.
"""

import ast
import hashlib
import os
import sys
from types import ModuleType

# To be raised when our own rules change: which files count, links, limits.
COUNTER_VERSION = 1

_SAMPLES = {
    ".py": ('"""Doc\nstring."""\na = 1; b = 2\n# c\nx = (\n    1,\n)\n', (4, 7)),
    ".js": ("// c\nlet a = '// no';\n/* c\nc */\nlet b;\n", (2, 5)),
    ".xml": ("<odoo>\n<!-- c\nc -->\n<a/>\n</odoo>\n", (3, 5)),
    ".css": ("/* c */\na {\n}\n", (2, 3)),
    ".scss": ("// c\na {\n}\n", (2, 3)),
}


class OdooRules:
    """The counter of one Odoo tree, and the name under which its results are kept."""

    def __init__(self, odoo_path):
        cloc_path = os.path.join(odoo_path, "tools", "cloc.py")
        # Odoo limits the size of what literal_eval reads; a manifest beyond it
        # counts as unreadable.
        patch_path = os.path.join(odoo_path, "_monkeypatches", "ast.py")
        sources = [_read(cloc_path)]
        self.module = _load("odoo_cloc", cloc_path, sources[0])
        self.literal_eval = ast.literal_eval
        if os.path.isfile(patch_path):
            sources.append(_read(patch_path))
            patch = _load("odoo_ast_patch", patch_path, sources[1])
            self.literal_eval = patch.literal_eval
        release_path = os.path.join(odoo_path, "release.py")
        release = _load("odoo_release", release_path, _read(release_path))
        self.odoo_path = odoo_path
        self.extensions = frozenset(self.module.VALID_EXTENSION)
        self.max_file_size = self.module.MAX_FILE_SIZE
        self.default_exclude = tuple(self.module.DEFAULT_EXCLUDE)
        self.ruleset = "odoo={} cloc={}:{} counter={} python={}.{}".format(
            release.series,
            self.module.VERSION,
            # The version number alone would hide a correction of the counter.
            hashlib.sha256(b"\0".join(sources)).hexdigest()[:8],
            COUNTER_VERSION,
            *sys.version_info[:2],
        )

    def parse(self, text, extension):
        """Odoo's verdict on one file: (code, total) or (-1, why not)."""
        return self.module.Cloc().parse(text, extension)

    def check(self):
        """Refuse to count with a counter that we did not load completely."""
        for extension, (text, expected) in _SAMPLES.items():
            if self.parse(text, extension) != expected:
                raise RuntimeError(f"Odoo's counter fails on a {extension} sample")


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _load(name, path, source):
    tree = ast.parse(source, path)
    tree.body = [node for node in tree.body if not _imports_odoo(node)]
    module = ModuleType(name)
    module.__file__ = path
    exec(compile(tree, path, "exec"), module.__dict__)  # noqa: S102 (Odoo's own code)
    return module


def _imports_odoo(node):
    if isinstance(node, ast.Import):
        return any(alias.name.split(".")[0] == "odoo" for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.level > 0 or node.module.split(".")[0] == "odoo"
    return False

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
import functools
import os
import sys
from ast import literal_eval
from binascii import crc32
from types import ModuleType, SimpleNamespace

# To be raised when our own rules change: which files count, links, limits.
COUNTER_VERSION = 2

_PYTHON = f"{sys.version_info[0]}.{sys.version_info[1]}"

_SAMPLES = {
    ".py": ('"""Doc\nstring."""\na = 1; b = 2\n# c\nx = (\n    1,\n)\n', (4, 7)),
    ".js": ("// c\nlet a = '// no';\n/* c\nc */\nlet b;\n", (2, 5)),
    ".xml": ("<odoo>\n<!-- c\nc -->\n<a/>\n</odoo>\n", (3, 5)),
    ".css": ("/* c */\na {\n}\n", (2, 3)),
    ".scss": ("// c\na {\n}\n", (2, 3)),
}


class OdooRules:
    """The counter of one Odoo tree, and the name under which its results are kept.

    :param bare: for a worker: leave out what only reports and walks folders need, for
        half of the time to start is spent importing it
    """

    def __init__(self, odoo_path, bare=False):
        self.odoo_path = odoo_path
        path, self._source = self._read("tools", "cloc.py")
        only = ("ast", "os", "re") if bare else None
        self.module = _load("odoo_cloc", path, self._source, only)
        if bare:
            self.module.ast = SimpleNamespace(**{**vars(ast), "walk": quick_walk})
        self.extensions = frozenset(self.module.VALID_EXTENSION)
        self.max_file_size = self.module.MAX_FILE_SIZE
        self.default_exclude = tuple(self.module.DEFAULT_EXCLUDE)

    def parse(self, text, extension):
        """Odoo's verdict on one file: (code, total) or (-1, why not)."""
        return self.module.Cloc().parse(text, extension)

    def check(self):
        """Refuse to count with a counter that we did not load completely."""
        for extension, (text, expected) in _SAMPLES.items():
            if self.parse(text, extension) != expected:
                raise RuntimeError(f"Odoo's counter fails on a {extension} sample")

    @functools.cached_property
    def literal_eval(self):
        """How Odoo reads a manifest: its own version limits the size, and a manifest
        beyond it counts as unreadable."""
        path, source = self._read("_monkeypatches", "ast.py")
        return _load("odoo_ast", path, source).literal_eval if source else literal_eval

    @functools.cached_property
    def ruleset(self):
        import hashlib  # the workers do without

        path, source = self._read("release.py")
        series = _load("odoo_release", path, source).series
        sources = (self._source, self._read("_monkeypatches", "ast.py")[1])
        # The version number alone would hide a correction of the counter.
        digest = hashlib.sha256(b"\0".join(sources)).hexdigest()[:8]
        return (
            f"odoo={series} cloc={self.module.VERSION}:{digest} "
            f"counter={COUNTER_VERSION} python={_PYTHON}"
        )

    def identity(self):
        """By which two processes see that they count by the same rules."""
        return [_PYTHON, COUNTER_VERSION, crc32(self._source)]

    def _read(self, *names):
        path = os.path.join(self.odoo_path, *names)
        try:
            with open(path, "rb") as file:
                return path, file.read()
        except FileNotFoundError:
            return path, b""


def quick_walk(node):
    """``ast.walk`` without what has no line number: operators and contexts.

    Odoo's counter asks for the line of every node; finding the nodes takes a third of
    its time for Python files, in this way a sixth.
    """
    todo = [node]
    push, pop, base = todo.append, todo.pop, ast.AST
    while todo:
        node = pop()
        yield node
        for name in _CHILDREN[node.__class__]:
            value = getattr(node, name, None)
            if value.__class__ is list:
                for item in value:
                    if isinstance(item, base):
                        push(item)
            elif isinstance(value, base):
                push(value)


class _Children(dict):
    def __missing__(self, kind):
        names = tuple(name for name in kind._fields if name not in _WITHOUT_LINE)
        self[kind] = names
        return names


_CHILDREN = _Children()
_WITHOUT_LINE = ("ctx", "op", "ops")


def _load(name, path, source, only=None):
    tree = ast.parse(source, path)
    tree.body = [node for node in tree.body if _is_kept(node, only)]
    module = ModuleType(name)
    module.__file__ = path
    exec(compile(tree, path, "exec"), module.__dict__)  # noqa: S102 (Odoo's own code)
    return module


def _is_kept(node, only):
    if isinstance(node, ast.Import):
        roots = {alias.name.split(".")[0] for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
        roots = {"odoo" if node.level else node.module.split(".")[0]}
    else:
        return True
    return "odoo" not in roots and (only is None or roots <= set(only))


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
    """Where the Odoo is whose counter counts: the one that runs, or is importable."""
    import importlib.util  # the workers do without

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
    # Here, since a worker has no package to import it from.
    from ..errors import CounterUnavailable

    raise CounterUnavailable(
        "Odoo is not importable here, and lines are counted by Odoo's own counter. "
        "Run this with the Python of your Odoo."
    )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Find the modules of a tree: outermost folders with a manifest.

A module inside a module counts with the outer one, as for ``odoo cloc``; finding it
again would bill it twice. Links to folders are not followed.
"""

from dataclasses import dataclass, field

from .errors import SourceTooLarge

MANIFESTS = (b"__manifest__.py", b"__openerp__.py")
_MAX_PATH = 4096  # as Linux


@dataclass
class Module:
    path: tuple  # of byte strings, from the root of the tree
    key: object
    known: object = None  # a result of the same content: not read any further
    base: object = None  # a result of an earlier content, to be compared with
    files: list = field(default_factory=list)  # of (path in the module, Entry)
    submodules: list = field(default_factory=list)  # of path in the module


@dataclass
class Findings:
    modules: list = field(default_factory=list)
    outside: list = field(default_factory=list)  # of (path, Entry)
    submodules: list = field(default_factory=list)  # of path, outside modules


def find_modules(reader, roots, recall, max_files) -> Findings:
    """Walk level by level, all folders of a level at once.

    :param roots: list of (path, key) of folders to search
    :param recall: function of a list of (path, key); returns what is known of those
        that are modules: a dict of results by key, and one of earlier results by path
    """
    findings = Findings()
    # (path from the root, key, its module or None); the path inside a module starts
    # at the module
    level = [(path, key, None) for path, key in roots]
    seen = 0
    while level:
        free = [(path, key) for path, key, module in level if module is None]
        known, bases = recall(free) if free else ({}, {})
        todo = []
        for path, key, module in level:
            if module is None and key in known:
                findings.modules.append(Module(path, key, known=known[key]))
            else:
                todo.append((path, key, module))
        level = []
        keys = [key for _path, key, _module in todo]
        for (path, key, module), entries in zip(todo, reader.trees(keys), strict=True):
            seen += len(entries)
            if seen > max_files:
                raise SourceTooLarge(f"The source has more than {max_files} files.")
            if module is None and any(map(_is_manifest, entries)):
                module = Module(path, key, base=bases.get(path))
                findings.modules.append(module)
                if module.base:
                    continue
                path = ()
            level += _sort_in(findings, module, path, entries)
    return findings


def check_path(path):
    if sum(map(len, path)) + len(path) > _MAX_PATH:
        raise SourceTooLarge("The source has folders nested too deep.")


def _sort_in(findings, module, path, entries):
    """Note the files of a folder; return the folders in it."""
    owner = module or findings
    files = module.files if module else findings.outside
    for entry in entries:
        below, kind = (*path, entry.name), entry.kind
        if kind == "tree":
            check_path(below)
            yield below, entry.key, module
        elif kind == "other":
            owner.submodules.append(below)
        else:
            files.append((below, entry))


def _is_manifest(entry):
    return entry.name in MANIFESTS and entry.kind in ("file", "link")

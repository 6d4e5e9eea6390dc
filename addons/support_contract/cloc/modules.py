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
    known: object = None  # a cached result: not read any further
    files: list = field(default_factory=list)  # of (path in the module, Entry)


@dataclass
class Findings:
    modules: list = field(default_factory=list)
    outside: list = field(default_factory=list)  # of (path, Entry)
    submodules: list = field(default_factory=list)  # of path


def find_modules(reader, roots, known, max_files) -> Findings:
    """Walk level by level, all folders of a level at once.

    :param roots: list of (path, key) of folders to search
    :param known: function of a list of keys; returns a dict of those that are known
        to be modules, with what is known of them
    """
    findings = Findings()
    # (path from the root, key, its module or None); the path inside a module starts
    # at the module
    level = [(path, key, None) for path, key in roots]
    seen = 0
    while level:
        free = [key for _path, key, module in level if module is None]
        found = known(free) if free else {}
        todo = []
        for path, key, module in level:
            if module is None and key in found:
                findings.modules.append(Module(path, key, known=found[key]))
            else:
                todo.append((path, key, module))
        level = []
        keys = [key for _path, key, _module in todo]
        for (path, key, module), entries in zip(todo, reader.trees(keys), strict=True):
            seen += len(entries)
            if seen > max_files:
                raise SourceTooLarge(f"The source has more than {max_files} files.")
            if module is None and any(map(_is_manifest, entries)):
                module = Module(path, key)
                findings.modules.append(module)
                path = ()
            for entry in entries:
                below = (*path, entry.name)
                if entry.kind == "tree":
                    if sum(map(len, below)) + len(below) > _MAX_PATH:
                        raise SourceTooLarge("The source has folders nested too deep.")
                    level.append((below, entry.key, module))
                elif entry.kind == "other":
                    prefix = module.path if module else ()
                    findings.submodules.append((*prefix, *below))
                elif module is None:
                    findings.outside.append((below, entry))
                else:
                    module.files.append((below, entry))
    return findings


def _is_manifest(entry):
    return entry.name in MANIFESTS and entry.kind in ("file", "link")

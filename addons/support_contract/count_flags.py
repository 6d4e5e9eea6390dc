# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What somebody should see about a count before a fee is computed from it.

Plain Python: compares two snapshots of the same instance and names what makes the new
one smaller, larger or less certain than it looks. A *hold* waits for an approver, a
*note* is only told. Texts for people are made by the model, in the reader's language.
"""

import hashlib
import posixpath
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

HOLD, NOTE = "hold", "note"


class File(NamedTuple):
    path: str  # below the module's folder
    code: int
    blob: str  # "" where nobody knows it, as in a report
    excluded: bool
    error: str


@dataclass(frozen=True)
class Module:
    name: str
    code: int
    billed: bool
    error: str = ""
    cloc_exclude: tuple = ()
    files: tuple = ()  # of File


@dataclass(frozen=True)
class Snapshot:
    """One count, or what was counted before the first one: nothing."""

    modules: tuple = ()
    outside: tuple = ()  # (path, blob) of code outside modules
    submodules: tuple = ()  # paths of Git submodules
    unseen: tuple = ()  # of Unseen


class Unseen(NamedTuple):
    """Files of a type that `odoo cloc` never sees, in one module."""

    module: str
    extension: str
    files: int
    lines: int  # by pygount; -1 if it could not tell


@dataclass(frozen=True)
class Flag:
    """One thing to see.

    :param items: what it is about, one text each. Accepted once, it stays accepted as
        long as nothing is added to them.
    """

    kind: str
    module: str = ""
    level: str = HOLD
    items: tuple = ()
    before: int = 0  # lines
    after: int = 0
    digest: str = field(init=False, default="")

    def __post_init__(self):
        text = "\n".join((self.kind, self.module, *self.items))
        digest = hashlib.sha256(text.encode()).hexdigest()
        object.__setattr__(self, "digest", digest)


class Limits(NamedTuple):
    """How far covered lines may change before somebody looks; 0: any distance."""

    drop: float  # percent
    jump: float  # percent
    least: int  # lines; smaller changes never wait


def find_flags(new, old, *, limits, core_names, excluded_anyway, excluded_by):
    """Flags of a count.

    :param new: Snapshot
    :param old: Snapshot of the latest approved count; None before the first one
    :param core_names: technical names of Odoo's own modules
    :param excluded_anyway: tells of a path whether `odoo cloc` itself leaves it out
    :param excluded_by: tells of (patterns, path) whether they leave it out
    :return: list of Flag, holds first
    """
    flags = [
        *_by_manifest(new, excluded_anyway, excluded_by),
        *_errors(new),
        *_core(new, core_names),
        *_submodules(new),
        *_twice(new),
        *_unseen(new),
    ]
    if old is not None:
        flags += [*_vanished(new, old), *_moved(new, old), *_changed(new, old, limits)]
    return sorted(flags, key=lambda flag: (flag.level != HOLD, flag.kind, flag.module))


def _by_manifest(new, excluded_anyway, excluded_by):
    """What a customer's own manifest takes out of the count."""
    for module in new.modules:
        patterns = module.cloc_exclude
        asked, listed = [], []
        for file in module.files:
            if not file.excluded or excluded_anyway(file.path):
                continue
            if patterns and excluded_by(patterns, file.path):
                asked.append(file.path)
            elif file.blob and not file.path.endswith(".xml"):
                # Demo data are XML; code among them is unusual.
                listed.append(file.path)
        if patterns:
            yield Flag(
                "cloc_exclude",
                module.name,
                # A colon cannot be mistaken for a path: items are sorted by kind.
                items=(*(f"pattern: {text}" for text in patterns), *sorted(asked)),
            )
        if listed:
            yield Flag("demo", module.name, items=tuple(sorted(listed)))


def _errors(new):
    """Files in the total with no line. Any change of such a file is a new one."""
    for module in new.modules:
        items = [
            f"{file.path}\t{file.error}\t{file.blob}"
            for file in module.files
            if file.error
        ]
        if module.error:
            items.append(f"\t{module.error}\t")
        if items:
            yield Flag("error", module.name, items=tuple(sorted(items)))


def _core(new, core_names):
    for module in new.modules:
        if module.name in core_names:
            yield Flag("core", module.name, items=(module.name,))


def _submodules(new):
    if new.submodules:
        yield Flag("submodule", items=tuple(sorted(new.submodules)))


def _twice(new):
    """The same name with different code: only one of them can be installed."""
    found = defaultdict(list)
    for module in new.modules:
        found[module.name].append(module.code)
    for name, sizes in found.items():
        if len(sizes) > 1:
            items = tuple(sorted(map(str, sizes)))
            yield Flag("twice", name, NOTE, items)


def _unseen(new):
    found = defaultdict(list)
    for unseen in new.unseen:
        found[unseen.module].append(unseen)
    for name, kinds in found.items():
        items = tuple(f"{x.extension}\t{x.files}\t{x.lines}" for x in sorted(kinds))
        yield Flag("unseen", name, NOTE, items)


def _vanished(new, old):
    there = {module.name for module in new.modules}
    for module in old.modules:
        if module.name not in there:
            level = HOLD if module.billed else NOTE
            yield Flag("vanished", module.name, level, (module.name,), module.code)


def _moved(new, old):
    """Code that was counted and now lies where nothing counts.

    Found by its content, and where that changed by the name of the file.
    """
    counted = {f.blob for m in new.modules for f in m.files if _is_counted(f)}
    hidden = defaultdict(list)  # where it is now, by blob
    for module in new.modules:
        for file in module.files:
            if file.excluded and file.blob:
                hidden[file.blob].append(posixpath.join(module.name, file.path))
    for path, blob in new.outside:
        hidden[blob].append(path)
    now = {module.name: module for module in new.modules}
    for module in old.modules:
        was = [file for file in module.files if _is_counted(file)]
        after = now.get(module.name)
        stays = {f.path for f in after.files if not f.excluded} if after else set()
        left = _newly_excluded(after, module) if after else {}
        items, lines = [], 0
        for file in was:
            places = []
            if file.blob and file.blob not in counted:
                places = hidden.get(file.blob, [])
            if not places and file.path not in stays:
                place = left.get(posixpath.basename(file.path))
                places = [posixpath.join(module.name, place)] if place else []
            if places:
                items.append(f"{file.path}\t{min(places)}")
                lines += file.code
        if items:
            yield Flag("moved", module.name, HOLD, tuple(sorted(items)), lines)


def _newly_excluded(after, before):
    """{name of the file: its path} of files left out that were not before."""
    known = {file.path for file in before.files if file.excluded}
    return {
        posixpath.basename(file.path): file.path
        for file in after.files
        if file.excluded
        and file.path not in known
        # Every package has one; its name says nothing.
        and posixpath.basename(file.path) != "__init__.py"
    }


def _is_counted(file):
    return not file.excluded and not file.error and file.code > 0


def _changed(new, old, limits):
    """Covered lines, without what the contract began or ceased to cover."""
    was = {module.name: module.billed for module in old.modules}
    now = {module.name: module.billed for module in new.modules}
    other = {name for name in was.keys() & now.keys() if was[name] != now[name]}
    before, after = (
        sum(m.code for m in count.modules if m.billed and m.name not in other)
        for count in (old, new)
    )
    change = after - before
    if not change or abs(change) < limits.least:
        return
    kind, limit = ("drop", limits.drop) if change < 0 else ("jump", limits.jump)
    if limit and abs(change) * 100 > before * limit:
        yield Flag(kind, "", HOLD, (f"{before} {after}",), before, after)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What somebody should see about a count before a fee is computed from it.

Looks at a snapshot of it, plain values, compares it with an earlier one of the same
instance, and names what makes it smaller, larger or less certain than it looks. A
*hold* waits for an approver, a *note* is only shown. Texts for people are made by the
model, in the reader's language.

Modules and files are compared with the latest approved count. Lines are compared with
it and with a *reference*: the latest count that a person approved, or the first one.
So no number of small steps adds up to a large one that nobody has seen.
"""

import functools
import hashlib
import posixpath
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from odoo.modules.module import Manifest

from .cloc.parse.rules import rules
from .cloc.tree.tree import BadPattern, Excludes

HOLD, NOTE = "hold", "note"
# What a browser loads from here is never counted. Tests and migration scripts, the
# other places, do not run in production.
_LIBRARIES = "static/lib/"
_NAMES = Path(__file__).parent / "data" / "odoo_module_names.txt"


class File(NamedTuple):
    path: str  # below the module's folder
    code: int
    blob: str  # "" where nobody knows it, as in a report
    excluded: bool
    error: str

    @property
    def is_counted(self):
        return not self.excluded and not self.error and self.code > 0


@dataclass(frozen=True)
class Module:
    name: str
    code: int
    billed: bool
    error: str = ""
    cloc_exclude: tuple = ()
    files: tuple = ()  # of File
    place: str = ""  # folder and source, for people
    digest: str = ""
    loaded: tuple = ()  # paths that the manifest lists as data and as demo data
    # (path, why, lines) of files with more code than lines, see cloc/parse/density.py
    dense: tuple = ()


@dataclass(frozen=True)
class Snapshot:
    """One count, or what was counted before the first one: nothing."""

    modules: tuple = ()
    outside: tuple = ()  # (path, blob) of code outside modules
    submodules: tuple = ()  # (path, commit) of Git submodules
    unseen: tuple = ()  # of cloc.unseen.Unseen
    links: tuple = ()  # (path, target, why) of links that could not be followed
    reencoded: tuple = ()  # (path, id) of .gitattributes with an encoding
    repeated: tuple = ()  # places whose module is counted elsewhere
    empty: tuple = ()  # sources in which there is no module
    # (module or "", item, lines) of customizations that the database leaves out
    left_out: tuple = ()
    # (module, path) of files that a report had errors for, which nobody has accepted
    open_errors: tuple = ()
    # Names of covered modules that the instance does not run, as it says itself
    not_installed: frozenset = frozenset()
    # Names of modules that the instance runs, and that no source has
    sourceless: frozenset = frozenset()


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

    @property
    def digest(self):
        text = "\n".join((self.kind, self.module, *self.items))
        return hashlib.sha256(text.encode()).hexdigest()

    def is_within(self, accepted):
        """Whether there is nothing here that was not accepted before.

        :param accepted: set of items
        """
        if self.kind not in ("database", "dense"):
            return accepted.issuperset(self.items)
        # Of the first, a report has no more than how many lines they have. The others
        # may change as long as they do not grow: their lines are counted, if badly.
        most = {item: int(lines) for item, lines in map(_split_lines, accepted)}
        return all(
            int(lines) <= most.get(item, -1)
            for item, lines in map(_split_lines, self.items)
        )


def _split_lines(item):
    name, _tab, lines = item.rpartition("\t")
    return name, lines


class Limits(NamedTuple):
    """How far covered lines may change before somebody looks; 0: any distance."""

    drop: float  # percent
    jump: float  # percent
    least: int  # lines; smaller changes never wait


def find_flags(new, old, limits, reference=None):
    """Flags of a count.

    :param new: Snapshot
    :param old: Snapshot of the latest approved count; None before the first one
    :param limits: Limits
    :param reference: Snapshot of the count whose lines somebody last looked at, if
        another one
    :return: list of Flag, holds first
    """
    left_out = [*_by_manifest(new), *_by_database(new)]
    flags = [
        *left_out,
        *_errors(new),
        *_errors_gone(new),
        *_core(new),
        *_elsewhere(new),
        *_twice(new),
        *_repeated(new),
        *_unseen(new),
        *_empty(new),
        *_sourceless(new),
        *_dense(new, limits),
    ]
    if old is None:
        flags += _never_installed(new)
    else:
        flags += _find_changes(new, old, reference or old, limits, left_out)
    return sorted(flags, key=lambda flag: (flag.level != HOLD, flag.kind, flag.module))


def _by_manifest(new):
    """What a customer's own manifest takes out of the count.

    Files are named with their content: what was accepted was that content.
    """
    elsewhere = {(module, item) for module, item, _lines in new.left_out}
    default = Excludes(rules().default_exclude)
    for module in new.modules:
        patterns = module.cloc_exclude
        asked, listed = [], []
        for file in module.files:
            if not file.excluded or default.match(file.path):
                continue
            if (module.name, file.path) in elsewhere:
                continue
            item = f"{file.path}\t{file.blob}"
            if patterns and _excludes(patterns).match(file.path):
                asked.append(item)
            elif file.blob and (
                # Demo data are XML; code among them is unusual, and so is XML that
                # is loaded all the same.
                not file.path.endswith(".xml") or file.path in module.loaded
            ):
                listed.append(item)
        if patterns:
            yield Flag(
                "cloc_exclude",
                module.name,
                # A colon cannot be mistaken for a path: items are sorted by kind.
                items=(*(f"pattern: {text}" for text in patterns), *sorted(asked)),
            )
        if listed:
            yield Flag("demo", module.name, items=tuple(sorted(listed)))


def _by_database(new):
    """What is customized in the instance's database, and marked not to be counted."""
    found = defaultdict(list)
    for module, item, lines in new.left_out:
        found[module].append(f"{item}\t{lines}")
    for module, items in found.items():
        yield Flag("database", module, items=tuple(sorted(items)))


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


def _errors_gone(new):
    """A report tells of a file that could not be counted, the next one of no such file.

    Perhaps it was deleted. Perhaps the row was: no sum in a report shows that.
    """
    files = {(m.name, file.path) for m in new.modules for file in m.files}
    gone = defaultdict(list)
    for name, path in new.open_errors:
        if path and (name, path) not in files:
            gone[name].append(path)
    for name, paths in gone.items():
        yield Flag("error_gone", name, items=tuple(sorted(paths)))


def _core(new):
    for module in new.modules:
        if module.name in core_names():
            yield Flag("core", module.name, items=(module.name,))


def _elsewhere(new):
    """Code that is somewhere else, or that a checkout has in another form."""
    for kind, found in (
        # Another commit is other code, which nobody has seen.
        ("submodule", new.submodules),
        ("link", new.links),
        # Who counts a checkout may find other lines.
        ("encoding", new.reencoded),
    ):
        if found:
            yield Flag(kind, items=tuple(sorted(map("\t".join, found))))


def _twice(new):
    """The same name with different code: only one of them can be installed."""
    found = defaultdict(list)
    for module in new.modules:
        found[module.name].append(module)
    for name, modules in found.items():
        if len(modules) > 1:
            # Without a fingerprint nobody can say that two are the same.
            billed = {m.digest or m.place for m in modules if m.billed}
            items = tuple(sorted(module.place for module in modules))
            yield Flag("twice", name, HOLD if len(billed) > 1 else NOTE, items)


def _repeated(new):
    if new.repeated:
        yield Flag("repeated", "", NOTE, tuple(sorted(new.repeated)))


def _unseen(new):
    found = defaultdict(list)
    for unseen in new.unseen:
        found[unseen.module].append(unseen)
    for name, kinds in found.items():
        items = tuple(f"{x.extension}\t{x.files}\t{x.lines}" for x in sorted(kinds))
        yield Flag("unseen", name, NOTE, items)


def _empty(new):
    """Nothing would be billed, perhaps for a slip in a folder's name."""
    items = new.empty if new.modules else (new.empty or ("",))
    if items:
        yield Flag("empty", items=tuple(sorted(items)))


def _sourceless(new):
    """It runs, and nobody can count it. A flag a module, so that each is decided once.

    Odoo's own modules are not the customer's code.
    """
    for name in sorted(new.sourceless):
        yield Flag("sourceless", name, HOLD, (name,))


def _dense(new, limits):
    """More code than the counted lines tell; the figure stays that of the counter.

    It waits where the terms would have people look at a change of so many lines.
    """
    found, billed, lines, unread = defaultdict(list), set(), 0, False
    for module in new.modules:
        for path, why, more in module.dense:
            found[module.name].append(f"{path}\t{why}\t{more}")
            if module.billed:
                billed.add(module.name)
                lines += more
                unread |= why == "unread"
    waits = unread or lines >= max(limits.least, 1)
    for name, items in found.items():
        level = HOLD if waits and name in billed else NOTE
        yield Flag("dense", name, level, tuple(sorted(items)))


def _never_installed(new):
    """A first count of which nothing is in use: the instance may not tell the truth."""
    if not any(module.billed for module in new.modules):
        for module in new.modules:
            if module.name in new.not_installed:
                items = (module.name,)
                yield Flag("not_installed", module.name, HOLD, items, module.code)


@functools.lru_cache(maxsize=256)
def _excludes(patterns):
    try:
        return Excludes(patterns)
    except BadPattern:
        # The counter has reported the module as an error.
        return Excludes(())


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


def _find_changes(new, old, reference, limits, left_out=()):
    """Yield the Flags of what changed.

    :param old: Snapshot of the latest approved count
    :param reference: Snapshot of an earlier one; only its modules matter
    :param left_out: Flags of what the manifests leave out; the files that they name
        need no second one where they are
    """
    yield from _vanished(new, old)
    flagged = {
        posixpath.join(flag.module, item.partition("\t")[0])
        for flag in left_out
        for item in flag.items
    }
    yield from _moved(new, old, flagged)
    yield from _not_installed(new, old)
    other = _newly_covered(new, old)
    changed = list(_changed(new, old, limits, other))
    other |= _newly_covered(old, reference) | _newly_covered(new, reference)
    yield from changed or _changed(new, reference, limits, other)


def _vanished(new, old):
    there = {module.name for module in new.modules}
    for module in old.modules:
        if module.name not in there:
            level = HOLD if module.billed else NOTE
            yield Flag("vanished", module.name, level, (module.name,), module.code)


def _not_installed(new, old):
    """It was billed, its code is there, and the instance says that it is not in use."""
    there = {module.name for module in new.modules}
    for module in old.modules:
        if module.billed and module.name in new.not_installed & there:
            items = (module.name,)
            yield Flag("not_installed", module.name, HOLD, items, module.code)


def _moved(new, old, flagged):
    """Code that was counted and now lies where nothing counts.

    Found by its content, and where that changed by the name of the file. Where both
    changed: a file was left out that was not there before, among the libraries that a
    browser loads, and a counted one of its type has gone.

    :param flagged: paths that another flag names; those files did not move
    """
    counted = {f.blob for m in new.modules for f in m.files if f.is_counted}
    hidden = defaultdict(list)  # where it is now, by blob
    for module in new.modules:
        for file in module.files:
            if file.excluded and file.blob:
                hidden[file.blob].append(posixpath.join(module.name, file.path))
    for path, blob in new.outside:
        hidden[blob].append(path)
    now = {module.name: module for module in new.modules}
    for module in old.modules:
        after = now.get(module.name)
        stays = {f.path for f in after.files if not f.excluded} if after else set()
        left = _newly_excluded(after, module) if after else []
        by_name = {
            posixpath.basename(path): path
            for path in left
            # Every package has one; its name says nothing.
            if posixpath.basename(path) != "__init__.py"
        }
        libraries = {
            _extension(path): path for path in left if path.startswith(_LIBRARIES)
        }
        items, lines = [], 0
        for file in module.files:
            if not file.is_counted:
                continue
            places = []
            if file.blob and file.blob not in counted:
                places = hidden.get(file.blob, [])
            if not places and file.path not in stays:
                place = by_name.get(posixpath.basename(file.path)) or libraries.get(
                    _extension(file.path)
                )
                places = [posixpath.join(module.name, place)] if place else []
            here = posixpath.join(module.name, file.path)
            if here in flagged:
                places = [place for place in places if place != here]
            if places:
                items.append(f"{file.path}\t{min(places)}")
                lines += file.code
        if items:
            yield Flag("moved", module.name, HOLD, tuple(sorted(items)), lines)


def _newly_excluded(after, before):
    """Paths of files left out that were not before."""
    known = {file.path for file in before.files if file.excluded}
    return [f.path for f in after.files if f.excluded and f.path not in known]


def _extension(path):
    return posixpath.splitext(path)[1].lower()


def _newly_covered(new, old):
    """Names of modules that the contract began or ceased to cover."""
    was = {module.name: module.billed for module in old.modules}
    now = {module.name: module.billed for module in new.modules}
    return {
        name
        for name in was.keys() & now.keys() - new.not_installed
        if was[name] != now[name]
    }


def _changed(new, old, limits, other):
    """Covered lines, those of other modules left aside."""
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

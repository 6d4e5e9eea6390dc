# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is to see between two counts of an instance. Plain Python; see count_flags.py.

Modules and files are compared with the latest approved count. Lines are compared with
it and with a *reference*: the latest count that a person approved, or the first one.
So no number of small steps adds up to a large one that nobody has seen.
"""

import posixpath
from collections import defaultdict

from .count_snapshot import HOLD, NOTE, Flag

# What a browser loads from here is never counted. Tests and migration scripts, the
# other places, do not run in production.
_LIBRARIES = "static/lib/"


def find_changes(new, old, reference, limits, left_out=()):
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

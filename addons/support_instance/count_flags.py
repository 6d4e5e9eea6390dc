# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What somebody should see about a count before a fee is computed from it.

Plain Python: looks at a snapshot, compares it with an earlier one of the same instance
(count_changes.py), and names what makes it smaller, larger or less certain than it
looks. A *hold* waits for an approver, a *note* is only shown. Texts for people are
made by the model, in the reader's language.
"""

from collections import defaultdict

from .count_changes import find_changes
from .count_snapshot import HOLD, NOTE, File, Flag, Limits, Module, Snapshot, Unseen

__all__ = [
    "HOLD",
    "NOTE",
    "File",
    "Flag",
    "Limits",
    "Module",
    "Snapshot",
    "Unseen",
    "find_flags",
]


def find_flags(
    new, old, *, limits, core_names, excluded_anyway, excluded_by, reference=None
):
    """Flags of a count.

    :param new: Snapshot
    :param old: Snapshot of the latest approved count; None before the first one
    :param core_names: technical names of Odoo's own modules
    :param excluded_anyway: tells of a path whether `odoo cloc` itself leaves it out
    :param excluded_by: tells of (patterns, path) whether they leave it out
    :param reference: Snapshot of the count whose lines somebody last looked at; see
        count_changes.py
    :return: list of Flag, holds first
    """
    left_out = [
        *_by_manifest(new, excluded_anyway, excluded_by),
        *_by_database(new),
    ]
    flags = [
        *left_out,
        *_errors(new),
        *_errors_gone(new),
        *_core(new, core_names),
        *_submodules(new),
        *_links(new),
        *_reencoded(new),
        *_twice(new),
        *_repeated(new),
        *_unseen(new),
        *_empty(new),
    ]
    if old is None:
        flags += _never_installed(new)
    else:
        flags += find_changes(new, old, reference or old, limits, left_out)
    return sorted(flags, key=lambda flag: (flag.level != HOLD, flag.kind, flag.module))


def _by_manifest(new, excluded_anyway, excluded_by):
    """What a customer's own manifest takes out of the count.

    Files are named with their content: what was accepted was that content.
    """
    elsewhere = {(module, item) for module, item, _lines in new.left_out}
    for module in new.modules:
        patterns = module.cloc_exclude
        asked, listed = [], []
        for file in module.files:
            if not file.excluded or excluded_anyway(file.path):
                continue
            if (module.name, file.path) in elsewhere:
                continue
            item = f"{file.path}\t{file.blob}"
            if patterns and excluded_by(patterns, file.path):
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


def _core(new, core_names):
    for module in new.modules:
        if module.name in core_names:
            yield Flag("core", module.name, items=(module.name,))


def _submodules(new):
    """Another commit is other code, which nobody has seen."""
    if new.submodules:
        yield Flag("submodule", items=tuple(sorted(map("\t".join, new.submodules))))


def _links(new):
    if new.links:
        yield Flag("link", items=tuple(sorted(map("\t".join, new.links))))


def _reencoded(new):
    """Who counts a checkout may find other lines."""
    if new.reencoded:
        yield Flag("encoding", items=tuple(sorted(map("\t".join, new.reencoded))))


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


def _never_installed(new):
    """A first count of which nothing is in use: the instance may not tell the truth."""
    if not any(module.billed for module in new.modules):
        for module in new.modules:
            if module.name in new.not_installed:
                items = (module.name,)
                yield Flag("not_installed", module.name, HOLD, items, module.code)

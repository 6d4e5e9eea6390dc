# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Folders of one repository that lie within each other are counted once."""

from dataclasses import replace

from .result import count_digest


def without_overlaps(counts) -> list:
    """The counts, each without the modules that another one has counted already.

    As within one repository, the outermost folder counts. Counts of the same commit
    are of one repository, however its address is written.

    :param counts: list of Counts, or None in place of one that is of no repository
    :return: list of the same length
    """
    first = {}  # number of the count that has it first, by (commit, folder)
    for number, count in enumerate(counts):
        for module in count.modules if count and count.revision else ():
            first.setdefault((count.revision, module.folder), number)
    return [
        count and _without_overlaps(count, number, first)
        for number, count in enumerate(counts)
    ]


def _without_overlaps(count, number, first):
    def is_repeated(module):
        parts = module.folder.split("/") if module.folder else []
        above = ("/".join(parts[:length]) for length in range(len(parts)))
        return first.get((count.revision, module.folder), number) != number or any(
            (count.revision, folder) in first for folder in above
        )

    repeated = {module.path for module in count.modules if is_repeated(module)}
    if not repeated:
        return count
    modules = tuple(m for m in count.modules if m.path not in repeated)
    names = {module.name for module in modules}
    return replace(
        count,
        modules=modules,
        digest=count_digest(count.ruleset, modules),
        code=sum(module.code for module in modules),
        total=sum(module.total for module in modules),
        repeated=(*count.repeated, *sorted(path or "." for path in repeated)),
        unseen=tuple(unseen for unseen in count.unseen if unseen.module in names),
    )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What differs between two trees, reading only the folders that differ."""

from .errors import SourceTooLarge
from .modules import check_path


def find_changes(reader, pairs, max_files) -> list:
    """Compare pairs of trees, all at once.

    :param pairs: list of (old key, new key)
    :return: for each pair a list of (path, old Entry or None, new Entry or None) of
        what is no folder, or None if the old tree is not here any more
    """
    changes = [[] for _pair in pairs]
    level = [(number, (), *pair) for number, pair in enumerate(pairs)]
    seen = 0
    while level:
        keys = list({key for _n, _path, *both in level for key in both if key})
        trees = dict(zip(keys, reader.trees(keys, missing_ok=True), strict=True))
        following = []
        for number, path, old, new in level:
            before, after = (trees[key] if key else [] for key in (old, new))
            if before is None or after is None or changes[number] is None:
                # The new one is whole: it was just fetched. If it is not, reading it
                # in full will say so.
                changes[number] = None
                continue
            seen += len(after)
            if seen > max_files:
                raise SourceTooLarge(f"The source has more than {max_files} files.")
            for name, was, now in _compare(before, after):
                below = (*path, name)
                folders = [
                    e.key if e and e.kind == "tree" else None for e in (was, now)
                ]
                if any(folders):
                    check_path(below)
                    following.append((number, below, *folders))
                files = [e if e and e.kind != "tree" else None for e in (was, now)]
                if any(files):
                    changes[number].append((below, *files))
        level = following
    return changes


def _compare(before, after):
    differing = set(before) ^ set(after)
    before = {entry.name: entry for entry in differing.intersection(before)}
    after = {entry.name: entry for entry in differing.intersection(after)}
    for name in before.keys() | after.keys():
        yield name, before.get(name), after.get(name)

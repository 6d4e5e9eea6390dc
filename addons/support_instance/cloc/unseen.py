# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Files of types that ``odoo cloc`` never sees, and pygount's opinion of their size.

Only told, never counted: whatever goes wrong here leaves the opinion out and holds up
nothing. Remembered by content, as everything is.
"""

import contextlib
import json
import logging
import os
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

from .cache import MemoryCache
from .errors import CountError, CounterUnavailable
from .git.repository import ObjectReader, reading
from .parse.pool import Limits, Pipe, Pool
from .parse.rules import rules
from .process import monotonic, python
from .tree.tree import Excludes, check_path, decode, extension_of

_logger = logging.getLogger(__name__)

EXTENSIONS = frozenset(
    (".ts", ".tsx", ".jsx", ".mjs", ".vue", ".less", ".sass", ".sql", ".html", ".htm")
)
_DESCRIPTION = (b"static", b"description")  # shown in the list of apps, no program
_WORKER = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "parse", "second_opinion.py"
)
_KIND = "unseen.1"
_MAX_SIZE = 2 * 2**20
# Of the whole opinion; it needs more memory than a worker that counts.
_LIMITS = Limits(processes=1, memory=2**30, seconds_per_file=5, seconds=120)


class Unseen(NamedTuple):
    """Files of one type in one module."""

    module: str
    extension: str
    files: int
    lines: int  # of those that pygount could read; -1 if it could read none


def find_unseen(repo_path, modules, *, cache=None, limits=None) -> tuple:
    """What lies beside the counted files of these modules.

    :param modules: ModuleCounts of one revision of the repository
    :param cache: see cache.py
    :return: Unseen, sorted by module and extension
    """
    job = _Job(MemoryCache() if cache is None else cache, limits or _LIMITS)
    try:
        found = job.run(repo_path, [module for module in modules if module.tree])
    except CountError as error:
        _logger.info("No second opinion on %s: %s", repo_path, error)
        return ()
    return tuple(
        Unseen(module.name, extension, *sizes)
        for module in sorted(modules, key=lambda module: module.name)
        for extension, sizes in sorted(found.get(module.tree, {}).items())
    )


def pygount_version() -> str:
    try:
        return version("pygount")
    except PackageNotFoundError:
        return ""


class _Job:
    def __init__(self, cache, limits):
        self.cache = cache
        self.limits = limits
        self.deadline = monotonic() + limits.seconds
        self.opinion = f"pygount={pygount_version()} {rules().ruleset}"

    def key(self, oid, kind):
        return (oid, kind, self.opinion)

    def run(self, repo_path, modules):
        """{tree: {extension: (files, lines)}}"""
        trees = {module.tree for module in modules}
        found = {
            key[0]: json.loads(value)
            for key, value in self.cache.get_many(
                {self.key(tree, _KIND) for tree in trees}
            ).items()
        }
        if missing := trees - found.keys():
            with reading(repo_path), ObjectReader(repo_path) as reader:
                new, complete = self.look(reader, sorted(missing))
            found.update(new)
            self.cache.put_many(
                {
                    self.key(tree, _KIND): json.dumps(value)
                    for tree, value in new.items()
                    if tree in complete
                }
            )
        return found

    def look(self, reader, trees):
        blobs, complete = self.list_blobs(reader, trees)
        wanted = {pair for found in blobs.values() for pair in found}
        sizes = self.size_up(reader, wanted) if wanted else {}
        result, done = {}, set()
        for tree in trees:
            kinds = defaultdict(list)
            for oid, extension in blobs[tree]:
                kinds[extension].append(sizes.get((oid, extension), -1))
            result[tree] = {
                extension: (
                    len(found),
                    sum(max(size, 0) for size in found) if max(found) >= 0 else -1,
                )
                for extension, found in kinds.items()
            }
            # What time did not suffice for is looked at again.
            if complete and all(pair in sizes for pair in blobs[tree]):
                done.add(tree)
        return result, done

    def list_blobs(self, reader, trees):
        """({tree: [(blob id, extension)]}, whether that is all)

        All folders of a level are read at once.
        """
        excludes = Excludes(rules().default_exclude)
        found = {tree: [] for tree in trees}
        level = [((), tree, tree) for tree in trees]
        seen = 0
        while level and monotonic() < self.deadline:
            keys = [key for _path, key, _tree in level]
            below = []
            for (path, _key, tree), entries in zip(
                level, reader.trees(keys), strict=True
            ):
                seen += len(entries)
                if seen > self.limits.files:
                    return found, False
                for entry in entries:
                    place = (*path, entry.name)
                    if entry.kind == "tree":
                        if place != _DESCRIPTION:
                            check_path(place)
                            below.append((place, entry.key, tree))
                    elif entry.kind == "file":
                        extension = extension_of(entry.name)
                        if extension in EXTENSIONS and not excludes.match(
                            decode(b"/".join(place))
                        ):
                            found[tree].append((entry.key, extension))
            level = below
        return found, not level

    def size_up(self, reader, pairs):
        """{(blob id, extension): lines or -1}, of those that there was time for"""
        keys = {self.key(*pair): pair for pair in pairs}
        found = {
            keys[key]: int(value)
            for key, value in self.cache.get_many(set(keys)).items()
        }
        missing = [pair for pair in pairs if pair not in found]
        sizes = reader.sizes({oid for oid, _ext in missing}) if missing else {}
        for pair in missing:
            if sizes[pair[0]] > _MAX_SIZE:
                found[pair] = -1
        jobs = sorted(pair for pair in missing if pair not in found)
        fresh = self.ask(reader, jobs) if jobs and pygount_version() else {}
        self.cache.put_many({self.key(*p): str(lines) for p, lines in fresh.items()})
        found.update(fresh)
        return found

    def ask(self, reader, jobs):
        """Let pygount read the files; what it does not answer in time stays open."""
        found = {}
        limits = self.limits._replace(seconds=self.deadline - monotonic())
        pool = Pool(reader.feeder, limits, _OpinionPipe)
        with contextlib.suppress(CountError), pool:
            for pair, (lines, *_why) in pool.parse(jobs):
                found[pair] = lines
        return found


class _OpinionPipe(Pipe):
    """The same pipe, with pygount at its end."""

    def command(self):
        return [
            *(python(), "-I", "-W", "ignore", _WORKER),
            *(str(self.memory), str(self.seconds_per_file)),
        ]

    def environment(self):
        # pygount imports a library that looks for git, and complains without.
        return {"LC_ALL": "C.UTF-8", "GIT_PYTHON_REFRESH": "quiet"}

    def _greet(self, message):
        if message != [pygount_version()]:
            raise CounterUnavailable(f"Another pygount answers: {message}")
        self._greeted = True

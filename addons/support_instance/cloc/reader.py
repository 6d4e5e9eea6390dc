# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How one source is read, as plain values: can be used in any thread or process.

A reader knows no database. It is made from a source's record in the main thread and
read anywhere; readers made from the same values are equal, which is how the same work
is recognized.
"""

import contextlib
import json
import os
import sqlite3
import threading
from dataclasses import dataclass, replace
from hashlib import sha256

from .cache import SqliteCache, results_path
from .clock import monotonic
from .counter import count_revision
from .errors import (
    CountError,
    CounterUnavailable,
    CountTimeout,
    SourceBroken,
)
from .git.fetcher import TIMEOUT, discard, fetch
from .git.source import Source
from .parse.pool import Limits
from .parse.rules import ruleset
from .result import Count
from .unseen import find_unseen

# Fetching waits for others and may be done by many at once; counting takes a
# processor, and memory.
_counting = threading.BoundedSemaphore(max(1, (os.cpu_count() or 2) // 2))


class Reader:
    """Base of all readers. Subclasses are frozen dataclasses."""

    @property
    def host(self) -> str:
        """The server that is asked (and its port, if told); empty: none is."""
        return ""

    @property
    def key(self) -> str:
        """Readers with the same key use the same thing: they are read one after the
        other, with one ``shared``. Empty: nothing is shared."""
        return ""

    def count(self, timeout=TIMEOUT, shared=None) -> Count:
        """Read it and count its lines.

        :param timeout: seconds
        :param shared: dict for what readers with the same key have in common
        :raise CountError: with a sentence that says what to do
        """
        raise NotImplementedError


@dataclass(frozen=True)
class GitReader(Reader):
    """Fetches the head of a branch and counts it."""

    source: Source
    subdirectories: tuple
    cache_dir: str  # for fetched repositories and remembered results

    @property
    def host(self):
        return self.source.host

    @property
    def key(self):
        return self.source.key

    @property
    def repositories(self):
        return os.path.join(self.cache_dir, "git")

    def count(self, timeout=TIMEOUT, shared=None) -> Count:
        deadline = monotonic() + timeout
        shared = {} if shared is None else shared
        try:
            try:
                return self._fetch_and_count(deadline, shared)
            except SourceBroken:
                # Perhaps what we have of it is damaged, or somebody has just deleted
                # it: from scratch, once.
                if shared.get("anew"):
                    raise
                shared.clear()
                shared["anew"] = True
                path = os.path.join(self.repositories, f"{self.source.key}.git")
                if not os.path.exists(path) or not discard(path, deadline):
                    raise
                return self._fetch_and_count(deadline, shared)
        except (OSError, sqlite3.Error) as error:
            # Something of ours: a full disk, a folder that cannot be written.
            raise CounterUnavailable(
                f"The count could not be stored on this server: {error}. Check the "
                "disk and the rights of the data folder."
            ) from error

    def _fetch_and_count(self, deadline, shared):
        return self._count_revision(self._fetch(deadline, shared), deadline)

    def _fetch(self, deadline, shared):
        """Fetch it unless that was done already, or has failed, in this run."""
        if self.source not in shared:
            timeout = max(deadline - monotonic(), 0)
            try:
                found = fetch(self.source, self.repositories, timeout=timeout)
            except CountError as error:
                found = error
            shared[self.source] = found
        found = shared[self.source]
        if isinstance(found, CountError):
            raise found
        return found

    def _count_revision(self, revision, deadline):
        if not _counting.acquire(timeout=max(deadline - monotonic(), 0)):
            raise CountTimeout(
                "This server had no time left to count the code. Try again later."
            )
        try:
            with contextlib.closing(SqliteCache(results_path(self.cache_dir))) as cache:
                count = count_revision(
                    revision.repo_path,
                    revision.commit,
                    subdirectories=self.subdirectories,
                    cache=cache,
                    previous=self._get_previous(cache),
                    limits=Limits(seconds=max(deadline - monotonic(), 0)),
                    root_name=self.source.name,
                )
                trees = {module.path: module.tree for module in count.modules}
                cache.put_many({self._previous_key: json.dumps(trees)})
                unseen = find_unseen(revision.repo_path, count.modules, cache=cache)
                return replace(count, unseen=unseen)
        finally:
            _counting.release()

    @property
    def _previous_key(self):
        """Where the cache keeps which folders were counted last time."""
        what = [self.source.key, self.source.branch, *self.subdirectories]
        return (sha256("\n".join(what).encode()).hexdigest(), "trees", ruleset())

    def _get_previous(self, cache):
        key = self._previous_key
        return json.loads(cache.get_many([key]).get(key, "{}"))

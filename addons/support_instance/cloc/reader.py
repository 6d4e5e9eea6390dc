# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How sources are read, as plain values: in any thread or process, and many at once.

A reader knows no database. It is made from a source's record in the main thread and
read anywhere; readers made from the same values are equal, which is how the same work
is recognized.

Of many readers, a slow or dead one holds up nobody else: threads wait for servers, and
the work itself is done by the processes they start.
"""

import contextlib
import functools
import json
import logging
import os
import queue
import sqlite3
import threading
from collections import Counter, deque
from dataclasses import dataclass, replace
from hashlib import sha256

from .addresses import Source
from .cache import SqliteCache, results_path
from .counter import count_revision
from .errors import (
    AllowanceSpent,
    CountError,
    CounterUnavailable,
    ServerBusy,
    SourceBroken,
    SourceUnreachable,
)
from .git.fetcher import TIMEOUT, discard, fetch
from .parse.pool import Limits
from .parse.rules import ruleset
from .process import monotonic
from .result import Count
from .unseen import find_unseen

_logger = logging.getLogger(__name__)

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
        :param shared: dict for what readers with the same key have in common; a reader
            that waits for others of this server adds the seconds to its "waited", waits
            until its "until" at most, and calls its "tell", if there, with how many
            files it has counted and of how many
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
                for source in [key for key in shared if isinstance(key, Source)]:
                    del shared[source]
                shared["anew"] = True
                path = os.path.join(self.repositories, f"{self.source.key}.git")
                if not os.path.exists(path) or not discard(path, deadline):
                    raise
                return self._fetch_and_count(deadline, shared)
        except (OSError, sqlite3.Error) as error:
            # Something of ours: a full disk, a folder that cannot be written.
            reason = os.strerror(error.errno) if getattr(error, "errno", 0) else ""
            _logger.info("A count could not be stored", exc_info=error)
            raise CounterUnavailable(
                "The count could not be stored on this server"
                f"{reason and f': {reason}'}. Check the disk and the rights of the "
                "data folder."
            ) from error

    def _fetch_and_count(self, deadline, shared):
        return self._count_revision(self._fetch(deadline, shared), deadline, shared)

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

    def _count_revision(self, revision, deadline, shared):
        begun, until = monotonic(), shared.get("until", deadline)
        free = _counting.acquire(timeout=max(until - begun, 0))
        waited = monotonic() - begun
        shared["waited"] = shared.get("waited", 0) + waited
        # What others take is nothing of its own time.
        deadline = min(deadline + waited, until)
        if not free:
            raise ServerBusy(
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
                    tell=shared.get("tell"),
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


# === MANY AT ONCE === #

THREADS = 8
# Of one server: more would be rude, and would leave no thread for the others.
THREADS_PER_HOST = 3
# Failures in a row after which a server is left alone until the next run.
_PATIENCE = 3
# Of one customer, whose code may be made to take long.
THREADS_PER_CUSTOMER = 3
_PULSE = 2  # seconds


class Allowance:
    """The seconds that reading the code of one customer may take; for many threads.

    Waiting for others does not count.
    """

    def __init__(self, seconds, minutes=0):
        """
        :param minutes: of a whole night, for the message
        """
        self.left = seconds  # less what is promised to those that are running
        self.minutes = minutes
        self.unnoted = 0.0  # what :meth:`note` has not returned yet
        self._lock = threading.Lock()

    def begin(self, timeout):
        """The seconds for one more reading, at most ``timeout``: half of what is left,
        as others of the customer may come beside it.

        :raise AllowanceSpent: if nothing to speak of is left
        """
        with self._lock:
            if self.left < 1:
                raise AllowanceSpent(
                    f"The code of this customer has had the {self.minutes} minutes "
                    "that the code of one customer may take in a night. What was "
                    "counted is kept, and it goes on from there tomorrow. Look for "
                    "files that take unusually long, or allow more minutes in the "
                    "settings."
                )
            promised = min(timeout, self.left / 2)
            self.left -= promised
            return promised

    def end(self, promised, seconds):
        """Give back what was not taken."""
        with self._lock:
            self.left += promised - seconds
            self.unnoted += seconds

    def note(self):
        """What was taken since the last call, in seconds."""
        with self._lock:
            seconds, self.unnoted = self.unnoted, 0.0
            return seconds


def read_all(
    jobs,
    *,
    threads=THREADS,
    timeout=TIMEOUT,
    start_until=None,
    deadline=None,
    allowances=None,
    pulse=None,
):
    """Read the sources of many and yield (name, outcome) as they are done.

    The outcome is a list of Counts, one for each reader in its order, or the exception
    of the first that failed. Jobs that were not begun in time are not yielded, nor are
    those that had to wait for others until the time was over.

    :param jobs: dict of lists of readers (see reader.py) by any name
    :param threads: how many sources are read at once
    :param timeout: seconds for one source
    :param start_until: monotonic time from which on nothing new is begun
    :param deadline: monotonic time at which every source must be done
    :param allowances: {name: Allowance}; what several customers have is on none
    :param pulse: function that is called every few seconds with {name: (files counted,
        files to count)} of those that are being read
    """
    schedule = _Schedule(jobs, timeout, start_until, deadline, allowances or {})
    number = min(threads, len(schedule.chains))
    for index in range(number):
        # Daemons: a process that is told to stop does not wait for a dead server.
        threading.Thread(
            target=schedule.work, name=f"cloc-{index}", daemon=True
        ).start()
    waiting = {name: set(readers) for name, readers in jobs.items()}
    users = {}
    for name, readers in waiting.items():
        for reader in readers:
            users.setdefault(reader, {})[name] = None
    outcomes = {}
    try:
        for name, readers in jobs.items():
            if not readers:
                yield name, []
        while number:
            try:
                reader, outcome = schedule.results.get(timeout=pulse and _PULSE)
            except queue.Empty:
                pulse(schedule.get_progress(jobs))
                continue
            if reader is None:
                number -= 1  # a thread has ended
                continue
            outcomes[reader] = outcome
            for name in users[reader]:
                waiting[name].discard(reader)
            for name in [name for name in users[reader] if not waiting[name]]:
                yield name, _outcome_of(jobs[name], outcomes)
                for each in set(jobs[name]):
                    del users[each][name]
                    if not users[each]:
                        # Counts are large: nobody waits for this one any more.
                        del outcomes[each]
    finally:
        schedule.stopped = True


def _outcome_of(readers, outcomes):
    counts = [outcomes[reader] for reader in readers]
    failed = [each for each in counts if isinstance(each, Exception)]
    return failed[0] if failed else counts


class _Schedule:
    """Which source comes next. Those with the same key make a chain, for one thread."""

    def __init__(self, jobs, timeout, start_until, deadline, allowances):
        self.timeout = timeout
        self.start_until = start_until
        self.deadline = deadline
        self.results = queue.SimpleQueue()
        self.stopped = False
        chains = {}
        for readers in jobs.values():
            for reader in readers:
                # Equal readers are one: a dict keeps the order of the first ones.
                chains.setdefault(reader.key or reader, {})[reader] = None
        self.chains = deque(list(chain) for chain in chains.values())
        payers = {}
        for name, readers in jobs.items():
            for reader in readers:
                payers.setdefault(reader, set()).add(allowances.get(name))
        # By reader, where one customer alone has it
        self.payers = {
            reader: found.pop() for reader, found in payers.items() if len(found) == 1
        }
        self.progress = {}  # (files counted, files to count) by reader
        self.busy = Counter()  # threads by host and by customer
        self.silent = Counter()  # failures in a row by host
        self.changed = threading.Condition()

    def work(self):
        try:
            while chain := self.take():
                try:
                    self.read_chain(chain)
                finally:
                    with self.changed:
                        self.busy.subtract(self.get_limits(chain).keys())
                        self.changed.notify_all()
        finally:
            self.results.put((None, None))

    def take(self):
        """The next chain whose server is not too busy with us, or None."""
        with self.changed:
            while self.chains and not self.is_over():
                for chain in self.chains:
                    limits = self.get_limits(chain)
                    if all(self.busy[key] < most for key, most in limits.items()):
                        self.chains.remove(chain)
                        self.busy.update(limits.keys())
                        return chain
                self.changed.wait(1)
        return None

    def get_limits(self, chain):
        """{what must not be too busy: threads it has at most}"""
        limits = {}
        if host := chain[0].host:
            limits[host] = THREADS_PER_HOST
        if payer := self.payers.get(chain[0]):
            limits[payer] = THREADS_PER_CUSTOMER
        return limits

    def get_progress(self, jobs):
        """{name: (files counted, files to count)} of those that are being read"""
        progress = self.progress.copy()
        found = {}
        for name, readers in jobs.items():
            told = [progress[reader] for reader in readers if reader in progress]
            if told:
                found[name] = tuple(map(sum, zip(*told, strict=True)))
        return found

    def is_over(self):
        late = self.start_until is not None and monotonic() > self.start_until
        return self.stopped or late

    def read_chain(self, chain):
        shared = {}
        for reader in chain:
            if self.is_over():
                return
            outcome = self.run(reader, shared)
            if not isinstance(outcome, ServerBusy):
                self.results.put((reader, outcome))

    def run(self, reader, shared):
        host = reader.host
        if host and self.silent[host] >= _PATIENCE:
            return SourceUnreachable(
                f"{host} failed to answer {_PATIENCE} times in a row and was not asked "
                "again in this run. Check that the server is up."
            )
        timeout = self.timeout
        if self.deadline is not None:
            timeout = min(timeout, self.deadline - monotonic())
        timeout = max(timeout, 0)
        shared["until"] = monotonic() + timeout
        payer = self.payers.get(reader)
        if payer:
            try:
                timeout = payer.begin(timeout)
            except AllowanceSpent as error:
                return error
        shared["waited"] = 0
        shared["tell"] = functools.partial(self.tell, reader)
        self.tell(reader, 0, 0)
        begun = monotonic()
        try:
            return self.read_one(reader, timeout, shared)
        finally:
            del self.progress[reader]
            if payer:
                payer.end(timeout, monotonic() - begun - shared.get("waited", 0))

    def tell(self, reader, done, total):
        self.progress[reader] = (done, total)

    def read_one(self, reader, timeout, shared):
        try:
            count = reader.count(timeout=timeout, shared=shared)
        except CountError as error:
            self.note(reader.host, error.is_silence)
            return error
        except Exception as error:  # noqa: BLE001 (told to the one who asked)
            return error
        self.note(reader.host, False)
        return count

    def note(self, host, is_silent):
        with self.changed:
            self.silent[host] = self.silent[host] + 1 if is_silent else 0

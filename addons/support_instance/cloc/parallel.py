# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Read many sources at once, so that a slow or dead one holds up nobody else.

Threads wait for servers; the work itself is done by the processes they start. Plain
values go in and come out: whoever has a database uses it in the thread that asks.
"""

import queue
import threading
from collections import Counter, deque

from .clock import monotonic
from .errors import CountError, SourceUnreachable
from .git.fetcher import TIMEOUT

THREADS = 8
# Of one server: more would be rude, and would leave no thread for the others.
THREADS_PER_HOST = 3
# Failures in a row after which a server is left alone until the next run.
_PATIENCE = 3


def read_all(
    jobs,
    *,
    threads=THREADS,
    timeout=TIMEOUT,
    start_until=None,
    deadline=None,
):
    """Read the sources of many and yield (name, outcome) as they are done.

    The outcome is a list of Counts, one for each reader in its order, or the exception
    of the first that failed. Jobs that were not begun in time are not yielded.

    :param jobs: dict of lists of readers (see reader.py) by any name
    :param threads: how many sources are read at once
    :param timeout: seconds for one source
    :param start_until: monotonic time from which on nothing new is begun
    :param deadline: monotonic time at which every source must be done
    """
    schedule = _Schedule(jobs, timeout, start_until, deadline)
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
            reader, outcome = schedule.results.get()
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

    def __init__(self, jobs, timeout, start_until, deadline):
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
        self.busy = Counter()  # threads by host
        self.silent = Counter()  # failures in a row by host
        self.changed = threading.Condition()

    def work(self):
        try:
            while chain := self.take():
                try:
                    self.read_chain(chain)
                finally:
                    with self.changed:
                        self.busy[chain[0].host] -= 1
                        self.changed.notify_all()
        finally:
            self.results.put((None, None))

    def take(self):
        """The next chain whose server is not too busy with us, or None."""
        with self.changed:
            while self.chains and not self.is_over():
                for chain in self.chains:
                    host = chain[0].host
                    if not host or self.busy[host] < THREADS_PER_HOST:
                        self.chains.remove(chain)
                        self.busy[host] += 1
                        return chain
                self.changed.wait(1)
        return None

    def is_over(self):
        late = self.start_until is not None and monotonic() > self.start_until
        return self.stopped or late

    def read_chain(self, chain):
        shared = {}
        for reader in chain:
            if self.is_over():
                return
            self.results.put((reader, self.run(reader, shared)))

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
        try:
            count = reader.count(timeout=max(timeout, 0), shared=shared)
        except CountError as error:
            self.note(host, error.is_silence)
            return error
        except Exception as error:  # noqa: BLE001 (told to the one who asked)
            return error
        self.note(host, False)
        return count

    def note(self, host, is_silent):
        with self.changed:
            self.silent[host] = self.silent[host] + 1 if is_silent else 0

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Have files parsed by worker processes that may die of them.

Each worker is the end of a pipe ``feeder | worker``: the feeder is ``git cat-file
--batch`` (or feeder.py for a folder on disk), we only name the files and read the
results. So no content of a customer's file ever enters this process. Workers are
started afresh, not forked: they inherit no socket and no memory of ours.
"""

import contextlib
import json
import os
import selectors
import subprocess
import sys
import time
from collections import deque
from typing import NamedTuple

from .errors import CounterUnavailable, SourceBroken, SourceTimeout
from .process import kill_group
from .rules import rules

_WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
# Files named in advance: enough to keep git busy, few enough for the pipes to hold
# all requests and all answers.
_WINDOW = 64


class Limits(NamedTuple):
    """What a count may take.

    A file that does not fit into ``memory`` is tried again alone with ``memory_alone``.
    """

    processes: int = 2
    memory: int = 400 * 2**20  # address space of one worker
    memory_alone: int = 2 * 2**30
    seconds_per_file: int = 30  # processor time
    seconds: int = 1800  # for the whole count
    files: int = 500_000


def parse_all(feeder, jobs, limits, deadline):
    """Yield ((key, extension), answer) for each job, in any order.

    :param feeder: ``feeder()`` starts a process that answers as git cat-file does
    :param jobs: iterable of (key, extension); extension is "manifest" for one
    :param deadline: monotonic time at which to give up
    """
    jobs = deque(jobs)
    crowd = min(limits.processes, len(jobs) // 8 + 1)
    again = []
    for job, answer in _run(feeder, jobs, limits, limits.memory, crowd, deadline):
        if answer[0] == -2 if isinstance(answer, list) else False:
            again.append(job)
        else:
            yield job, answer
    # Alone and with more memory, so that a neighbour's greed is no file's fault.
    alone = _run(feeder, deque(again), limits, limits.memory_alone, 1, deadline)
    for job, answer in alone:
        if isinstance(answer, list) and answer[0] == -2:
            answer = [-1, _REASONS[answer[1]]]
        yield job, answer


_REASONS = {
    "memory": "Not counted: needs too much memory",
    "time": "Not counted: takes too much time",
    "crash": "Not counted: crashes Python's parser",
}


def _run(feeder, jobs, limits, memory, crowd, deadline):
    with selectors.DefaultSelector() as selector, contextlib.ExitStack() as stack:
        workers = []
        for _number in range(crowd if jobs else 0):
            worker = _Worker(feeder, limits, memory)
            stack.callback(worker.stop)
            workers.append(worker)
        for worker in workers:
            worker.start(selector)
        while any(worker.waiting for worker in workers) or jobs:
            for worker in workers:
                worker.name_files(jobs)
            if time.monotonic() > deadline:
                raise SourceTimeout(
                    "Counting took too long. What was counted is kept; the next "
                    "attempt goes on from there."
                )
            ready = selector.select(timeout=1)
            for key, _events in ready:
                yield from key.data.receive()
            for worker in workers:
                if worker.is_dead():
                    yield from worker.bury(jobs)
                    worker.start(selector)


class _Worker:
    """One pipe ``feeder | worker``, restarted when a file has killed it."""

    def __init__(self, feeder, limits, memory):
        self.feeder_factory = feeder
        self.limits = limits
        self.memory = memory
        self.waiting = deque()
        self.processes = []
        self.selector = None

    def start(self, selector):
        self.selector = selector
        feeder = self.feeder_factory()
        self.processes = [feeder]
        command = [
            *(python(), "-I", "-S", "-W", "ignore", _WORKER, rules().odoo_path),
            *(str(self.memory), str(self.limits.seconds_per_file)),
        ]
        worker = subprocess.Popen(
            command,
            stdin=feeder.stdout,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )
        self.processes.append(worker)
        # Ours must be closed, or git would never learn that its reader has died.
        feeder.stdout.close()
        self.names = feeder.stdin
        self.results = worker.stdout
        self.buffer = b""
        self.greeted = self.ended = False
        self.last_sign = time.monotonic()
        selector.register(self.results, selectors.EVENT_READ, self)

    def stop(self):
        for process in reversed(self.processes):
            kill_group(process)
        if self.processes:
            self.selector.unregister(self.results)
            with contextlib.suppress(OSError):
                self.names.close()
            self.results.close()
        self.processes = []

    def name_files(self, jobs):
        if self.ended or not jobs or len(self.waiting) > _WINDOW // 2:
            return
        batch = []
        while jobs and len(self.waiting) < _WINDOW:
            job = jobs.popleft()
            self.waiting.append(job)
            batch.append(f"{job[0]} {job[1]}\n")
        if len(self.waiting) == len(batch):
            self.last_sign = time.monotonic()
        try:
            self.names.write("".join(batch).encode())
            self.names.flush()
        except BrokenPipeError:
            self.ended = True

    def receive(self):
        data = os.read(self.results.fileno(), 65536)
        self.ended = self.ended or not data
        self.last_sign = time.monotonic()
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if not self.greeted:
                self.greet(message)
                continue
            job = self.waiting.popleft()
            if message[:2] != [job[0], job[1]]:
                raise SourceBroken("A file of the repository cannot be read.")
            yield job, message[2]

    def greet(self, message):
        if message != {"ruleset": rules().ruleset}:
            raise CounterUnavailable(
                f"The worker counts by other rules than ours: {message}"
            )
        self.greeted = True

    def is_dead(self):
        # The worker limits its own processor time; this is for a git that hangs.
        patience = 2 * self.limits.seconds_per_file + 30
        overdue = self.waiting and time.monotonic() - self.last_sign > patience
        return self.ended or overdue

    def bury(self, jobs):
        """Yield a verdict on the file that killed the worker, and put back the others."""
        worker, feeder = self.processes[1], self.processes[0]
        with contextlib.suppress(subprocess.TimeoutExpired):
            worker.wait(0.2 if self.ended else 0)
        status = worker.returncode
        self.stop()
        if not self.greeted:
            raise CounterUnavailable(
                f"The counting process does not start (status {status}). Check the "
                "server's memory and the log."
            )
        if status == 0 or (status is None and not self.waiting):
            raise SourceBroken(
                f"The repository cannot be read (status {feeder.returncode})."
            )
        if self.waiting:
            culprit = self.waiting.popleft()
            jobs.extendleft(reversed(self.waiting))
            self.waiting.clear()
            timed_out = status in (None, -24)  # SIGXCPU
            if timed_out:
                yield culprit, [-1, _REASONS["time"]]
            else:
                yield culprit, [-2, "crash"]


def python() -> str:
    """The interpreter that runs Odoo: what parses depends on its version."""
    if sys.executable and os.path.basename(sys.executable).startswith("python"):
        return sys.executable
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    path = os.path.join(sys.base_exec_prefix, "bin", name)
    if os.path.exists(path):
        return path
    raise CounterUnavailable(f"Found no {name} to count with.")

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Have files parsed by worker processes that may die of them.

Each worker works through a window of files named in advance. Where it stops answering,
the first file without an answer is to blame; the others go to the next worker.

A worker is the end of a pipe ``feeder | worker``. The feeder is ``git cat-file
--batch`` (or feeder.py for a folder on disk); we only name the files and read the
results. So no content of a customer's file ever enters this process. Workers are
started afresh, not forked: they inherit no socket, no environment and no memory of
ours.
"""

import contextlib
import json
import logging
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from typing import NamedTuple

from ..errors import CounterUnavailable, CountTimeout, SourceBroken
from ..process import kill_group, monotonic, python
from .rules import rules

_logger = logging.getLogger(__name__)

# Files named in advance: enough to keep git and the worker busy while we do other
# things, few enough for the pipes to hold all requests and all answers.
_WINDOW = 200

# By the system, for want of memory; after so many there is no use in going on.
_MAX_KILLS = 10

_REASONS = {
    "memory": "Not counted: needs too much memory",
    "time": "Not counted: takes too much time",
    "crash": "Not counted: crashes Python's parser",
}

_WORKER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.py")
_PATIENCE = 30  # seconds without an answer, beyond what a file may compute


class Pipe:
    def __init__(self, feeder, memory, seconds_per_file):
        self.make_feeder = feeder
        self.memory = memory
        self.seconds_per_file = seconds_per_file
        self.waiting = deque()  # jobs named and not yet answered, in order
        self.feeder = self.worker = None
        self.busy = 0.0  # seconds of processor time of a buried worker, all its files

    def start(self):
        self.feeder = self.make_feeder()
        self.worker = subprocess.Popen(
            self.command(),
            stdin=self.feeder.stdout,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.environment(),
            cwd="/",
            start_new_session=True,
        )
        # Ours must be closed, or git would never learn that its reader has died.
        self.feeder.stdout.close()
        self.results = self.worker.stdout
        self._buffer = b""
        self._greeted = self._ended = False
        self._last_sign = monotonic()

    def command(self):
        return [
            *(python(), "-I", "-S", "-W", "ignore", _WORKER, rules().odoo_path),
            *(str(self.memory), str(self.seconds_per_file)),
        ]

    def environment(self):
        return {"LC_ALL": "C.UTF-8"}

    def stop(self):
        if self.worker:
            kill_group(self.worker)
            kill_group(self.feeder)
            with contextlib.suppress(OSError):
                self.feeder.stdin.close()
            self.results.close()
            self.worker = None

    close = stop

    def request(self, jobs, window):
        """Take jobs and name their files to the feeder, up to a window of them."""
        if self._ended or not jobs or len(self.waiting) > window // 2:
            return
        if not self.waiting:
            self._last_sign = monotonic()
        lines = []
        while jobs and len(self.waiting) < window:
            job = jobs.popleft()
            self.waiting.append(job)
            lines.append(f"{job[0]} {job[1]}\n")
        try:
            self.feeder.stdin.write("".join(lines).encode())
            self.feeder.stdin.flush()
        except BrokenPipeError:
            self._ended = True

    def receive(self):
        """Yield (job, answer) for what has arrived."""
        data = os.read(self.results.fileno(), 65536)
        self._ended = self._ended or not data
        self._last_sign = monotonic()
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            if not self._greeted:
                self._greet(message)
                continue
            job = self.waiting.popleft()
            if message[:2] != [job[0], job[1]]:
                raise SourceBroken("A file of the repository cannot be read.")
            yield job, message[2]

    def _greet(self, message):
        if message != rules().identity():
            _logger.info("The worker counts by other rules: %s", message)
            raise CounterUnavailable(
                "The counting process has another version of Odoo's counter than this "
                "server. Restart Odoo."
            )
        self._greeted = True

    def is_dead(self):
        # The worker limits its own processor time; this is for a git that hangs.
        patience = 2 * self.seconds_per_file + _PATIENCE
        overdue = self.waiting and monotonic() - self._last_sign > patience
        return self._ended or overdue

    def discard_worker(self, jobs):
        """Return the file that killed the worker and "time" or "crash" (or "still": it
        gave no answer for long, perhaps for want of a processor); the files after it go
        back to the jobs. None and "killed" if somebody else did it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.worker.wait(1 if self._ended else 0)
        status = self.worker.returncode
        self.busy = _processor_time(self.worker.pid)
        self.stop()
        if status == -signal.SIGKILL:
            # No file can do that: its memory and its time end in other ways. This was
            # the system, short of memory, or an administrator.
            jobs.extendleft(reversed(self.waiting))
            self.waiting.clear()
            return None, "killed"
        if not self._greeted:
            raise CounterUnavailable(
                f"The counting process does not start (status {status}). Check the "
                "memory of this server."
            )
        if status is not None and status >= 0:
            # It ended by itself: the feeder did not deliver.
            raise SourceBroken("A file of the repository cannot be read.")
        if not self.waiting:
            return None, "crash"
        culprit = self.waiting.popleft()
        jobs.extendleft(reversed(self.waiting))
        self.waiting.clear()
        if status is None:
            return culprit, "still"
        return culprit, "time" if status == -signal.SIGXCPU else "crash"


def _processor_time(pid) -> float:
    """Seconds that a process has computed; of one that is gone, or unknown: no end."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return float("inf")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Limits(NamedTuple):
    """What a count may take.

    A file that does not fit into ``memory`` is tried again, alone, with
    ``memory_alone``.
    """

    processes: int = 2
    memory: int = 400 * 2**20  # address space of one worker
    memory_alone: int = 2 * 2**30
    seconds_per_file: int = 30  # processor time
    seconds: int = 1800  # for the whole count
    files: int = 500_000


class Pool:
    """Workers for one count. Use as a context manager.

    :param feeder: ``feeder()`` starts a process that answers as git cat-file does
    :param pipe: the class of the pipes to the workers
    """

    def __init__(self, feeder, limits, pipe=Pipe):
        self.feeder = feeder
        self.limits = limits
        self.pipe = pipe
        self.deadline = monotonic() + limits.seconds
        self._pipes = []
        self._kills = 0

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        for pipe in self._pipes:
            pipe.stop()

    def warm_up(self, number=1):
        """Start workers now, so that they are ready when they are needed."""
        while len(self._pipes) < min(number, self.limits.processes):
            limits = self.limits
            pipe = self.pipe(self.feeder, limits.memory, limits.seconds_per_file)
            self._pipes.append(pipe)
            pipe.start()

    def check_time(self):
        if monotonic() > self.deadline:
            raise CountTimeout(
                "Counting took too long. What was counted is kept; the next attempt "
                "goes on from there."
            )

    def parse(self, jobs):
        """Begin with jobs, each (key, extension or "manifest"); return an iterator of
        (job, answer) in any order. To be exhausted before the next call."""
        jobs = deque(jobs)
        if jobs:
            self.warm_up()
        for pipe in self._pipes:
            pipe.request(jobs, _WINDOW)
        return self._answers(jobs)

    def _answers(self, jobs):
        again = deque()
        for job, answer in self._run(self._pipes, jobs):
            if _is_final(answer):
                yield job, answer
            else:
                again.append(job)
        if not again:
            return
        # Once more, alone and with more memory: a neighbour's greed is no file's fault.
        limits = self.limits
        pipe = self.pipe(self.feeder, limits.memory_alone, limits.seconds_per_file)
        with contextlib.closing(pipe):
            pipe.start()
            for job, answer in self._run([pipe], again):
                if answer == [-2, "still"]:
                    if pipe.busy < limits.seconds_per_file / 4:
                        # Waiting is no work of a file's, and would be remembered so.
                        raise CounterUnavailable(
                            "The counting processes stand still. Check the load and "
                            "the disks of this server. What was counted is kept."
                        )
                    answer = [-2, "time"]
                if not _is_final(answer):
                    answer = [-1, _REASONS[answer[1]]]
                yield job, answer

    def _run(self, pipes, jobs):
        while jobs or any(pipe.waiting for pipe in pipes):
            self.check_time()
            for pipe in pipes:
                pipe.request(jobs, _WINDOW)
            yield from self._receive(pipes)
            for pipe in pipes:
                if pipe.is_dead():
                    culprit, why = pipe.discard_worker(jobs)
                    if why == "killed":
                        self._note_kill()
                    elif why == "time":
                        yield culprit, [-1, _REASONS[why]]
                    elif culprit:
                        yield culprit, [-2, why]
                    pipe.start()

    def _note_kill(self):
        self._kills += 1
        if self._kills > _MAX_KILLS:
            raise CounterUnavailable(
                "The counting processes are killed again and again. Check the memory "
                "of this server. What was counted is kept."
            )

    def _receive(self, pipes):
        with selectors.DefaultSelector() as selector:
            for pipe in pipes:
                selector.register(pipe.results, selectors.EVENT_READ, pipe)
            ready = selector.select(timeout=1)
        for key, _events in ready:
            yield from key.data.receive()
        if ready and all(len(pipe.waiting) > _WINDOW // 2 for pipe in pipes):
            # Let answers gather: being woken for each costs more than it is worth.
            time.sleep(0.005)


def _is_final(answer):
    return isinstance(answer, dict) or answer[0] != -2

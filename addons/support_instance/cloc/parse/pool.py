# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Have files parsed by worker processes that may die of them.

Each worker (see pipe.py) works through a window of files named in advance. Where it
stops answering, the first file without an answer is to blame; the others go to the
next worker.
"""

import contextlib
import selectors
import time
from collections import deque
from typing import NamedTuple

from ..clock import monotonic
from ..errors import CounterUnavailable, CountTimeout
from .pipe import Pipe

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
    """

    def __init__(self, feeder, limits):
        self.feeder = feeder
        self.limits = limits
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
            pipe = Pipe(self.feeder, limits.memory, limits.seconds_per_file)
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
        pipe = Pipe(self.feeder, limits.memory_alone, limits.seconds_per_file)
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
                    culprit, why = pipe.bury(jobs)
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

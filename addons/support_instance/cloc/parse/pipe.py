# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""One pipe ``feeder | worker``.

The feeder is ``git cat-file --batch`` (or feeder.py for a folder on disk); we only name
the files and read the results. So no content of a customer's file ever enters this
process. Workers are started afresh, not forked: they inherit no socket, no environment
and no memory of ours.
"""

import contextlib
import json
import os
import signal
import subprocess
from collections import deque

from ..clock import monotonic
from ..errors import CounterUnavailable, SourceBroken
from ..process import kill_group, python
from .rules import rules

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
            raise CounterUnavailable(f"The worker counts by other rules: {message}")
        self._greeted = True

    def is_dead(self):
        # The worker limits its own processor time; this is for a git that hangs.
        patience = 2 * self.seconds_per_file + _PATIENCE
        overdue = self.waiting and monotonic() - self._last_sign > patience
        return self._ended or overdue

    def bury(self, jobs):
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

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Run a command that may hang, talk too much or fill the disk; find Python."""

import contextlib
import functools
import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

from .errors import CounterUnavailable

_MAX_OUTPUT = 8 * 2**20
# Address space of each process: git reads a folder or commit whole into memory, however
# large its sender has made it.
_MAX_MEMORY = 2 * 2**30


def monotonic() -> float:
    """The clock for time limits.

    Not ``time.monotonic``: tests that stop the clock (freezegun) stop that one too, in
    some threads and not in others, and a limit made of both is over before it begins.
    """
    return time.clock_gettime(time.CLOCK_MONOTONIC)


class Done(NamedTuple):
    status: int
    output: str
    errors: str
    reason: str  # "", "timeout" or "size"


def run_limited(command, *, env, deadline, folder, max_size) -> Done:
    """Run until the deadline (monotonic) or until ``folder`` outgrows ``max_size``.

    The whole process group is killed: git leaves the work to helpers, and killing
    only git would leave them at it. Should we be killed ourselves, so are they.
    """
    command = [*_guard(deadline, max_size), *command]
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env=env,
            cwd="/",
            start_new_session=True,
        )
        # A worker of Odoo has little processor time; the deadline is our limit here.
        with contextlib.suppress(OSError):
            _soft, hard = resource.prlimit(process.pid, resource.RLIMIT_CPU)
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (hard, hard))
        reason = ""
        try:
            pause = 0.002
            while process.poll() is None and not reason:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(pause)
                # Short commands end at once, long ones are looked at four times a
                # second.
                pause = min(pause * 1.5, 0.25)
                if monotonic() > deadline:
                    reason = "timeout"
                elif pause > 0.1 and (
                    folder_size(folder) > max_size
                    or os.fstat(output.fileno()).st_size > _MAX_OUTPUT
                    or os.fstat(errors.fileno()).st_size > _MAX_OUTPUT
                ):
                    reason = "size"
        finally:
            kill_group(process)
        if not reason and folder_size(folder) > max_size:
            reason = "size"
        return Done(process.returncode, _text(output), _text(errors), reason)


def _guard(deadline, max_size):
    """Standard tools that put limits on a command before it runs, and watch over it
    when we do not any more."""
    seconds = max(1, math.ceil(deadline - monotonic())) + 5
    tools = {
        "prlimit": [f"--as={_MAX_MEMORY}", f"--fsize={max_size}", "--core=0", "--"],
        "setpriv": ["--pdeathsig", "TERM", "--"],
        # It passes a signal on to the whole group, as nothing else does.
        "timeout": ["--kill-after=1", str(seconds)],
    }
    for name, arguments in tools.items():
        if path := _find(name):
            yield path
            yield from arguments


@functools.cache
def _find(name):
    return shutil.which(name)


def kill_group(process) -> None:
    """Kill a process started with ``start_new_session`` and all it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def folder_size(folder) -> int:
    size = 0
    for root, _dirs, files in os.walk(folder):
        for name in files:
            with contextlib.suppress(OSError):
                size += os.lstat(os.path.join(root, name)).st_blocks * 512
    return size


def _text(file):
    file.seek(0)
    return file.read(_MAX_OUTPUT).decode("utf-8", "replace")


def python() -> str:
    """The interpreter that runs Odoo: what parses depends on its version."""
    if os.path.basename(sys.executable or "").startswith("python"):
        return sys.executable
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    path = os.path.join(sys.base_exec_prefix, "bin", name)
    if os.path.exists(path):
        return path
    raise CounterUnavailable(f"Found no {name} to count with.")

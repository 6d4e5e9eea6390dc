# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the commands print, and how they fail."""

import os
import signal
import subprocess
import sys
import time

from . import locks, paths

# Processes that run() is waiting for, perhaps in another thread.
RUNNING = set()


class Failure(Exception):
    """Something a person can act on: what failed, and what to do about it."""

    def __init__(self, what, advice="", log=None):
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.log = log


def say(text=""):
    print(text, flush=True)


def tail(path, lines=25):
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def run(command, *, log, what, advice="", env=None, cwd=None):
    """Run a command with its output in a log; a Failure shows the log's end."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as stream:
        stream.write(f"$ {' '.join(map(str, command))}\n".encode())
        stream.flush()
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                pass_fds=tuple(locks.INHERITED),
            )
        except OSError as error:
            raise Failure(f"{what}: {error}", advice, log) from error
        with process:
            RUNNING.add(process)
            try:
                code = process.wait()
            except BaseException:
                process.kill()
                raise
            finally:
                RUNNING.discard(process)
    if code:
        raise Failure(f"{what} (exit status {code})", advice, log)


def in_foreground(arguments, env):
    """Run a command as if we were it: its terminal, its signals, its exit status."""
    # Ctrl-C goes to both of us; Odoo shuts down cleanly and we wait for it.
    process = None

    def forward(number, frame):
        # A terminal's Ctrl-C has reached the child already.
        if process and number != signal.SIGINT:
            process.send_signal(number)

    previous = {
        number: signal.signal(number, forward)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        process = subprocess.Popen(arguments, env=env, pass_fds=tuple(locks.INHERITED))
        code = process.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 128 - code if code < 0 else code


def main(function):
    """Run a command's function; expected failures come without a traceback."""
    started = time.monotonic()
    # A test harness or a service manager stops us with SIGTERM: unwind as for
    # Ctrl-C, so that servers are stopped and temporary databases dropped.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return function(sys.argv[1:]) or 0
    except Failure as failure:
        say(f"\nFAILED after {time.monotonic() - started:.0f} s: {failure.what}")
        if failure.log and (end := tail(failure.log)):
            say(f"--- end of {paths.relative(failure.log)}")
            say(end)
            say("---")
        if failure.advice:
            say(failure.advice)
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted.")
        return 130
    except BrokenPipeError:
        # The reader went away (`bin/... | head`); there is nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _interrupt(signum, frame):
    raise KeyboardInterrupt

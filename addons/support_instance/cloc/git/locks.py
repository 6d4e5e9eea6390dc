# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Locks on cached repositories, between all processes of this server.

``<repository>.lock`` lets one at a time fetch. ``<repository>.use`` is held, shared, by
those who read, so that nothing is removed under their eyes. Both are released by the
system when a process dies.
"""

import contextlib
import fcntl
import time

from ..clock import monotonic
from ..errors import SourceTimeout


@contextlib.contextmanager
def fetching(repo_path, deadline):
    """Wait for our turn to fetch, until the deadline (monotonic)."""
    with open(f"{repo_path}.lock", "a") as file:
        while not _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            if monotonic() > deadline:
                raise SourceTimeout(
                    "Somebody else has been fetching this repository for too long. "
                    "Try again later."
                )
            time.sleep(0.05)
        yield


@contextlib.contextmanager
def reading(repo_path):
    """Keep a cached repository as it is; others are nobody's to tidy."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(FileNotFoundError):
            file = stack.enter_context(open(f"{repo_path}.use"))
            _lock(file, fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def tidying(repo_path):
    """Gives whether nobody reads, and keeps it so."""
    with open(f"{repo_path}.use", "a") as file:
        yield _lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _lock(file, operation):
    try:
        fcntl.flock(file, operation)
    except BlockingIOError:
        return False
    return True

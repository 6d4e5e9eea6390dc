# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""File locks. The kernel drops them with the process, however that dies."""

import contextlib
import fcntl
import os

# Locks that child processes hold too. When a command is killed, its children may
# go on for a while: the lock must last until the last of them is gone.
INHERITED = set()


class FileLock:
    def __init__(self, path, inherited=False):
        self.path = path
        self.inherited = inherited
        self._fd = None

    def _open(self):
        if self._fd is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
            if self.inherited:
                INHERITED.add(self._fd)

    def shared(self):
        self._open()
        fcntl.flock(self._fd, fcntl.LOCK_SH)

    def exclusive(self):
        self._open()
        fcntl.flock(self._fd, fcntl.LOCK_EX)

    def try_exclusive(self):
        self._open()
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self):
        if self._fd is not None:
            INHERITED.discard(self._fd)
            os.close(self._fd)
            self._fd = None


@contextlib.contextmanager
def exclusive(path, waiting=None, inherited=False):
    """Hold the lock; call `waiting` once if somebody else holds it."""
    lock = FileLock(path, inherited)
    if not lock.try_exclusive():
        if waiting:
            waiting()
        lock.exclusive()
    try:
        yield
    finally:
        lock.release()

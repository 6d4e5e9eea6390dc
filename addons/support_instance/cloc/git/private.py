# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Folders for keys that ssh reads from files, gone when nobody needs them.

Each is locked by the process that made it. The system releases the lock when that
process dies, however it does, and the next fetch deletes the folder.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time

PREFIX = "private-"
# A new folder is not locked for a moment; nothing is in it then.
_MOMENT = 10  # seconds


@contextlib.contextmanager
def private_folder(parent):
    """Path of a new folder below `parent` that only this user may read."""
    with tempfile.TemporaryDirectory(dir=parent, prefix=PREFIX) as folder:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield folder
        finally:
            os.close(descriptor)


def sweep_private_folders(parent) -> int:
    """Delete those of processes that were killed; return how many."""
    deleted = 0
    with contextlib.suppress(FileNotFoundError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(PREFIX):
                deleted += _sweep(entry)
    return deleted


def _sweep(entry):
    try:
        if entry.stat(follow_symlinks=False).st_ctime > time.time() - _MOMENT:
            return False
        descriptor = os.open(entry.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    shutil.rmtree(entry.path, ignore_errors=True)
    return True

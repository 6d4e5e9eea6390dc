# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Delete fetched repositories that nobody needs any more, and results of files."""

import contextlib
import os
import re
import shutil
import sqlite3
import time

from ..cache import SqliteCache, results_path
from ..errors import SourceTimeout
from ..process import monotonic
from .fetcher import discard, sweep_private_folders

# Several databases of one server share the folder, so nobody knows all sources. What
# was not fetched for so long has none; a fetch would bring it back.
UNUSED_DAYS = 30
# Bytes. Of all add-ons of Odoo Community they take some megabytes.
MAX_RESULTS = 2**30
_REPOSITORY = re.compile(r"[0-9a-f]{40}\.git")
# Left by a process that was killed
_LEFTOVER = re.compile(r"(removed-|tmp)\w+")


def delete_repository(git_dir, key, *, patience=5) -> bool:
    """Delete the repository of this key (see Source.key); false if it is in use.

    :param git_dir: folder of repositories
    :param patience: seconds to wait for somebody who fetches
    """
    path = os.path.join(git_dir, f"{key}.git")
    try:
        return discard(path, monotonic() + patience)
    except SourceTimeout:
        return False


def sweep(git_dir, *, days=UNUSED_DAYS) -> int:
    """Delete what was not used for so many days, and leftovers; return how many."""
    deleted = 0
    sweep_private_folders(git_dir)
    old, yesterday = time.time() - days * 86400, time.time() - 86400
    with contextlib.suppress(FileNotFoundError):
        for entry in list(os.scandir(git_dir)):
            if not entry.is_dir(follow_symlinks=False):
                continue
            if _REPOSITORY.fullmatch(entry.name):
                if _last_use(entry) < old:
                    key = entry.name.removesuffix(".git")
                    deleted += delete_repository(git_dir, key, patience=0)
            elif _LEFTOVER.fullmatch(entry.name):
                if entry.stat(follow_symlinks=False).st_mtime < yesterday:
                    shutil.rmtree(entry.path, ignore_errors=True)
    return deleted


def _last_use(entry):
    try:
        return os.stat(f"{entry.path}.use").st_mtime
    except FileNotFoundError:
        return entry.stat(follow_symlinks=False).st_mtime


def limit_results(cache_dir, *, max_size=MAX_RESULTS) -> bool:
    """Forget the results by file if they take too much of the disk.

    Nobody knows which of them are still needed; all can be counted again.

    :return: whether they were forgotten; one that is in use stays for now
    """
    path = results_path(cache_dir)
    with contextlib.suppress(FileNotFoundError, sqlite3.OperationalError):
        if os.path.getsize(path) > max_size:
            with contextlib.closing(SqliteCache(path)) as cache:
                cache.clear()
            return True
    return False

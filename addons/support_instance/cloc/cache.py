# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Results by content, so that nothing is counted twice.

A cache is any object with two methods:

- ``get_many(keys)`` returns a dict of those it knows;
- ``put_many(values)`` takes such a dict.

A key is ``(object id, kind, ruleset)``, all text. ``kind`` is a lower-case extension
(``.py``) for a file's result, or ``module.<form>`` for that of a whole folder. A value
is an opaque text. A result depends on nothing but its key: entries never become wrong,
may be shared by all customers, and may be dropped at any time.
"""

import contextlib
import functools
import hashlib
import os
import sqlite3
import time
from itertools import islice
from pathlib import Path

# Seconds after which a file that another process writes to is given up.
WAIT = 60
# Bytes. Of all add-ons of Odoo Community they take some megabytes.
MAX_RESULTS = 2**30


@functools.cache
def _counter_fingerprint():
    """Changes with any line of the counter."""
    folder = Path(__file__).parent
    code = b"".join(path.read_bytes() for path in sorted(folder.rglob("*.py")))
    return hashlib.sha256(code).hexdigest()[:16]


def results_path(cache_dir) -> Path:
    """The file for a SqliteCache in a folder; another one for every version of ours.

    What an older counter remembered may have another form. It is dropped: all of it
    can be counted again.
    """
    folder = Path(cache_dir)
    path = folder / f"results-{_counter_fingerprint()}.sqlite"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in folder.glob("results*.sqlite*"):
            # Another process may be making the new one at this moment.
            if not old.name.startswith(path.name):
                old.unlink(missing_ok=True)
    return path


class MemoryCache(dict):
    """For one process."""

    def get_many(self, keys):
        return {key: self[key] for key in keys if key in self}

    put_many = dict.update


class SqliteCache:
    """In a file, for counting without a database server."""

    def __init__(self, path):
        try:
            self._open(path)
        except sqlite3.OperationalError:
            raise  # busy, or no place to write: nothing is wrong with the file
        except sqlite3.DatabaseError:
            # Damaged. What is in it can be counted again.
            for suffix in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(f"{path}{suffix}")
            self._open(path)

    def _open(self, path):
        self._db = sqlite3.connect(path, timeout=WAIT)
        deadline = time.monotonic() + WAIT
        while True:
            try:
                return self._prepare()
            except sqlite3.OperationalError as error:
                # Who changes the mode of a new file at the same moment as another is
                # refused at once: SQLite waits for nobody there.
                # (By its words: the error has a code only since Python 3.11.)
                if "locked" not in str(error) or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _prepare(self):
        # Of a new file: a module's result fits into one page, mostly.
        self._db.execute("PRAGMA page_size = 16384")
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS result (oid TEXT, kind TEXT, ruleset TEXT, "
            "value TEXT, PRIMARY KEY (oid, kind, ruleset)) WITHOUT ROWID"
        )

    def get_many(self, keys):
        oids = {}
        for oid, kind, ruleset in keys:
            oids.setdefault((kind, ruleset), []).append(oid)
        found = {}
        for (kind, ruleset), names in oids.items():
            names = iter(names)
            while batch := list(islice(names, 500)):
                marks = ",".join("?" * len(batch))
                rows = self._db.execute(
                    "SELECT oid, value FROM result "
                    f"WHERE kind = ? AND ruleset = ? AND oid IN ({marks})",  # noqa: S608
                    [kind, ruleset, *batch],
                )
                found.update(((oid, kind, ruleset), value) for oid, value in rows)
        return found

    def put_many(self, values):
        with self._db:
            self._db.executemany(
                "INSERT OR REPLACE INTO result VALUES (?, ?, ?, ?)",
                ((*key, value) for key, value in values.items()),
            )

    def clear(self):
        """Forget everything, and give its space back to the disk."""
        with self._db:
            self._db.execute("DELETE FROM result")
        self._db.execute("VACUUM")
        self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self):
        self._db.close()


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

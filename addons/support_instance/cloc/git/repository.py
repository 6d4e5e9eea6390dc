# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A Git repository on this server: how git is started in it, who is at it, and what
its commits, trees and links are.

**Git** is started without a shell, a user's settings, hooks or questions.

**Locks** hold between all processes of this server. ``<repository>.lock`` lets one at a
time fetch. ``<repository>.use`` is held, shared, by those who read, so that nothing is
removed under their eyes. Both are released by the system when a process dies.

**Objects** are read through ``git cat-file``: one process answers all questions, and
nothing is written. The contents of files are not read here but by the workers (see
pool.py).
"""

import contextlib
import fcntl
import functools
import os
import re
import shutil
import subprocess
import tempfile
import time
from datetime import datetime, timezone
from itertools import chain, islice
from operator import itemgetter
from typing import NamedTuple

from ..errors import (
    CounterUnavailable,
    RevisionMissing,
    SourceBroken,
    SourceTimeout,
    SourceTooLarge,
)
from ..process import kill_group, monotonic

# === GIT === #

# What a git process may know of ours. Notably absent: HOME (.netrc, .gitconfig),
# database settings, GIT_* of a surrounding repository.
_PASSED_ON = (
    "PATH",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
)

_SETTINGS = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "advice.detachedHead": "false",
    "protocol.version": "2",
    # A redirect would take our credentials, or the request, to another host.
    "http.followRedirects": "false",
    # Whatever a repository's own settings say: nothing goes to a server that cannot
    # prove who it is.
    "http.sslVerify": "true",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "30",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "transfer.bundleURI": "false",
    "fetch.fsckObjects": "true",
    # Harmless blemishes of old, honest repositories; nothing is ever checked out.
    "fetch.fsck.zeroPaddedFilemode": "ignore",
    "fetch.fsck.badTimezone": "ignore",
    "fetch.fsck.missingSpaceBeforeDate": "ignore",
    "fetch.fsck.missingSpaceBeforeEmail": "ignore",
    "fetch.fsck.missingEmail": "ignore",
    "fetch.fsck.missingNameBeforeEmail": "ignore",
    # Submodules are not fetched, whatever is said about them.
    "fetch.fsck.gitmodulesUrl": "ignore",
    "fetch.fsck.gitmodulesName": "ignore",
    "fetch.fsck.gitmodulesPath": "ignore",
    "fetch.fsck.gitmodulesUpdate": "ignore",
    # A path that leads upwards is refused, not only frowned upon.
    "fetch.fsck.hasDot": "error",
    "fetch.fsck.hasDotdot": "error",
    "fetch.fsck.fullPathname": "error",
    "fetch.fsck.emptyName": "error",
    # Memory: large files are streamed, packs mapped in small windows.
    "core.bigFileThreshold": "32m",
    "core.packedGitWindowSize": "1m",
    "core.packedGitLimit": "32m",
    "core.deltaBaseCacheLimit": "16m",
    "pack.threads": "1",
    # Keep what comes as one pack; unpacking it would need more memory and files.
    "fetch.unpackLimit": "1",
}


def git_environment(home: str, settings=None) -> dict:
    """The whole environment of a git process.

    Settings travel in the environment: unlike arguments, other users of the machine
    cannot see it.
    """
    env = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    env.update(
        HOME=home,
        LC_ALL="C",
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL="/dev/null",
        GIT_ATTR_NOSYSTEM="1",
        GIT_TERMINAL_PROMPT="0",
        GIT_ASKPASS="true",
        SSH_ASKPASS="true",
        GIT_NO_REPLACE_OBJECTS="1",
        GIT_NO_LAZY_FETCH="1",
        GIT_OPTIONAL_LOCKS="0",
        GIT_ALLOW_PROTOCOL="file:http:https:ssh",
    )
    settings = {**_SETTINGS, **(settings or {})}
    env["GIT_CONFIG_COUNT"] = str(len(settings))
    for number, (name, value) in enumerate(settings.items()):
        env[f"GIT_CONFIG_KEY_{number}"] = name
        env[f"GIT_CONFIG_VALUE_{number}"] = value
    return env


def git_command(*arguments: str) -> list:
    git = shutil.which("git")
    if not git:
        raise CounterUnavailable("git is not installed on this server.")
    return [git, *arguments]


# === LOCKS === #


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


# === OBJECTS === #

# Requests in flight: short enough for a pipe to hold them all, so that neither side
# ever waits for the other.
_WINDOW = 256
_MAX_TREE = 64 * 2**20
_MAX_LINK = 4096  # what Linux accepts as a link's target
_MAX_ATTRIBUTES = 100 * 2**20  # git's own limit for a .gitattributes
_SPECIAL = frozenset((b".", b".."))
_REVISION = re.compile(r"[^\x00-\x20\x7f-][^\x00-\x20\x7f]*")


class Commit(NamedTuple):
    oid: str
    tree: str
    date: datetime


_KINDS = {b"40000": "tree", b"040000": "tree", b"120000": "link", b"160000": "other"}


class Entry(NamedTuple):
    """One name in a folder, as a tree object has it."""

    mode: bytes
    name: bytes
    raw: bytes

    @property
    def kind(self) -> str:
        """tree, file, link or other (a submodule)"""
        return _KINDS.get(self.mode, "file")

    @property
    def key(self) -> str:
        return self.raw.hex()


# By length of the id. Regular expressions, since a tree has thousands of entries.
_ENTRIES = {
    20: re.compile(rb"([0-7]+) ([^\0/]+)\0(.{20})", re.DOTALL),
    32: re.compile(rb"([0-7]+) ([^\0/]+)\0(.{32})", re.DOTALL),
}
_make_entry = functools.partial(tuple.__new__, Entry)


class ObjectReader:
    """The trees of one repository. Use as a context manager."""

    def __init__(self, repo_path):
        self.repo_path = os.path.abspath(repo_path)
        self._process = None
        self._hash_size = 20

    def __enter__(self):
        self._errors = tempfile.TemporaryFile()
        self._process = self._start("--batch", self._errors)
        return self

    def __exit__(self, *_error):
        self._process.stdin.close()
        kill_group(self._process)
        self._process.stdout.close()
        self._errors.close()

    @property
    def git_dir(self):
        inner = os.path.join(self.repo_path, ".git")
        return inner if os.path.exists(inner) else self.repo_path

    def commit(self, revision: str) -> Commit:
        """The commit that a branch, tag or id means."""
        if not _REVISION.fullmatch(revision):
            raise RevisionMissing(f"{revision[:100]!a} is no revision.")
        oid, kind, data = next(self._read([f"{revision}^{{commit}}"]))
        if kind != "commit":
            raise RevisionMissing(f"The repository has no revision {revision!a}.")
        head = data.split(b"\n\n", 1)[0]
        tree = re.search(rb"^tree ([0-9a-f]+)$", head, re.MULTILINE)
        stamp = re.search(rb"^committer .*> (\d+) [+-]\d+$", head, re.MULTILINE)
        try:
            date = datetime.fromtimestamp(int(stamp[1]), timezone.utc)
            self._hash_size = len(oid) // 2
            return Commit(oid, tree[1].decode(), date)
        except (TypeError, ValueError, OverflowError, OSError):
            raise SourceBroken(f"The commit {oid} is malformed.") from None

    def trees(self, keys, missing_ok=False):
        """Yield the entries of each tree, in the order of ``keys``.

        :param missing_ok: yield None for a tree that is not there
        """
        for key, (_oid, kind, data) in zip(keys, self._read(keys), strict=True):
            if kind == "tree":
                yield self._entries(data)
            elif missing_ok:
                yield None
            else:
                raise SourceBroken(f"Object {key} of the repository is missing.")

    def link(self, key) -> bytes:
        """The target of a symbolic link; too long ones lead nowhere, as on disk."""
        _oid, kind, data = next(self._read([key], _MAX_LINK))
        if kind == "missing":
            raise SourceBroken(f"Object {key} of the repository is missing.")
        return data

    def start_of(self, key) -> bytes:
        """A small file; of a larger one nothing (git ignores such attributes, too)."""
        _oid, _kind, data = next(self._read([key], _MAX_ATTRIBUTES))
        return data

    def blob_id(self, key) -> str:
        return key

    def tree_id(self, key) -> str:
        return key

    def sizes(self, keys) -> dict:
        """Size by id, without reading the contents: a 1 GB file costs nothing here."""
        done = subprocess.run(
            git_command(f"--git-dir={self.git_dir}", "cat-file", "--batch-check"),
            input="".join(f"{key}\n" for key in keys).encode(),
            capture_output=True,
            env=git_environment("/nonexistent"),
            cwd="/",
            check=False,
        )
        found = {}
        for line in done.stdout.decode("ascii", "replace").splitlines():
            words = line.split()
            if len(words) == 3 and words[1] == "blob":
                found[words[0]] = int(words[2])
        if len(found) != len(set(keys)):
            raise SourceBroken("Files of the repository are missing. Fetch it again.")
        return found

    def feeder(self):
        """A process that feeds blobs to a worker (see pool.py)."""
        return self._start("--batch=%(objectname) %(objecttype) %(objectsize) %(rest)")

    def _start(self, batch, stderr=subprocess.DEVNULL):
        return subprocess.Popen(
            git_command(f"--git-dir={self.git_dir}", "cat-file", batch),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=git_environment("/nonexistent"),
            cwd="/",
            start_new_session=True,
        )

    def _entries(self, data):
        width = self._hash_size
        found = _ENTRIES[width].findall(data)
        read = sum(map(len, chain.from_iterable(found))) + len(found) * 2
        # What the expression skipped, or a name that leads somewhere else
        if read != len(data) or not _SPECIAL.isdisjoint(map(itemgetter(1), found)):
            raise SourceBroken("A folder of the repository has an impossible name.")
        return list(map(_make_entry, found))

    def _read(self, names, max_size=_MAX_TREE):
        names = iter(names)
        while window := list(islice(names, _WINDOW)):
            try:
                self._process.stdin.write("".join(f"{n}\n" for n in window).encode())
                self._process.stdin.flush()
                for _name in window:
                    yield self._answer(max_size)
            except BrokenPipeError:
                raise self._broken() from None

    def _answer(self, max_size):
        output = self._process.stdout
        header = output.readline()
        if not header.endswith(b"\n"):
            raise self._broken()
        words = header.split()
        if len(words) < 3 or words[-1] in (b"missing", b"ambiguous"):
            return "", "missing", b""
        size = int(words[2])
        if size > max_size:
            if words[1] == b"blob":
                self._skip(size + 1)
                return words[0].decode(), "blob", b""
            raise SourceTooLarge("A folder of the repository has too many files.")
        data = output.read(size + 1)
        if len(data) != size + 1:
            raise self._broken()
        return words[0].decode(), words[1].decode(), data[:-1]

    def _skip(self, size):
        while size:
            size -= len(self._process.stdout.read(min(size, 2**20))) or size

    def _broken(self):
        self._errors.seek(0)
        details = self._errors.read(400).decode("ascii", "replace").strip()
        return SourceBroken(f"The repository cannot be read. (git: {details})")

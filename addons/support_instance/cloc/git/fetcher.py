# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Bring one branch's head into a bare cache repository; delete those that nobody needs
any more."""

import base64
import contextlib
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from ..addresses import Source, admit, is_loopback, open_secret
from ..errors import (
    CounterUnavailable,
    RevisionMissing,
    SourceBroken,
    SourceTimeout,
    SourceTooLarge,
)
from ..process import monotonic, run_limited
from .git_errors import explain
from .repository import ObjectReader, fetching, git_command, git_environment, tidying

MAX_SIZE = 2 * 2**30
# Beginning of the names of folders that are on their way out
REMOVED = "removed-"
TIMEOUT = 600
# More packs than this make reading slow; every fetch of something new adds one.
_MAX_PACKS = 40
# Of folders for keys that ssh reads from files. Each is locked by the process that made
# it; the system releases the lock when that process dies, however it does, and the next
# fetch deletes the folder.
PRIVATE = "private-"
# A new folder is not locked for a moment; nothing is in it then.
_MOMENT = 10  # seconds
# Several databases of one server share the folder, so nobody knows all sources. What
# was not fetched for so long has none; a fetch would bring it back.
UNUSED_DAYS = 30
_REPOSITORY = re.compile(r"[0-9a-f]{40}\.git")
# Left by a process that was killed
_LEFTOVER = re.compile(r"(removed-|tmp)\w+")


@dataclass(frozen=True)
class Revision:
    """A commit in a local repository: all that a count needs."""

    repo_path: str
    commit: str
    date: datetime  # of the commit, aware, UTC


def fetch(
    source: Source, cache_dir: str, *, timeout=TIMEOUT, max_size=MAX_SIZE
) -> Revision:
    """Fetch the head of the source's branch and name its commit.

    The repository below ``cache_dir`` is shared by everybody who has the same address;
    a lock lets them fetch one after the other. Nothing is checked out.

    :param timeout: seconds for everything, waiting for the lock included
    :param max_size: bytes on disk that the cached repository may take
    :raises CountError: one of its subclasses, with a message for the user
    """
    deadline = monotonic() + timeout
    source = _opened(source)
    cache_dir = os.path.abspath(cache_dir)
    os.makedirs(cache_dir, mode=0o700, exist_ok=True)
    sweep_private_folders(cache_dir)
    repo_path = os.path.join(cache_dir, f"{source.key}.git")
    with fetching(repo_path, deadline), contextlib.ExitStack() as stack:
        env = git_environment(cache_dir, _credentials(source, cache_dir, stack))
        job = _Fetch(source, repo_path, env, deadline, max_size)
        return job.run()


def discard(repo_path, deadline) -> bool:
    """Delete a cached repository, unless somebody is counting in it just now.

    :param deadline: monotonic time until which to wait for somebody who fetches
    :return: whether it is gone
    """
    if not os.path.isdir(os.path.dirname(repo_path)):
        return True
    with fetching(repo_path, deadline), tidying(repo_path) as alone:
        if alone:
            _remove(repo_path)
        return alone


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


def _remove(repo_path):
    """Gone at once for everybody else, also if we are killed half-way."""
    with contextlib.suppress(FileNotFoundError):
        folder = tempfile.mkdtemp(dir=os.path.dirname(repo_path), prefix=REMOVED)
        os.rename(repo_path, os.path.join(folder, "git"))
    shutil.rmtree(folder, ignore_errors=True)


class _Fetch:
    def __init__(self, source, repo_path, env, deadline, max_size):
        self.source = source
        self.repo_path = repo_path
        self.env = env
        self.deadline = deadline
        self.max_size = max_size
        # One for each branch: customers may have different ones of one repository.
        name = hashlib.sha256(source.branch.encode()).hexdigest()[:16]
        self.ref = f"refs/cache/{name}"

    def run(self):
        self.prepare()
        reference, commit = self.find()
        try:
            if not self.has(commit):
                self.fit(commit)
                commit = self.download(reference)
                self.tidy()
            elif self.source.is_commit:
                # Nothing was asked yet, and the id alone lets nobody in.
                self.git("ls-remote", "--", self.source.url, "HEAD")
            return self.open_revision(commit)
        finally:
            self.sweep()

    def open_revision(self, commit):
        try:
            return read_revision(self.repo_path, commit)
        except RevisionMissing as error:
            # It was fetched, so it is our copy that lacks it.
            raise SourceBroken(
                f"What was fetched of {self.source.url} is damaged. Try again."
            ) from error

    def fit(self, commit):
        """Ids are of one length in a repository, and one address may get another."""
        wanted = "sha256" if len(commit) == 64 else "sha1"
        known = self.git("rev-parse", "--show-object-format").strip()
        if known != wanted:
            _remove(self.repo_path)
            self.prepare(wanted)

    def prepare(self, object_format="sha1"):
        if not os.path.isfile(os.path.join(self.repo_path, "HEAD")):
            # A half-made folder of an interrupted run has nothing of value.
            shutil.rmtree(self.repo_path, ignore_errors=True)
            draft = tempfile.mkdtemp(dir=os.path.dirname(self.repo_path))
            try:
                options = ["--bare", "--template=", f"--object-format={object_format}"]
                self.git("init", "--quiet", *options, cwd=draft)
                os.rename(draft, self.repo_path)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
        with open(f"{self.repo_path}.use", "a"):
            pass  # for those who read; its time is that of the last use
        os.utime(f"{self.repo_path}.use")
        self.sweep()

    def sweep(self):
        """Remove what a killed git leaves behind; we hold the lock of this folder."""
        for folder, _dirs, files in os.walk(self.repo_path):
            for name in files:
                if name.endswith(".lock") or name.startswith("tmp_"):
                    with contextlib.suppress(OSError):
                        os.unlink(os.path.join(folder, name))

    def find(self):
        """Ask the source for the full name and commit of our branch or tag."""
        branch = self.source.branch
        if self.source.is_commit:
            return branch, branch
        wanted = (
            [f"refs/heads/{branch}", f"refs/tags/{branch}", f"refs/tags/{branch}^{{}}"]
            if branch
            else ["HEAD"]
        )
        answer = self.git("ls-remote", "--", self.source.url, *wanted)
        # ls-remote matches the end of names; only the exact name is ours.
        found = {}
        # Only this ends a line: a name may have what Python takes for a line break.
        for line in answer.split("\n"):
            commit, _tab, name = line.partition("\t")
            if name in wanted and re.fullmatch(r"[0-9a-f]{40,64}", commit):
                found[name] = commit
        for name in wanted[:2]:
            if name in found:
                return name, found.get(f"{name}^{{}}", found[name])
        if branch:
            hint = ""
            if re.fullmatch(r"[0-9a-f]{4,39}", branch):
                hint = " A commit is asked for by its full id of 40 characters."
            raise RevisionMissing(
                f"{self.source.url} has no branch or tag {branch!a}. Check its name."
                f"{hint}"
            )
        raise RevisionMissing(f"{self.source.url} is empty: nothing to count.")

    def has(self, commit):
        """Whether an earlier fetch brought this commit, with everything in it."""
        with contextlib.suppress(OSError), open(self.done) as file:
            return commit in file.read().split()
        return False

    @property
    def done(self):
        return os.path.join(self.repo_path, "fetched")

    def download(self, reference):
        arguments = [
            *("fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head"),
            *("--no-recurse-submodules", "--no-auto-maintenance"),
        ]
        operands = ["--", self.source.url, f"+{reference}:{self.ref}"]
        try:
            self.git(*arguments, "--depth=1", *operands)
        except SourceBroken as error:
            if "shallow" not in str(error):
                raise
            # Plain web servers only serve whole histories.
            self.git(*arguments, *operands)
        commit = self.git("rev-parse", "--verify", f"{self.ref}^{{commit}}").strip()
        with open(self.done, "a") as file:
            file.write(f"{commit}\n")
        return commit

    def tidy(self):
        """Once in a while, make one pack of all and drop what no branch has any more,
        unless somebody is counting here just now."""
        packs = os.listdir(os.path.join(self.repo_path, "objects", "pack"))
        if sum(name.endswith(".pack") for name in packs) <= _MAX_PACKS:
            return
        with tidying(self.repo_path) as alone:
            if alone:
                os.unlink(self.done)
                self.git("gc", "--quiet", "--prune=now")
                commits = self.git("for-each-ref", "--format=%(objectname)")
                with open(self.done, "w") as file:
                    file.write(commits)

    def git(self, *arguments, cwd=None):
        """Run git on the cache repository and return what it prints."""
        place = ["-C", cwd] if cwd else [f"--git-dir={self.repo_path}"]
        done = run_limited(
            git_command(*place, *arguments),
            env=self.env,
            deadline=self.deadline,
            folder=self.repo_path,
            max_size=self.max_size,
        )
        if done.reason == "timeout":
            raise SourceTimeout(
                f"{self.source.url} did not answer in time. Try again later, or check "
                "that the server is up."
            )
        # A single file beyond the limit: git's helper was stopped by the system.
        if done.reason == "size" or "died of signal 25" in done.errors:
            _remove(self.repo_path)
            raise SourceTooLarge(
                f"{self.source.url} is larger than {self.max_size // 2**20} MB. "
                "Remove what is no code from it, or raise the limit."
            )
        if done.status:
            raise explain(self.source, done.errors)
        return done.output


def read_revision(repo_path: str, revision: str) -> Revision:
    """Name the commit that a revision of a local repository means."""
    with ObjectReader(repo_path) as reader:
        commit = reader.commit(revision)
    return Revision(os.path.abspath(repo_path), commit.oid, commit.date)


def _opened(source):
    """The source with its secret in clear: for local variables only."""
    kind = "ssh" if source.is_ssh else "password"
    secret = open_secret(source.secret, kind, source.url, source.policy)
    return replace(source, secret=secret)


def _credentials(source, cache_dir, stack):
    """Git settings that carry the credentials; never an argument, never a file that
    outlives the fetch."""
    settings, pinned = _pin(source)
    if source.is_ssh:
        if not shutil.which("ssh"):
            raise CounterUnavailable("ssh is not installed on this server.")
        settings["core.sshCommand"] = _ssh_command(source, cache_dir, stack, pinned)
    elif source.secret:
        login = f"{source.user or 'token'}:{source.secret}".encode()
        header = f"Authorization: Basic {base64.b64encode(login).decode()}"
        # Bound to the address, so that no other host can be sent it.
        settings[f"http.{source.url}.extraHeader"] = header
        if source.protocol == "http" and is_loopback(urlsplit(source.url).hostname):
            settings["http.proxy"] = ""  # what is for this machine stays on it
    return settings


def _pin(source):
    """Git settings that make it connect to the addresses that were judged."""
    if not source.policy:
        return {}, []
    host, port, addresses = admit(source.url, source.policy)
    if not addresses:
        return {}, []
    if source.is_ssh:
        name = host if port == 22 else f"[{host}]:{port}"
        return {}, [f"HostName={addresses[0]}", f"HostKeyAlias={name}"]
    listed = ",".join(f"[{a}]" if ":" in a else a for a in addresses)
    settings = {"http.curloptResolve": f"{host}:{port}:{listed}"}
    if not source.policy.internal:
        settings["http.proxy"] = ""  # a proxy would resolve the name itself
    return settings, []


def _ssh_command(source, cache_dir, stack, pinned):
    options = [
        *pinned,
        "BatchMode=yes",
        "ConnectTimeout=20",
        "GlobalKnownHostsFile=/dev/null",
        "ProxyCommand=none",
        "PermitLocalCommand=no",
        "ForwardAgent=no",
    ]

    def private_file(name, text):
        folder = stack.enter_context(private_folder(cache_dir))
        path = os.path.join(folder, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(text.replace("\r\n", "\n").strip() + "\n")
        return path

    if source.known_hosts:
        known_hosts = private_file("known_hosts", source.known_hosts)
        options += ["StrictHostKeyChecking=yes", f"UserKnownHostsFile={known_hosts}"]
    else:
        # The first visit notes the host's key, later ones insist on it.
        known_hosts = os.path.join(cache_dir, "known_hosts")
        options += [
            "StrictHostKeyChecking=accept-new",
            f"UserKnownHostsFile={known_hosts}",
        ]
    if source.secret:
        key = private_file("key", source.secret)
        options += [
            "IdentitiesOnly=yes",
            "IdentityAgent=none",
            f"IdentityFile={key}",
        ]
    command = ["ssh", "-F", "/dev/null"]
    for option in options:
        command += ["-o", option]
    return shlex.join(command)


@contextlib.contextmanager
def private_folder(parent):
    """Path of a new folder below `parent` that only this user may read."""
    with tempfile.TemporaryDirectory(dir=parent, prefix=PRIVATE) as folder:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield folder
        finally:
            os.close(descriptor)


def sweep_private_folders(parent):
    """Delete those of processes that were killed."""
    with contextlib.suppress(FileNotFoundError), os.scandir(parent) as entries:
        for entry in entries:
            if entry.name.startswith(PRIVATE):
                _sweep(entry)


def _sweep(entry):
    try:
        if entry.stat(follow_symlinks=False).st_ctime > time.time() - _MOMENT:
            return
        descriptor = os.open(entry.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    finally:
        os.close(descriptor)
    shutil.rmtree(entry.path, ignore_errors=True)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Servers and repositories that harm while they are fetched: the disk, the memory, the
other customers of the same cache; and what is left when we are killed meanwhile."""

import contextlib
import hashlib
import os
import resource
import signal
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import cloc
import pytest
from cloc.parse.pool import Pipe
from git_server import serving
from repositories import Repository

MB = 2**20


@pytest.fixture
def cache(tmp_path):
    return str(tmp_path / "cache")


@pytest.fixture
def project(tmp_path):
    repository = Repository(tmp_path / "srv" / "project")
    repository.module("first", a_py="a = 1\n")
    repository.commit()
    return repository


def size_of(folder):
    return sum(
        os.lstat(os.path.join(root, name)).st_blocks * 512
        for root, _dirs, names in os.walk(folder)
        for name in names
    )


def write_bomb(repository, kind, size, chunk):
    """A loose object of repeated content, hardly larger than nothing on disk."""
    head = f"{kind} {size}\0".encode()
    sha, pack = hashlib.sha1(head), zlib.compressobj(1)
    parts = [pack.compress(head)]
    for _number in range(size // len(chunk)):
        sha.update(chunk)
        parts.append(pack.compress(chunk))
    parts.append(pack.flush())
    oid = sha.hexdigest()
    repository.write(f".git/objects/{oid[:2]}/{oid[2:]}", b"".join(parts))
    return oid


def test_a_bomb_of_one_gigabyte_stays_packed(project, cache):
    """1 GB of zeros is 1 MB on the wire and on our disk, and 0 lines."""
    oid = write_bomb(project, "blob", 2**30, b"\0" * MB)
    for name in ("first/b.py", "first/c.bin"):
        project.git("update-index", "--add", "--cacheinfo", f"100644,{oid},{name}")
    project.git("commit", "-q", "-m", "Bomb")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    revision = cloc.fetch(cloc.Source(project.url, "main"), cache)
    count = cloc.count_revision(revision.repo_path, revision.commit)
    assert (count.code, count.modules[0].errors) == (
        1,
        {"b.py": "Max file size exceeded"},
    )
    assert size_of(cache) < 20 * MB
    # The largest of all processes, that of the server included
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert max(before, after) < 700 * 1024


def test_a_folder_of_gigabytes_does_not_take_the_memory(project, cache):
    """Git reads folders whole: 3 GB of names would take 3 GB of memory here."""
    entry = b"100644 " + b"x" * 200 + b"\0" + b"\1" * 20
    chunk = entry * (4 * MB // len(entry))
    size = 3 * 2**30 // len(chunk) * len(chunk)
    tree = write_bomb(project, "tree", size, chunk)
    commit = f"tree {tree}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nx\n"
    oid = project.git(
        *("hash-object", "-w", "--stdin", "--literally", "-t", "commit"),
        data=commit.encode(),
    )
    project.write(".git/refs/heads/bomb", f"{oid}\n")
    with pytest.raises(cloc.CountError):
        cloc.fetch(cloc.Source(project.url, "bomb"), cache, timeout=120)
    assert size_of(cache) < 20 * MB
    # Nobody else has to suffer from it.
    revision = cloc.fetch(cloc.Source(project.url, "main"), cache)
    assert cloc.count_revision(revision.repo_path, revision.commit).code == 1


@pytest.mark.parametrize("over_http", [False, True])
def test_more_than_the_limit_never_gets_onto_the_disk(project, cache, over_http):
    """The system stops the writing itself, so that no pause of ours lets it grow."""
    project.write("first/noise.bin", os.urandom(30 * MB))
    project.commit()
    peak, over = [0], threading.Event()

    def watch():
        while not over.wait(0.01):
            peak[0] = max(peak[0], size_of(cache))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with serving(project.path + "/..") as server:
            url = f"{server.url}/project/.git" if over_http else project.url
            with pytest.raises(cloc.SourceTooLarge, match="larger than 4 MB"):
                cloc.fetch(cloc.Source(url), cache, max_size=4 * MB)
    finally:
        over.set()
        watcher.join()
    assert peak[0] < 6 * MB
    assert size_of(cache) < MB


def test_a_drip_is_not_waited_for(project, cache):
    """A server that always has a little more: the time for all of it is limited."""
    project.write("first/noise.bin", os.urandom(MB))
    project.commit()
    with serving(project.path + "/..", mode="drip") as server:
        start = time.monotonic()
        with pytest.raises(cloc.SourceTimeout):
            cloc.fetch(cloc.Source(f"{server.url}/project/.git"), cache, timeout=3)
        assert time.monotonic() - start < 15


# Other hosts, other customers


def test_a_plain_server_cannot_send_us_elsewhere(project, cache):
    """Git's old protocol knows a list of other places to look for objects."""
    project.git("repack", "-q", "-a", "-d")
    project.git("update-server-info")
    objects = Path(project.path, ".git", "objects")
    with (
        serving(project.path + "/..", mode="dumb") as other,
        serving(project.path + "/..", mode="dumb") as server,
    ):
        url = f"{other.url}/project/.git/objects\n"
        objects.joinpath("info", "http-alternates").write_text(url)
        objects.joinpath("info", "alternates").write_text(url)
        # What is missing here would be found there.
        server.hidden = ("/objects/pack/", "/objects/info/packs")
        with pytest.raises(cloc.CountError):
            cloc.fetch(cloc.Source(f"{server.url}/project/.git", "main"), cache)
        assert server.seen and not other.seen


def test_a_false_object_changes_no_count_of_another_customer(tmp_path, cache):
    """A repository that has other content under the id of a file that others have."""
    honest = Repository(tmp_path / "honest")
    honest.module("shared", a_py="a = 1\nb = 2\nc = 3\n")
    honest.commit()
    liar = Repository(tmp_path / "liar")
    liar.module("shared", a_py="a = 1\nb = 2\nc = 3\n")
    liar.commit()
    oid = liar.git("rev-parse", "HEAD:shared/a.py")
    false = b"a = 1\n"
    path = Path(liar.path, ".git", "objects", oid[:2], oid[2:])
    path.unlink()
    path.write_bytes(zlib.compress(b"blob %d\0" % len(false) + false))
    results = cloc.SqliteCache(tmp_path / "results.sqlite")

    def count(repository):
        revision = cloc.fetch(cloc.Source(repository.url), cache)
        return cloc.count_revision(revision.repo_path, revision.commit, cache=results)

    with pytest.raises(cloc.CountError):
        count(liar)
    assert count(honest).code == 3
    # In the other order, and into a repository that has the true one already.
    with pytest.raises(cloc.CountError):
        count(liar)
    assert count(honest).code == 3


def test_a_customer_cannot_name_the_counts_of_another(tmp_path, cache):
    """Equal folders have equal results; the module's name and place are each one's."""
    results = cloc.SqliteCache(tmp_path / "results.sqlite")
    counts = {}
    for name, path in {"one": "addons/acme", "two": "evil\n<b>"}.items():
        repository = Repository(tmp_path / name)
        repository.module(path, a_py="a = 1\n")
        repository.commit()
        revision = cloc.fetch(cloc.Source(repository.url), cache)
        counts[name] = cloc.count_revision(
            revision.repo_path, revision.commit, cache=results
        ).modules[0]
    assert counts["one"].tree == counts["two"].tree
    assert (counts["one"].name, counts["one"].path) == ("acme", "addons/acme")
    assert (counts["two"].name, counts["two"].path) == ("evil\\x0a<b>",) * 2
    assert counts["one"].digest != counts["two"].digest


# Killed


KILLED = """
import sys
import cloc
cloc.fetch(cloc.Source(sys.argv[1]), sys.argv[2])
"""


def our_gits(url):
    done = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True)
    return [line for line in done.stdout.splitlines() if url in line]


def test_a_killed_counter_leaves_nothing_running(project, cache):
    """SIGKILL in the middle of a fetch: its helpers end too, and the next one works."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(cloc.__file__)))
    with serving(project.path + "/..", mode="hang") as server:
        url = f"{server.url}/project/.git"
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, url, cache],
            env={"PYTHONPATH": package, "PATH": os.environ["PATH"]},
            cwd="/",
        )
        while not server.seen:
            assert process.poll() is None
            time.sleep(0.05)
        assert our_gits(url)
        process.kill()
        process.wait()
        patience = time.monotonic() + 10
        while our_gits(url) and time.monotonic() < patience:
            time.sleep(0.1)
        assert not our_gits(url)
        server.mode = ""
        revision = cloc.fetch(cloc.Source(url), cache)
    assert cloc.count_revision(revision.repo_path, revision.commit).code == 1


@pytest.mark.parametrize("times", [6, 1000])
def test_killed_workers_take_no_line_along(repository, monkeypatch, times):
    """As by the system when memory is short: all is counted, or it says why not; no
    file is blamed, now or later."""
    for number in range(600):
        repository.write(f"first/m{number}.py", f"a{number} = 1\n")
    repository.module("first")
    repository.commit()
    started, start, killed = [], Pipe.start, []

    def kill(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def note(pipe):
        start(pipe)
        if len(killed) < times:
            killed.append(pipe.worker.pid)
            # At once, or in the middle of the work
            delay = 0.3 if times < 10 and len(killed) % 2 else 0
            timer = threading.Timer(delay, kill, [pipe.worker.pid])
            timer.start()
            started.append(timer)

    monkeypatch.setattr(Pipe, "start", note)
    cache = cloc.MemoryCache()
    try:
        if times > 10:
            with pytest.raises(cloc.CounterUnavailable, match="memory"):
                cloc.count_revision(repository.path, "main", cache=cache)
        else:
            cloc.count_revision(repository.path, "main", cache=cache)
    finally:
        for timer in started:
            timer.cancel()
    monkeypatch.undo()
    assert killed
    result = cloc.count_revision(repository.path, "main", cache=cache)
    assert (result.code, result.modules[0].errors) == (600, {})


@pytest.mark.parametrize("times", [1, 2])
def test_a_worker_that_stands_still_is_no_file_s_fault(repository, monkeypatch, times):
    """As on a machine that swaps. What is remembered depends on the file alone."""
    for number in range(300):
        repository.write(f"first/m{number}.py", f"a = {number}\n" * 1000)
    repository.module("first")
    repository.commit()
    greet, stopped = Pipe._greet, []

    def note(pipe, message):
        greet(pipe, message)
        # The first one, and the one that tries again what was left
        if len(stopped) < 1 or (pipe.memory > 2**30 and len(stopped) < times):
            os.kill(pipe.worker.pid, signal.SIGSTOP)
            stopped.append(pipe.worker.pid)

    monkeypatch.setattr(Pipe, "_greet", note)
    monkeypatch.setattr("cloc.parse.pool._PATIENCE", 3)
    cache = cloc.MemoryCache()
    limits = cloc.Limits(seconds_per_file=1, processes=1)
    try:
        result = cloc.count_revision(
            repository.path, "main", cache=cache, limits=limits
        )
    except cloc.CounterUnavailable as error:
        assert times == 2 and "stand still" in str(error)
    else:
        assert result.code == 300_000 and not result.modules[0].errors
    assert len(stopped) == times
    assert cloc.count_revision(repository.path, "main", cache=cache).code == 300_000

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Fetching from real repositories, over file and http, willing and unwilling."""

import multiprocessing
import os
import shutil
import subprocess
import threading
import time
from datetime import datetime, timezone

import cloc
import pytest
from cloc.git.repository import reading
from git_server import serving
from repositories import Repository

SECRET = "hemligt/Ä+1 %"


@pytest.fixture
def cache(tmp_path):
    return str(tmp_path / "cache")


@pytest.fixture
def project(tmp_path):
    repository = Repository(tmp_path / "srv" / "project")
    repository.module("first", a_py="a = 1\n")
    repository.commit(date="2026-01-31T12:00:00+01:00")
    return repository


def fetch_and_count(source, cache, **options):
    revision = cloc.fetch(source, cache, **options)
    return cloc.count_revision(revision.repo_path, revision.commit)


def test_default_branch(project, cache):
    revision = cloc.fetch(cloc.Source(project.url), cache)
    assert revision.commit == project.git("rev-parse", "HEAD")
    assert revision.date == datetime(2026, 1, 31, 11, tzinfo=timezone.utc)
    assert os.path.dirname(revision.repo_path) == cache
    # Bare: nothing of the project lies there as a file.
    found = {name for _f, _d, names in os.walk(cache) for name in names}
    assert "a.py" not in found and "__manifest__.py" not in found


def test_branch_tag_and_commit(project, cache):
    first = project.git("rev-parse", "HEAD")
    project.git("tag", "-a", "v1", "-m", "One")
    project.git("checkout", "-q", "-b", "17.0/next")
    project.write("first/b.py", "b = 1\n")
    second = project.commit()
    for branch, commit in (
        ("main", first),
        ("v1", first),
        ("17.0/next", second),
        (first, first),
        ("", second),  # what is checked out there
    ):
        revision = cloc.fetch(cloc.Source(project.url, branch), cache)
        assert revision.commit == commit, branch


def test_a_name_that_only_ends_alike_is_another_branch(project, cache):
    project.git("branch", "other/stable")
    with pytest.raises(cloc.RevisionMissing):
        cloc.fetch(cloc.Source(project.url, "stable"), cache)


def test_a_tag_on_a_folder_or_file_is_no_commit(project, cache):
    """Said in words; and what others have fetched from there stays (see reader.py)."""
    project.git("tag", "folder", "HEAD^{tree}")
    project.git("tag", "-a", "file", "-m", "A key", "HEAD:first/a.py")
    for branch in ("folder", "file", project.git("rev-parse", "HEAD:first")):
        with pytest.raises(cloc.RevisionMissing, match=f"{branch}.* is no commit"):
            cloc.fetch(cloc.Source(project.url, branch), cache)


@pytest.mark.parametrize("branch", ["å", "a\x85b", "a\u2028b", "a\xa0b"])
def test_branches_have_any_name_that_git_lets_them_have(project, cache, branch):
    project.git("branch", branch)
    assert fetch_and_count(cloc.Source(project.url, branch), cache).code == 1


def test_new_commits_and_rewritten_history(project, cache):
    source = cloc.Source(project.url, "main")
    assert fetch_and_count(source, cache).code == 1
    project.write("first/b.py", "b = 1\nc = 2\n")
    project.commit()
    assert fetch_and_count(source, cache).code == 3
    project.git("reset", "-q", "--hard", "HEAD~1")
    assert fetch_and_count(source, cache).code == 1
    project.write("first/c.py", "c = 3\n")
    project.git("add", "-A")
    project.git("commit", "-q", "--amend", "-m", "Rewritten")
    assert fetch_and_count(source, cache).code == 2


def test_unchanged_source_is_not_fetched_again(project, cache):
    source = cloc.Source(project.url)
    path = cloc.fetch(source, cache).repo_path
    packs = os.path.join(path, "objects", "pack")
    before = {e.name: e.stat().st_mtime_ns for e in os.scandir(packs)}
    cloc.fetch(source, cache)
    assert {e.name: e.stat().st_mtime_ns for e in os.scandir(packs)} == before


def test_only_the_head_is_fetched(project, cache):
    old = project.git("rev-parse", "HEAD")
    project.write("first/b.py", "b = 1\n")
    project.commit()
    path = cloc.fetch(cloc.Source(project.url), cache).repo_path
    with pytest.raises(cloc.RevisionMissing):
        cloc.read_revision(path, old)


@pytest.mark.parametrize(
    ("url", "branch", "error"),
    [
        ("{url}", "nope", cloc.RevisionMissing),
        ("{url}", "0" * 40, cloc.RevisionMissing),
        ("{url}/nowhere", "", cloc.SourceUnreachable),
        ("http://127.0.0.1:1/a", "", cloc.SourceUnreachable),
        ("https://127.0.0.1:1/a", "", cloc.SourceUnreachable),
        ("ssh://git@127.0.0.1:1/a", "", cloc.SourceUnreachable),
        ("git@nowhere.invalid:a/b.git", "", cloc.SourceUnreachable),
        ("http://nowhere.invalid/a", "", cloc.SourceUnreachable),
    ],
)
def test_what_cannot_be_fetched_says_so(project, cache, url, branch, error):
    source = cloc.Source(url.format(url=project.url), branch)
    with pytest.raises(error) as caught:
        cloc.fetch(source, cache, timeout=60)
    assert source.url in str(caught.value)
    # The next attempt is not spoilt by this one.
    assert fetch_and_count(cloc.Source(project.url), cache).code == 1


@pytest.mark.parametrize("over_http", [False, True])
def test_repository_with_longer_ids(tmp_path, cache, over_http):
    """Git calls it SHA-256; and an address whose repository has become one."""
    place = tmp_path / "srv" / "project"
    before = Repository(place)
    before.module("first", a_py="a = 1\n")
    before.commit()
    with serving(tmp_path / "srv") as server:
        url = f"{server.url}/project/.git" if over_http else before.url
        source = cloc.Source(url, "main")
        assert fetch_and_count(source, cache).code == 1
        shutil.rmtree(place)
        after = Repository(place, object_format="sha256")
        after.module("first", a_py="a = 1\nb = 2\n")
        commit = after.commit()
        assert len(commit) == 64
        assert fetch_and_count(source, cache).code == 2
        after.write("first/b.py", "c = 3\n")
        after.commit()
        assert fetch_and_count(source, cache).code == 3
        assert fetch_and_count(cloc.Source(url, commit), cache).code == 2


def test_empty_repository(tmp_path, cache):
    repository = Repository(tmp_path / "empty", bare=True)
    with pytest.raises(cloc.RevisionMissing):
        cloc.fetch(cloc.Source(repository.url), cache)


def test_a_repository_that_is_a_module(tmp_path, cache):
    repository = Repository(tmp_path / "my_module.git")
    repository.module(".", a_py="a = 1\n")
    repository.commit()
    source = cloc.Source(repository.url)
    revision = cloc.fetch(source, cache)
    count = cloc.count_revision(
        revision.repo_path, revision.commit, root_name=source.name
    )
    assert [(m.name, m.path, m.code) for m in count.modules] == [("my_module", "", 1)]


# Over http, with a password


def test_http_with_password(project, cache):
    with serving(project.path + "/..", user="anna", password=SECRET) as server:
        url = f"{server.url}/project/.git"
        source = cloc.Source(url, "main", user="anna", secret=SECRET)
        assert fetch_and_count(source, cache).code == 1
        assert not [path for path, login in server.seen if not login]


@pytest.mark.parametrize("secret", ["", "wrong-" + SECRET])
def test_http_with_wrong_password(project, cache, secret):
    with serving(project.path + "/..", user="anna", password=SECRET) as server:
        source = cloc.Source(f"{server.url}/project/.git", user="anna", secret=secret)
        with pytest.raises(cloc.AccessRefused) as caught:
            cloc.fetch(source, cache)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("secret", ["", "wrong-" + SECRET])
def test_a_commit_that_another_has_fetched_is_not_open_to_all(project, cache, secret):
    """One cached repository for all who have its address, customers of others too."""
    commit = project.git("rev-parse", "HEAD")
    with serving(project.path + "/..", user="anna", password=SECRET) as server:
        url = f"{server.url}/project/.git"
        cloc.fetch(cloc.Source(url, commit, user="anna", secret=SECRET), cache)
        with pytest.raises(cloc.AccessRefused):
            cloc.fetch(cloc.Source(url, commit, user="anna", secret=secret), cache)
        revision = cloc.fetch(
            cloc.Source(url, commit, user="anna", secret=SECRET), cache
        )
    assert revision.commit == commit


def test_credentials_stay_out_of_sight(project, cache, tmp_path):
    """Not in an argument of any process, nor in a file, nor in an error."""
    log = tmp_path / "arguments"
    seen, stop = set(), threading.Event()

    def watch():
        while not stop.is_set():
            for entry in os.scandir("/proc"):
                if entry.name.isdigit():
                    try:
                        with open(f"/proc/{entry.name}/cmdline", "rb") as file:
                            seen.add(file.read())
                    except OSError:
                        pass

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        with serving(project.path + "/..", user="anna", password=SECRET) as server:
            url = f"{server.url}/project/.git"
            source = cloc.Source(url, user="anna", secret=SECRET)
            cloc.fetch(source, cache)
            server.mode = "cut"
            project.write("first/noise.txt", os.urandom(100_000))
            project.commit()
            with pytest.raises(cloc.CountError) as caught:
                cloc.fetch(source, cache)
    finally:
        stop.set()
        thread.join()
    login = [line for line in seen if b"git" in line]
    assert login, "the watcher saw no git at all"
    import base64

    forms = [SECRET.encode(), base64.b64encode(f"anna:{SECRET}".encode())]
    for form in forms:
        assert not [line for line in seen if form in line]
        assert form not in str(caught.value).encode()
        for folder, _dirs, names in os.walk(cache):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    assert form not in file.read(), name
    assert not log.exists()


def test_cut_off_half_way(project, cache):
    project.write("first/noise.txt", os.urandom(200_000))
    project.commit()
    with serving(project.path + "/..", mode="cut") as server:
        source = cloc.Source(f"{server.url}/project/.git")
        with pytest.raises(cloc.SourceUnreachable):
            cloc.fetch(source, cache)
        leftovers = [n for _f, _d, names in os.walk(cache) for n in names if "tmp" in n]
        assert not leftovers
        server.mode = ""
        assert fetch_and_count(source, cache).code == 1


def test_a_server_that_never_answers(project, cache):
    with serving(project.path + "/..", mode="hang") as server:
        source = cloc.Source(f"{server.url}/project/.git")
        start = time.monotonic()
        with pytest.raises(cloc.SourceTimeout):
            cloc.fetch(source, cache, timeout=2)
        assert time.monotonic() - start < 10
    # No helper of git is left waiting for an answer.
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True)
    assert source.url not in listed.stdout


def test_redirects_are_not_followed(project, cache):
    """Another host must get neither our request nor our password."""
    with (
        serving(project.path + "/..") as other,
        serving("/", mode="redirect") as server,
    ):
        server.other = other.url
        url = f"{server.url}/project/.git"
        source = cloc.Source(url, user="anna", secret=SECRET)
        with pytest.raises(cloc.SourceUnreachable) as caught:
            cloc.fetch(source, cache)
        assert other.seen == []
    assert "another address" in str(caught.value)


def test_plain_web_server(project, cache):
    """One that only serves files cannot cut off the history."""
    project.git("update-server-info")
    with serving(project.path + "/..", mode="dumb") as server:
        source = cloc.Source(f"{server.url}/project/.git", "main")
        assert fetch_and_count(source, cache).code == 1


def test_too_large(project, cache):
    project.write("first/noise.txt", os.urandom(3_000_000))
    project.commit()
    with pytest.raises(cloc.SourceTooLarge):
        cloc.fetch(cloc.Source(project.url), cache, max_size=1_000_000)
    # The disk is given back.
    size = sum(
        os.path.getsize(os.path.join(folder, name))
        for folder, _dirs, names in os.walk(cache)
        for name in names
    )
    assert size < 1_000_000


def _fetch_in_process(url, cache, results):
    try:
        results.put(cloc.fetch(cloc.Source(url), cache).commit)
    except Exception as error:  # noqa: BLE001 (reported by the test)
        results.put(repr(error))


def test_two_processes_fetch_the_same_source(project, cache):
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    processes = [
        context.Process(target=_fetch_in_process, args=(project.url, cache, results))
        for _number in range(4)
    ]
    for process in processes:
        process.start()
    answers = {results.get(timeout=60) for _process in processes}
    for process in processes:
        process.join()
    assert answers == {project.git("rev-parse", "HEAD")}


def test_a_stuck_neighbour_is_waited_for_only_so_long(project, cache):
    import fcntl

    source = cloc.Source(project.url)
    os.makedirs(cache)
    with open(os.path.join(cache, f"{source.key}.git.lock"), "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(cloc.SourceTimeout):
            cloc.fetch(source, cache, timeout=0.3)


def test_an_interrupted_fetch_is_cleaned_up(project, cache):
    source = cloc.Source(project.url)
    path = cloc.fetch(source, cache).repo_path
    for name in ("shallow.lock", "objects/pack/tmp_pack_x", "refs/cache/head.lock"):
        with open(os.path.join(path, name), "w") as file:
            file.write("x")
    project.write("first/b.py", "b = 1\n")
    project.commit()
    assert fetch_and_count(source, cache).code == 2
    # … and a folder that was never finished
    for folder, dirs, names in os.walk(path, topdown=False):
        for name in names:
            os.unlink(os.path.join(folder, name))
        for name in dirs:
            os.rmdir(os.path.join(folder, name))
    assert fetch_and_count(source, cache).code == 2


def test_two_branches_of_one_repository_share_a_cache(project, cache):
    project.git("branch", "stable")
    project.write("first/b.py", "b = 1\n")
    project.commit()
    main = cloc.fetch(cloc.Source(project.url, "main"), cache)
    stable = cloc.fetch(cloc.Source(project.url, "stable"), cache)
    assert main.repo_path == stable.repo_path
    for revision, code in ((main, 2), (stable, 1)):
        count = cloc.count_revision(revision.repo_path, revision.commit)
        assert count.code == code


def test_many_fetches_are_tidied_up(project, cache, monkeypatch):
    monkeypatch.setattr("cloc.git.fetcher._MAX_PACKS", 5)
    project.git("branch", "stable")
    stable = cloc.fetch(cloc.Source(project.url, "stable"), cache)
    source = cloc.Source(project.url, "main")
    packs = os.path.join(stable.repo_path, "objects", "pack")

    def change(number):
        project.write("first/b.py", f"b = {number}\n")
        project.commit()
        revision = cloc.fetch(source, cache)
        assert cloc.count_revision(revision.repo_path, revision.commit).code == 2
        return revision, sum(name.endswith(".pack") for name in os.listdir(packs))

    with reading(stable.repo_path):
        first, _packs = change(0)
        # Nothing goes while somebody reads.
        assert [change(number)[1] for number in range(1, 7)] == [3, 4, 5, 6, 7, 8]
    last, left = change(7)
    assert left == 1
    # The heads stay, the rest is gone, and fetching goes on as before.
    assert cloc.fetch(cloc.Source(project.url, "stable"), cache) == stable
    assert cloc.count_revision(stable.repo_path, stable.commit).code == 1
    with pytest.raises(cloc.RevisionMissing):
        cloc.count_revision(first.repo_path, first.commit)
    assert cloc.fetch(source, cache) == last
    assert change(8)[1] == 2

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Many sources read at once: real repositories, and servers that are no help."""

import os
import threading
import time
from dataclasses import dataclass

import cloc
import pytest
from git_server import serving
from repositories import Repository


@pytest.fixture
def reader(tmp_path):
    """Make a reader of an address; all of them have one cache."""

    def make(url, branch="main", subdirectories=()):
        return cloc.GitReader(
            source=cloc.Source(url, branch),
            subdirectories=subdirectories,
            cache_dir=str(tmp_path / "cache"),
        )

    return make


def make_project(path, lines):
    repository = Repository(path)
    repository.module("first", a_py="a = 1\n" * lines)
    repository.module("second", a_py="b = 1\n")
    repository.commit()
    return repository


def read(jobs, **options):
    return dict(cloc.read_all(jobs, **options))


def test_three_hundred_instances(tmp_path, reader):
    """Beside two dozen good repositories one that hangs, one that is dead, one that
    sends rubbish: everybody else is counted while these are waited for."""
    root = tmp_path / "srv"
    projects = [make_project(root / f"p{n}", n + 1) for n in range(24)]
    with (
        serving(root) as good,
        serving(root, mode="hang") as hanging,
        serving(root, mode="rubbish") as rubbish,
    ):
        jobs = {n: [reader(f"{good.url}/p{n % 24}/.git")] for n in range(290)}
        # These also have a source that is well.
        for name, url in {
            "hanging": hanging.url,
            "rubbish": rubbish.url,
            "dead": "http://127.0.0.1:1",
        }.items():
            for number in range(3):
                bad = reader(f"{url}/p0/.git")
                jobs[name, number] = [reader(projects[1].url), bad]
        jobs["two"] = [reader(projects[2].url), reader(projects[3].url)]
        seen = {}
        for name, outcome in cloc.read_all(jobs, timeout=60):
            seen[name] = outcome
            if len(seen) == len(jobs) - 3:
                # Only now, with all others counted, does it hang up.
                assert not any(("hanging", number) in seen for number in range(3))
                hanging.released.set()
        asked = [path for path, _login in good.seen if "info/refs" in path]
        assert len(hanging.seen) <= 2, "git itself tries again, we do not"
    assert seen.keys() == jobs.keys()
    for number in range(290):
        (count,) = seen[number]
        assert count.code == number % 24 + 2
    assert [count.code for count in seen["two"]] == [4, 5]
    for name, error in {
        "hanging": cloc.SourceUnreachable,
        "rubbish": cloc.CountError,
        "dead": cloc.SourceUnreachable,
    }.items():
        for number in range(3):
            assert isinstance(seen[name, number], error)
    # Each was asked for its head and fetched once, not a dozen times.
    assert len(asked) == 2 * 24


def test_a_dead_server_with_many_repositories(tmp_path, reader):
    """After some failures in a row a server is left alone."""
    with serving(tmp_path, mode="hang") as server:
        jobs = {n: [reader(f"{server.url}/p{n}/.git")] for n in range(30)}
        start = time.monotonic()
        outcomes = read(jobs, timeout=2)
        assert time.monotonic() - start < 15
        assert len(server.seen) <= 6
    assert outcomes.keys() == jobs.keys()
    left_alone = [e for e in outcomes.values() if "not asked again" in str(e)]
    assert len(left_alone) >= 24
    assert all(isinstance(e, cloc.CountError) for e in outcomes.values())


def test_a_server_that_answers_is_not_left_alone(tmp_path, reader):
    """Repositories that are gone say nothing about their neighbours there."""
    make_project(tmp_path / "srv" / "good", 3)
    with serving(tmp_path / "srv") as server:
        jobs = {n: [reader(f"{server.url}/gone{n}/.git")] for n in range(5)}
        jobs["good"] = [reader(f"{server.url}/good/.git")]
        outcomes = read(jobs, threads=1)
    for number in range(5):
        assert isinstance(outcomes[number], cloc.SourceUnreachable)
        assert "not asked again" not in str(outcomes[number])
    assert outcomes["good"][0].code == 4


def test_code_that_takes_too_long_is_not_its_server_s_silence(tmp_path, reader):
    root = tmp_path / "srv"
    make_project(root / "good", 3)
    for number in range(4):
        hostile = Repository(root / f"p{number}")
        text = f"// {number}\n" + ("'" + "\\'" * 45_000 + "\n") * 40
        hostile.module("slow", a_js=text)
        hostile.commit()
    with serving(root) as server:
        jobs = {n: [reader(f"{server.url}/p{n}/.git")] for n in range(4)}
        jobs["good"] = [reader(f"{server.url}/good/.git")]
        outcomes = read(jobs, threads=1, timeout=4)
    for number in range(4):
        assert "Counting took too long" in str(outcomes[number])
    assert outcomes["good"][0].code == 4


def test_folders_of_one_repository_are_fetched_once(tmp_path, reader):
    root = tmp_path / "srv"
    make_project(root / "p", 3)
    with serving(root) as server:
        url = f"{server.url}/p/.git"
        jobs = {
            "first": [reader(url, subdirectories=("first",))],
            "second": [reader(url, subdirectories=("second",))],
            "missing": [reader(url, subdirectories=("third",))],
            "branch": [reader(url, branch="other")],
        }
        outcomes = read(jobs)
        asked = [path for path, _login in server.seen if "info/refs" in path]
    assert outcomes["first"][0].code == 3
    assert outcomes["second"][0].code == 1
    assert isinstance(outcomes["missing"], cloc.RevisionMissing)
    assert isinstance(outcomes["branch"], cloc.RevisionMissing)
    # Once to look for each branch, and once more to fetch.
    assert len(asked) <= 3


def test_nothing_is_begun_after_its_time(tmp_path, reader):
    project = make_project(tmp_path / "p", 1)
    jobs = {"late": [reader(project.url)], "empty": []}
    assert read(jobs, start_until=time.monotonic() - 1) == {"empty": []}


def test_a_deadline_ends_what_was_begun(tmp_path, reader):
    with serving(tmp_path, mode="hang") as server:
        jobs = {"hanging": [reader(f"{server.url}/p/.git")]}
        start = time.monotonic()
        outcomes = read(jobs, deadline=start + 2)
        assert time.monotonic() - start < 10
    assert isinstance(outcomes["hanging"], cloc.SourceTimeout)


@dataclass(frozen=True)
class OddReader(cloc.Reader):
    """A source of another kind, that fails in a way nobody has thought of."""

    number: int

    def count(self, timeout=0, shared=None):
        raise ZeroDivisionError(self.number)


def test_an_unforeseen_error_stays_with_its_own(tmp_path, reader):
    project = make_project(tmp_path / "p", 1)
    outcomes = read({"odd": [OddReader(1)], "good": [reader(project.url)]})
    assert isinstance(outcomes["odd"], ZeroDivisionError)
    assert outcomes["good"][0].code == 2


def test_who_stops_listening_stops_the_rest(tmp_path, reader):
    projects = [make_project(tmp_path / f"p{n}", 1) for n in range(6)]
    jobs = {p.path: [reader(p.url)] for p in projects}
    outcomes = cloc.read_all(jobs, threads=1)
    next(outcomes)
    outcomes.close()
    for thread in threading.enumerate():
        if thread.name.startswith("cloc-"):
            thread.join(30)
    fetched = [n for n in os.listdir(tmp_path / "cache" / "git") if n.endswith(".git")]
    assert len(fetched) < len(projects)


def test_a_damaged_cache_is_fetched_again(tmp_path, reader):
    project = make_project(tmp_path / "p", 5)
    one = reader(project.url)
    assert one.count().code == 6
    (results,) = (tmp_path / "cache").glob("results*.sqlite")
    results.unlink()
    for folder, _dirs, names in os.walk(tmp_path / "cache" / "git"):
        for name in names:
            if name.endswith(".pack"):
                os.chmod(os.path.join(folder, name), 0o600)
                with open(os.path.join(folder, name), "r+b") as file:
                    file.seek(12)
                    file.write(b"\xff" * 60)
    assert one.count().code == 6


def test_a_cache_without_its_packs_is_fetched_again(tmp_path, reader):
    """As after a backup of some files, or a program that tidies up."""
    project = make_project(tmp_path / "p", 5)
    one = reader(project.url)
    assert one.count().code == 6
    for path in (tmp_path / "cache" / "git").glob("*.git/objects/pack/*"):
        path.unlink()
    assert one.count().code == 6


def test_readers_are_equal_by_value_and_hide_secrets(reader):
    url = "https://example.com/a.git"
    assert reader(url) == reader(url) and hash(reader(url)) == hash(reader(url))
    with_secret = cloc.GitReader(
        cloc.Source(url, "main", secret="hemligt"), (), "/cache"
    )
    assert with_secret != reader(url) and "hemligt" not in repr(with_secret)
    assert (reader(url).host, reader("git@host:a/b").host) == ("example.com", "host")


@dataclass(frozen=True)
class SlowReader(cloc.Reader):
    """A source that takes as long as it may."""

    number: int
    seconds: float = 60
    busy: bool = False

    def count(self, timeout=0, shared=None):
        shared["tell"](self.number, 100)
        time.sleep(min(timeout, self.seconds))
        if self.busy:
            shared["waited"] += min(timeout, self.seconds)
            raise cloc.ServerBusy("busy")
        if timeout < self.seconds:
            raise cloc.SourceTimeout("slow")
        return cloc.Count((), "", "", 0, 0)


def test_a_customer_s_slow_code_takes_that_customer_s_time_alone(tmp_path, reader):
    project = make_project(tmp_path / "p", 1)
    hostile = cloc.Allowance(6, minutes=30)
    honest = cloc.Allowance(60)
    jobs = {("hostile", n): [SlowReader(n)] for n in range(20)}
    jobs["honest"] = [reader(project.url)]
    # What several have is on none of them.
    jobs["both"] = jobs["other"] = [SlowReader(100, seconds=1)]
    allowances = dict.fromkeys(jobs, hostile) | {"honest": honest, "other": honest}
    start = time.monotonic()
    outcomes = read(jobs, timeout=60, allowances=allowances)
    assert time.monotonic() - start < 15
    assert outcomes["honest"][0].code == 2
    assert len(outcomes["both"]) == len(outcomes["other"]) == 1
    errors = [outcomes["hostile", n] for n in range(20)]
    spent = [e for e in errors if isinstance(e, cloc.AllowanceSpent)]
    assert 5 <= len(spent) < 20
    assert "30 minutes" in str(spent[0])
    # Never more than one may, however many threads there are.
    assert 5 <= hostile.note() < 6.5 and hostile.note() == 0
    assert honest.left > 50


def test_a_customer_s_broken_repository_is_told(tmp_path, reader):
    """It is fetched anew, once; that is time of the customer's, too."""
    project = make_project(tmp_path / "p", 1)
    one = reader(project.url)
    assert one.count().code == 2
    project.write("first/a.py", "c = 3\n")
    project.commit()
    oid = project.git("rev-parse", "HEAD:first/a.py")
    (tmp_path / "p" / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    allowance = cloc.Allowance(60)
    outcomes = read({"broken": [one]}, allowances={"broken": allowance})
    assert isinstance(outcomes["broken"], cloc.SourceBroken)
    assert allowance.left < 60


def test_who_had_to_wait_for_others_was_not_tried():
    allowance = cloc.Allowance(10)
    jobs = {"waits": [SlowReader(1, seconds=1, busy=True)]}
    assert read(jobs, allowances={"waits": allowance}) == {}
    assert allowance.left > 9.5


def test_how_far_it_is_is_told_meanwhile(monkeypatch):
    monkeypatch.setattr("cloc.reader._PULSE", 0.05)
    told = []
    jobs = {"two": [SlowReader(3, seconds=1), SlowReader(4, seconds=1)]}
    read(jobs, pulse=told.append)
    assert {"two": (7, 200)} in told

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Fetched repositories go when nobody needs them, never under somebody's eyes."""

import contextlib
import os
import time

import cloc
import pytest
from cloc.git.repository import fetching, reading
from repositories import Repository


@pytest.fixture
def fetched(tmp_path):
    """(source, folder of repositories, path of the fetched one)"""
    project = Repository(tmp_path / "project")
    project.module("first", a_py="a = 1\n")
    project.commit()
    source = cloc.Source(project.url, "main")
    folder = str(tmp_path / "cache")
    return source, folder, cloc.fetch(source, folder).repo_path


def test_deleted_and_fetched_again(fetched):
    source, folder, path = fetched
    assert cloc.delete_repository(folder, source.key)
    assert not os.path.exists(path)
    assert not [name for name in os.listdir(folder) if "removed" in name]
    revision = cloc.fetch(source, folder)
    assert cloc.count_revision(revision.repo_path, revision.commit).code == 1
    # What is not there is gone already.
    assert cloc.delete_repository(folder, "0" * 40)
    assert cloc.delete_repository(f"{folder}/nowhere", "0" * 40)


def test_one_in_use_stays(fetched):
    source, folder, path = fetched
    with reading(path):
        assert not cloc.delete_repository(folder, source.key)
    with fetching(path, time.monotonic() + 1):
        assert not cloc.delete_repository(folder, source.key, patience=0.2)
    assert os.path.exists(path)


def test_unused_ones_and_leftovers_are_swept(fetched, tmp_path):
    source, folder, path = fetched
    assert cloc.sweep(folder) == 0
    long_ago = time.time() - 31 * 86400
    os.utime(f"{path}.use", (long_ago, long_ago))
    # Fetching is using, also when there is nothing new.
    cloc.fetch(source, folder)
    assert cloc.sweep(folder) == 0
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    for name in ("removed-abc", "tmpabc123", "somebody_elses"):
        os.mkdir(f"{folder}/{name}")
        os.utime(f"{folder}/{name}", (long_ago, long_ago))
    os.mkdir(f"{folder}/tmpnow")
    os.symlink(outside, f"{folder}/tmplink")
    os.symlink(outside, f"{folder}/{'1' * 40}.git")
    os.utime(f"{path}.use", (long_ago, long_ago))
    assert cloc.sweep(folder) == 1
    left = {name for name in os.listdir(folder) if not name.startswith(source.key)}
    assert left == {"somebody_elses", "tmpnow", "tmplink", f"{'1' * 40}.git"}
    assert (outside / "precious").exists()
    assert not os.path.exists(path)
    assert cloc.sweep(f"{folder}/nowhere") == 0


def test_results_do_not_fill_the_disk(tmp_path):
    path = cloc.results_path(tmp_path)
    assert not cloc.limit_results(tmp_path) and not path.exists()
    cache = cloc.SqliteCache(path)
    keys = [(f"{number:040}", ".py", "rules") for number in range(20_000)]
    cache.put_many(dict.fromkeys(keys, "[1, 1]" * 10))
    cache.close()
    size = path.stat().st_size
    other = cloc.SqliteCache(path)  # of another process, in the middle of its work
    assert not cloc.limit_results(tmp_path, max_size=size)
    assert len(other.get_many(keys)) == len(keys)
    assert cloc.limit_results(tmp_path, max_size=size - 1)
    assert path.stat().st_size < size / 10
    assert other.get_many(keys) == {}
    other.put_many({keys[0]: "[2, 2]"})
    other.close()
    with contextlib.closing(cloc.SqliteCache(path)) as cache:
        assert cache.get_many(keys) == {keys[0]: "[2, 2]"}

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is remembered saves work and never changes a result."""

import multiprocessing
import os
import random
import shutil

import cloc
import pytest
from cloc.parse import rules
from cloc.result import KIND
from repositories import Repository


class SpyCache(cloc.MemoryCache):
    """Notes what is written to it."""

    def __init__(self):
        super().__init__()
        self.written = []

    def put_many(self, values):
        self.written += list(values)
        self.update(values)

    def kinds(self):
        kinds = [kind for _oid, kind, _ruleset in self.written]
        self.written = []
        return sorted(kinds)


@pytest.fixture
def cache():
    return SpyCache()


def test_nothing_changed_nothing_read(repository, cache):
    repository.module("first", a_py="a = 1\n", b_js="let b;\n")
    repository.commit()
    count = cloc.count_revision(repository.path, "main", cache=cache)
    assert cache.kinds() == [".js", ".py", KIND]
    again = cloc.count_revision(repository.path, "main", cache=cache)
    assert cache.kinds() == []
    assert again == count and again.modules[0].files == count.modules[0].files


def test_the_same_files_elsewhere_are_not_counted_again(tmp_path, cache):
    for name in ("one", "two"):
        repository = Repository(tmp_path / name)
        repository.module("shared", a_py="a = 1\n")
        repository.module(f"only_{name}", a_py="a = 1\n", b_py=f"{name} = 1\n")
        repository.commit()
        count = cloc.count_revision(repository.path, "main", cache=cache)
        assert count.code == 3
        if name == "one":
            assert cache.kinds() == [".py", ".py", KIND, KIND]
            digest = count.modules[1].digest
    # Of the second repository one file was new, and one module.
    assert cache.kinds() == [".py", KIND]
    assert count.modules[1].digest == digest


def test_the_same_content_under_another_name(repository, cache):
    repository.module("first", a_py="a = 1\n")
    repository.module("second", a_py="a = 1\n")
    repository.commit()
    fresh = cloc.count_revision(repository.path, "main")
    for _time in range(2):
        count = cloc.count_revision(repository.path, "main", cache=cache)
        assert count == fresh
    first, second = count.modules
    assert first.tree == second.tree and first.digest != second.digest


def test_other_rules_are_another_result(repository, cache, monkeypatch):
    repository.module("first", a_py="a = 1\n")
    repository.commit()
    cloc.count_revision(repository.path, "main", cache=cache)
    stale = {key: value.replace("1", "7") for key, value in cache.items()}
    cache.clear()
    cache.update(
        {(oid, kind, f"{old} older"): v for (oid, kind, old), v in stale.items()}
    )
    assert cloc.count_revision(repository.path, "main", cache=cache).code == 1
    assert {ruleset for _oid, _kind, ruleset in cache} == {
        rules.ruleset(),
        f"{rules.ruleset()} older",
    }


def test_the_ruleset_names_all_that_a_result_depends_on():
    import sys

    words = dict(word.split("=") for word in cloc.ruleset().split())
    assert words["odoo"] == "19.0"
    assert words["cloc"].startswith("1:")
    assert words["counter"] == "2"
    assert words["python"] == f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_a_cache_in_a_file(repository, tmp_path):
    repository.module("first", **{f"f{n}_py": f"a{n} = 1\n" for n in range(600)})
    repository.commit()
    path = str(tmp_path / "cache.sqlite")
    first = cloc.SqliteCache(path)
    count = cloc.count_revision(repository.path, "main", cache=first)
    first.close()
    second = cloc.SqliteCache(path)
    assert cloc.count_revision(repository.path, "main", cache=second) == count
    keys = [(file.blob, ".py", count.ruleset) for file in count.modules[0].files]
    counted = [key for key in keys if key[0] and key in second.get_many(keys)]
    assert len(counted) == 600


def _use_cache(folder, number, gate, results):
    errors = []
    for turn in range(20):
        gate.wait(timeout=60)
        try:
            # A new file each time: who opens it first makes it.
            cache = cloc.SqliteCache(str(folder / f"{turn}.sqlite"))
            cache.put_many({(f"{number}-{turn}", ".py", "r"): "[1,1]"})
            cache.get_many([(f"{other}-{turn}", ".py", "r") for other in range(8)])
            cache.close()
        except Exception as error:  # noqa: BLE001 (reported by the test)
            errors.append(repr(error))
    results.put(errors)


def test_a_cache_in_a_file_for_several_processes(tmp_path):
    context = multiprocessing.get_context("fork")
    gate, results = context.Barrier(8), context.Queue()
    processes = [
        context.Process(target=_use_cache, args=(tmp_path, number, gate, results))
        for number in range(8)
    ]
    for process in processes:
        process.start()
    assert [results.get(timeout=60) for _process in processes] == [[]] * 8
    for process in processes:
        process.join()


def test_a_damaged_cache_is_made_anew(repository, tmp_path):
    path = tmp_path / "cache.sqlite"
    path.write_bytes(b"garbage" * 1000)
    repository.module("first", a_py="a = 1\n")
    repository.commit()
    cache = cloc.SqliteCache(str(path))
    assert cloc.count_revision(repository.path, "main", cache=cache).code == 1
    cache.close()
    assert cloc.SqliteCache(str(path)).get_many([]) == {}


def test_links_to_another_module_are_looked_at_again(repository, cache):
    """The tree of the first module is the same; what it counts is not."""
    repository.module("first", a_py="a = 1\n")
    repository.link("first/link.py", "../second/b.py")
    repository.module("second", b_py="b = 1\n")
    repository.commit()
    first = cloc.count_revision(repository.path, "main", cache=cache)
    repository.write("second/b.py", "b = 1\nc = 2\n")
    repository.commit()
    second = cloc.count_revision(repository.path, "main", cache=cache)
    assert first.modules[0].tree == second.modules[0].tree
    assert [m.code for m in first.modules] == [2, 1]
    assert [m.code for m in second.modules] == [3, 2]


def test_an_interrupted_count_goes_on(repository, cache):
    repository.module("good", **{f"f{n}_py": f"a{n} = 1\n" for n in range(600)})
    repository.write("bad/__manifest__.py", "{}")
    for number in range(30):
        repository.write(f"bad/{number}.xml", "<!--" * 500_000 + str(number))
    repository.commit()
    limits = cloc.Limits(seconds_per_file=1, seconds=3)
    with pytest.raises(cloc.SourceTimeout):
        cloc.count_revision(repository.path, "main", cache=cache, limits=limits)
    shutil.rmtree(os.path.join(repository.path, "bad"))
    repository.commit()
    count = cloc.count_revision(repository.path, "main", cache=cache)
    assert count.code == 600


CONTENTS = ["", "a = 1\n", "a = 1\nb = 2\n", "def\n", "// x\nlet a;\n", "<a>\n</a>\n"]
MANIFESTS = ["{}", "{'demo': ['demo/a.xml', 'x.py']}", "{'cloc_exclude': ['**/*.js']}"]
MANIFESTS += ["{'cloc_exclude': ['/abs']}", "broken", "{'cloc_exclude': ['lib/*']}"]
NAMES = ["a.py", "x.py", "b.js", "c.xml", "d.css", "e.txt", "a.xml"]
FOLDERS = ["", "lib/", "demo/", "tests/", "models/", "models/deep/", "static/lib/"]


def change(repository, rnd):
    """Do something that developers do, or should not."""
    module = f"{rnd.choice(['', 'addons/', 'addons/'])}{rnd.choice('mnop')}"
    path = f"{module}/{rnd.choice(FOLDERS)}{rnd.choice(NAMES)}"
    full = os.path.join(repository.path, path)
    action = rnd.choice(["write"] * 8 + ["manifest"] * 2 + ["remove"] * 3 + ["other"])
    other = rnd.choice(["link", "folder link", "inner", "unmake", "move", "submodule"])
    try:
        if action == "write":
            repository.write(path, rnd.choice(CONTENTS) + f"# {rnd.randrange(3)}\n")
        elif action == "manifest":
            repository.write(f"{module}/__manifest__.py", rnd.choice(MANIFESTS))
        elif action == "remove":
            os.unlink(full)
        elif other == "link":
            repository.link(
                path, rnd.choice(["a.py", "../n/a.py", "nowhere", "/etc/x"])
            )
        elif other == "folder link":
            repository.link(f"{module}/models", rnd.choice(["lib", "../n/models"]))
        elif other == "inner":
            repository.write(f"{module}/models/__manifest__.py", rnd.choice(MANIFESTS))
        elif other == "unmake":
            os.unlink(os.path.join(repository.path, module, "__manifest__.py"))
        elif other == "move":
            source = os.path.join(repository.path, f"addons/{rnd.choice('mnop')}")
            os.rename(source, os.path.join(repository.path, module))
        elif other == "submodule":
            oid = repository.git("rev-parse", "HEAD")
            entry = f"160000,{oid},{module}/sub"
            repository.git("update-index", "--add", "--cacheinfo", entry)
    except OSError:
        pass  # no such file, or one in the way of a folder


@pytest.mark.parametrize("seed", range(4))
def test_what_is_compared_equals_what_is_counted_afresh(repository, cache, seed):
    rnd = random.Random(seed)
    repository.commit()
    previous, compared = {}, 0
    for _commit in range(15):
        for _change in range(rnd.randrange(1, 6)):
            change(repository, rnd)
        # Not --all: that would drop the submodules, which have no folder here.
        repository.git("add", "--force", "--ignore-errors", ".")
        repository.git("commit", "-q", "--allow-empty", "-m", "Change")
        fresh = cloc.count_revision(repository.path, "HEAD")
        count = cloc.count_revision(
            repository.path, "HEAD", cache=cache, previous=previous
        )
        assert count == fresh
        for module, expected in zip(count.modules, fresh.modules, strict=True):
            assert module.files == expected.files
            old = previous.get(module.path)
            compared += old is not None and old != module.tree
        previous = {module.path: module.tree for module in count.modules}
    assert compared > 5


def test_an_earlier_tree_that_is_gone_is_no_harm(repository, cache, tmp_path):
    repository.module("first", models__a_py="a = 1\n", b_py="b = 1\n")
    repository.commit()
    first = cloc.count_revision(repository.path, "main", cache=cache)
    repository.write("first/models/a.py", "a = 1\nc = 3\n")
    repository.commit()
    # Fetched elsewhere, with the last commit only
    revision = cloc.fetch(cloc.Source(repository.url), str(tmp_path / "cache"))
    previous = {module.path: module.tree for module in first.modules}
    count = cloc.count_revision(
        revision.repo_path, revision.commit, cache=cache, previous=previous
    )
    assert count == cloc.count_revision(repository.path, "main")
    # … or never known at all
    for trees in ({"first": "0" * 40}, {"first": "nonsense"}, {"gone": "0" * 40}):
        again = cloc.count_revision(
            repository.path, "main", cache=cloc.MemoryCache(), previous=trees
        )
        assert again == count


def test_results_of_another_counter_are_forgotten(tmp_path):
    old = tmp_path / "results-0123456789abcdef.sqlite"
    old.write_text("from an older version")
    path = cloc.results_path(tmp_path)
    assert path != old and not old.exists()
    cloc.SqliteCache(path).close()
    assert cloc.results_path(tmp_path) == path and path.exists()

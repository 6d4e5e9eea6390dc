# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Repositories that want to harm: none crashes, hangs, leaks or changes a count."""

import os
import sys
import time
import zlib

import cloc
import pytest
from cloc.parse.pool import Limits, Pool

GOOD = "a = 1\nb = 2\n"
QUICK = Limits(seconds_per_file=1)


def count(repository, **options):
    repository.commit()
    return cloc.count_revision(repository.path, "main", **options)


def module(repository, **files):
    """A module ``bad`` beside a module ``good``, which must count 2 all the same."""
    repository.module("good", a_py=GOOD)
    repository.module("bad", **files)


def check(result, code, errors):
    bad, good = result.modules
    assert (good.name, good.code, good.errors) == ("good", 2, {})
    assert (bad.name, bad.code) == ("bad", code)
    assert set(bad.errors) == set(errors)
    for path, why in errors.items():
        assert why in bad.errors[path]


# Files that take the parser down


def test_regular_expressions_that_never_end(repository):
    # Each quote starts a search to the end of the file.
    blow_up = "'" + "\\'" * 45_000 + "\n"
    module(repository, a_js=blow_up * 40, b_scss=blow_up * 40, c_py=GOOD)
    module(repository, a_xml="<!--" * 500_000)
    start = time.monotonic()
    result = count(repository, limits=QUICK)
    check(
        result,
        2,
        {"a.js": "too much time", "b.scss": "too much time", "a.xml": "too much time"},
    )
    assert time.monotonic() - start < 60


def test_memory_hogs(repository):
    # A tree of many nodes, each several hundred bytes
    module(repository, a_py="a = [" + "1," * 1_500_000 + "]\n", b_py=GOOD)
    small = Limits(memory=200 * 2**20, memory_alone=300 * 2**20)
    check(count(repository, limits=small), 2, {"a.py": "too much memory"})


def test_what_fits_only_alone_is_counted_alone(repository):
    module(repository, a_py="a = [" + "1,\n" * 400_000 + "]\n", b_py=GOOD)
    tight = Limits(memory=150 * 2**20, memory_alone=2 * 2**30)
    check(count(repository, limits=tight), 400_002, {})


def test_crash_of_the_interpreter(repository, tmp_path, monkeypatch):
    """A worker that dies takes only the guilty file along.

    What kills one version's parser is a mere error in the next, so a parser that dies
    of a certain text stands in for it; everything else is the real thing.
    """
    from cloc.parse import rules

    odoo = tmp_path / "odoo"
    for name in ("tools", "_monkeypatches"):
        (odoo / name).mkdir(parents=True)
    for name in ("tools/cloc.py", "_monkeypatches/ast.py", "release.py"):
        with open(os.path.join(rules.odoo_path(), name)) as file:
            text = file.read()
        if name == "tools/cloc.py":
            text += (
                "\n_parse = Cloc.parse\n"
                "def _die(self, s, ext):\n"
                "    if 'KILL' in s: os.kill(os.getpid(), 11)\n"
                "    return _parse(self, s, ext)\n"
                "Cloc.parse = _die\n"
            )
        (odoo / name).write_text(text)
    monkeypatch.setattr(rules, "odoo_path", lambda: str(odoo))
    rules.rules.cache_clear()
    try:
        module(repository, a_py="KILL\n", b_py=GOOD, c_js="let a; // KILL\n")
        for number in range(300):
            repository.write(f"good/{number}.txt", "x")
            repository.write(f"bad/m{number}.py", f"a{number} = 1\n")
        result = count(repository)
        crashes = {"a.py": "crashes Python", "c.js": "crashes Python"}
        check(result, 302, crashes)
    finally:
        rules.rules.cache_clear()


def test_python_nested_ten_thousand_deep(repository):
    deep = {
        "a": "(" * 10_000 + ")" * 10_000,
        "b": "-" * 10_000 + "1",
        "c": "a" + ".a" * 10_000,
        "d": "lambda: " * 10_000 + "1",
        "e": "[" * 10_000,
        "f": "not " * 10_000 + "a",
        "g": "a" + "(a" * 190 + ")" * 190,
        "h": "a if a else " * 10_000 + "a",
        "i": "f'{" * 150 + "a" + "}'" * 150,
        "j": "{1:" * 10_000,
        "k": "\n".join(" " * n + "if a:" for n in range(99)) + "\n" + " " * 99 + "a",
        "l": "a = " * 10_000 + "1",
        "m": "a" + "[a" * 10_000,
        "n": "1" + "**1" * 10_000,
        "o": "a" + " and a" * 50_000,
        "p": "await " * 10_000 + "a",
        "q": "*" * 10_000 + "a",
    }
    for name, text in deep.items():
        repository.write(f"bad/deep_{name}.py", text + "\n")
    module(repository)
    result = count(repository)
    assert result.modules[1].code == 2
    for path, why in result.modules[0].errors.items():
        assert path.startswith("deep_") and why in (
            "Syntax Error",
            "Not counted: crashes Python's parser",
        )


def test_a_line_of_ten_megabytes(repository):
    line = "x" * 10_000_000
    module(
        repository, a_js=f"let a = '{line}';\n", b_css=line, c_xml=f"<a>{line}</a>\n"
    )
    check(
        count(repository),
        1,
        {"a.js": "Max line size exceeded", "b.css": "Max line size exceeded"},
    )


def test_many_killers_do_not_take_forever(repository):
    for number in range(30):
        repository.write(f"bad/{number}.xml", "<!--" * 500_000 + str(number))
    module(repository)
    repository.commit()
    cache = cloc.MemoryCache()
    limits = Limits(seconds_per_file=1, seconds=3)
    start = time.monotonic()
    with pytest.raises(cloc.SourceTimeout):
        cloc.count_revision(repository.path, "main", cache=cache, limits=limits)
    assert time.monotonic() - start < 15


# Files that are not what they seem


def test_manifest_that_is_no_literal(repository, tmp_path):
    mark = tmp_path / "mark"
    code = f"__import__('os').system('touch {mark}')"
    repository.module("bad", f"{{'name': {code}}}", a_py=f"{code}\n")
    repository.module("good", a_py=GOOD)
    check(count(repository), 1, {})
    assert not mark.exists()


def test_manifest_as_a_bomb(repository):
    for name, manifest in {
        "a": "{'demo': ['a.py'] * 10**9}",
        "b": "[" * 90_000,
        "c": "{" + "'a':" * 20_000,
        "d": "-" * 90_000 + "1",
        "e": "{'demo': [" + "'*'," * 25_000 + "]}",
        "f": "{'cloc_exclude': ['" + "**/" * 30_000 + "*']}",
        "g": "x" * 30_000_000,
        "h": "1+" * 50_000 + "1",
    }.items():
        repository.module(name, manifest, models__a_py=GOOD)
    for depth in range(1, 60):
        repository.write("f/" + "d/" * depth + "x.py", "a = 1\n")
    start = time.monotonic()
    result = count(repository)
    assert {m.name: (m.code, m.errors) for m in result.modules} == {
        **dict.fromkeys("abcdegh", (2, {})),
        "f": (0, {}),
    }
    assert time.monotonic() - start < 60


def test_pointers_of_large_file_storage(repository):
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"
    module(repository, a_js=pointer, b_py=pointer)
    check(count(repository), 0, {"a.js": "Git LFS", "b.py": "Git LFS"})


def test_nul_bytes_everywhere(repository):
    module(repository, a_py=b"a = 1\0\n", b_js=b"\0" * 1000, c_xml=b"\0\n\0\n")
    result = count(repository)
    check(result, 3, {"a.py": "Syntax Error"})


# Links


def test_links_never_lead_out(repository, tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("\n".join(f"line_{n} = {n}" for n in range(50)))
    os.makedirs(tmp_path / "outside")
    (tmp_path / "outside" / "a.py").write_text(GOOD)
    module(repository)
    for name, target in {
        "absolute.py": str(secret),
        "relative.py": "../../secret.py",
        "passwd.xml": "/etc/passwd",
        "up_and_down.py": "../../source/good/a.py",
        "device.js": "/dev/zero",
        "folder": "../../outside",
        "through.py": "folder/a.py",
        "proc.css": "/proc/self/environ",
    }.items():
        repository.link(f"bad/{name}", target)
    outside = "Link leads out of the repository"
    errors = dict.fromkeys(
        ["absolute.py", "relative.py", "passwd.xml", "up_and_down.py", "device.js"]
        + ["through.py", "proc.css"],
        outside,
    )
    check(count(repository), 0, errors)
    check(cloc.count_folder(repository.path), 0, errors)


def test_loops_and_long_links(repository):
    module(repository)
    repository.link("bad/self.py", "self.py")
    repository.link("bad/a.py", "b.py")
    repository.link("bad/b.py", "a.py")
    repository.link("bad/deep.py", "x/" * 1500 + "a.py")
    repository.link("bad/parent", "..")
    repository.link("bad/round.py", "parent/bad/parent/good/a.py")
    for number in range(50):
        repository.link(f"bad/c{number}.py", f"c{number + 1}.py")
    repository.commit()
    # … and one that no file system would hold, far longer than a path can be
    blob = repository.blob(b"x/" * 5_000_000)
    repository.git("update-index", "--add", "--cacheinfo", f"120000,{blob},bad/huge.py")
    repository.git("commit", "-q", "-m", "Huge link")
    result = cloc.count_revision(repository.path, "main")
    nowhere = ["self.py", "a.py", "b.py", "deep.py", "huge.py"]
    nowhere += [f"c{number}.py" for number in range(50)]
    check(result, 2, dict.fromkeys(nowhere, "Link leads nowhere"))


def test_a_linked_manifest_and_a_linked_folder(repository, tmp_path):
    (tmp_path / "__manifest__.py").write_text("{'cloc_exclude': ['**/*']}")
    module(repository, a_py=GOOD)
    os.unlink(f"{repository.path}/bad/__manifest__.py")
    repository.link("bad/__manifest__.py", "../../__manifest__.py")
    repository.link("again", "good")
    check(count(repository), 2, {"__manifest__.py": "Link leads out"})


# Names and trees


def test_names_are_printable_and_distinct(repository):
    names = [
        b"a\nb.py",
        b"a\\nb.py",
        b"\xff.py",
        b"\\xff.py",
        b"\xc3\xbf.py",
        b"\x7f.py",
    ]
    names += ["\u202egnp.py".encode(), b"\x1b[2J.py", b"\xc2\x85.py", b"tab\t.py"]
    module(repository)
    for name in names:
        repository.write(b"bad/" + name, "a = 1\n")
    result = count(repository)
    check(result, len(names), {})
    paths = [file.path for file in result.modules[0].files if not file.excluded]
    assert len(set(paths)) == len(names)
    assert all(path.isprintable() for path in paths)
    lines = [file.line.encode() for file in result.modules[0].files]
    assert {line.count(b"\t") for line in lines} == {5}


def test_names_that_differ_in_case(repository):
    module(repository, a_py=GOOD, A_py=GOOD, a_PY=GOOD)
    repository.write("Bad/__manifest__.py", "{}")
    repository.write("Bad/a.py", GOOD)
    result = count(repository)
    assert {m.path: m.code for m in result.modules} == {"Bad": 2, "bad": 6, "good": 2}


@pytest.mark.parametrize("name", [b"..", b".", b"", b"a/b.py", b"../../x.py"])
def test_impossible_names_are_refused(repository, name, tmp_path):
    blob = repository.blob(GOOD.encode())
    folder = repository.tree(
        [("100644", name, blob), ("100644", b"__manifest__.py", blob)]
    )
    repository.commit_tree(repository.tree([("40000", b"bad", folder)]))
    with pytest.raises(cloc.SourceBroken):
        cloc.count_revision(repository.path, "main")
    with pytest.raises(cloc.SourceBroken):
        cloc.fetch(cloc.Source(repository.url), str(tmp_path / "cache"))


def test_a_tree_that_explodes(repository):
    """Ten levels of a hundred names for the same folder: 10^20 files in 2 kB."""
    tree = repository.tree([("100644", b"a.py", repository.blob(b"a = 1\n"))])
    for _level in range(10):
        names = (b"%02d" % number for number in range(100))
        tree = repository.tree([("40000", name, tree) for name in names])
    repository.commit_tree(tree)
    start = time.monotonic()
    with pytest.raises(cloc.SourceTooLarge):
        cloc.count_revision(repository.path, "main")
    assert time.monotonic() - start < 60


def test_folders_nested_without_end(repository):
    tree = repository.tree([("100644", b"a.py", repository.blob(b"a = 1\n"))])
    for _level in range(300):
        tree = repository.tree([("40000", b"folder_with_name", tree)])
    repository.commit_tree(tree)
    with pytest.raises(cloc.SourceTooLarge):
        cloc.count_revision(repository.path, "main")


def test_a_folder_with_a_name_that_no_disk_takes(repository):
    blob = repository.blob(b"{}")
    tree = repository.tree([("100644", b"__manifest__.py", blob)])
    repository.commit_tree(repository.tree([("40000", b"m" * 256, tree)]))
    with pytest.raises(cloc.SourceTooLarge):
        cloc.count_revision(repository.path, "main")


def test_a_file_of_one_gigabyte(repository, tmp_path):
    """A megabyte in the repository, a gigabyte when unpacked: it never is."""
    module(repository)
    repository.commit()
    size = 2**30
    oid = write_zeros(repository, size)
    for name in ("bad/a.py", "bad/b.js", "bad/big.bin"):
        repository.git("update-index", "--add", "--cacheinfo", f"100644,{oid},{name}")
    repository.git("commit", "-q", "-m", "Huge")
    start = time.monotonic()
    result = cloc.count_revision(repository.path, "main")
    assert time.monotonic() - start < 5
    exceeded = dict.fromkeys(["a.py", "b.js"], "Max file size exceeded")
    check(result, 0, exceeded)


def write_zeros(repository, size):
    """A loose object of zeros, without having them all in memory."""
    import hashlib

    head, chunk = b"blob %d\0" % size, b"\0" * 2**20
    sha, pack = hashlib.sha1(head), zlib.compressobj(1)
    parts = [pack.compress(head)]
    for _number in range(size // len(chunk)):
        sha.update(chunk)
        parts.append(pack.compress(chunk))
    parts.append(pack.flush())
    oid = sha.hexdigest()
    path = f".git/objects/{oid[:2]}/{oid[2:]}"
    repository.write(path, b"".join(parts))
    return oid


def test_a_hundred_thousand_files(repository):
    blob, manifest = repository.blob(b"a = 1\n"), repository.blob(b"{}")
    folder = [("100644", b"%05d.py" % number, blob) for number in range(1000)]
    folders = [("40000", b"f%02d" % n, repository.tree(folder)) for n in range(100)]
    entries = [("100644", b"__manifest__.py", manifest), *folders]
    repository.commit_tree(
        repository.tree([("40000", b"bad", repository.tree(entries))])
    )
    result = cloc.count_revision(repository.path, "main")
    assert result.code == 100_000
    with pytest.raises(cloc.SourceTooLarge):
        cloc.count_revision(repository.path, "main", limits=Limits(files=99_000))


def test_submodules_and_hooks(repository, tmp_path):
    mark = tmp_path / "mark"
    module(repository, a_py=GOOD)
    url = f"ext::sh -c 'touch {mark}'"
    repository.write(
        ".gitmodules",
        f'[submodule "x"]\n\tpath = bad/x\n\turl = {url}\n\tupdate = !touch x\n',
    )
    repository.write(".gitattributes", "* filter=x diff=x\n")
    repository.commit()
    commit = repository.git("rev-parse", "HEAD")
    cacheinfo = f"160000,{commit},bad/x"
    repository.git("update-index", "--add", "--cacheinfo", cacheinfo)
    repository.git("commit", "-q", "-m", "Submodule")
    for name in ("post-checkout", "reference-transaction", "post-merge"):
        hook = f"{repository.path}/.git/hooks/{name}"
        repository.write(f".git/hooks/{name}", f"#!/bin/sh\ntouch {mark}\n")
        os.chmod(hook, 0o755)
    repository.git("config", "filter.x.smudge", f"touch {mark}")
    cache = str(tmp_path / "cache")
    revision = cloc.fetch(cloc.Source(repository.url), cache)
    result = cloc.count_revision(revision.repo_path, revision.commit)
    check(result, 2, {})
    assert [each.path for each in result.submodules] == ["bad/x"]
    assert not mark.exists()
    assert not os.path.exists(os.path.join(revision.repo_path, "hooks"))


def test_nothing_is_written_outside_the_cache(repository, tmp_path):
    module(repository, a_py=GOOD)
    repository.commit()
    cache = tmp_path / "cache"
    before = listing(tmp_path, cache)
    revision = cloc.fetch(cloc.Source(repository.url), str(cache))
    cloc.count_revision(revision.repo_path, revision.commit)
    assert listing(tmp_path, cache) == before


def listing(root, but):
    return {
        (path, os.lstat(path).st_mtime_ns)
        for folder, _dirs, names in os.walk(root)
        for path in (os.path.join(folder, name) for name in names)
        if not path.startswith(str(but))
    }


def test_replaced_objects_are_not_believed(repository):
    """``git replace`` shows other content under the same id."""
    module(repository, a_py=GOOD)
    repository.commit()
    old = repository.git("rev-parse", "HEAD:bad/a.py")
    repository.git("replace", old, repository.blob(b"a = 1\n" * 100))
    check(cloc.count_revision(repository.path, "main"), 2, {})


def test_a_damaged_repository_says_so(repository):
    module(repository, a_py="unique = 1\n")
    repository.commit()
    oid = repository.git("rev-parse", "HEAD:bad/a.py")
    os.unlink(f"{repository.path}/.git/objects/{oid[:2]}/{oid[2:]}")
    with pytest.raises(cloc.SourceBroken):
        cloc.count_revision(repository.path, "main")
    repository.write(f".git/objects/{oid[:2]}/{oid[2:]}", b"garbage")
    with pytest.raises(cloc.SourceBroken):
        cloc.count_revision(repository.path, "main")


# The worker


def test_workers_inherit_nothing(repository, monkeypatch):
    """No environment, no open file or socket of the process that counts."""
    import socket

    monkeypatch.setenv("PGPASSWORD", "hemligt")
    ours = socket.socket()
    ours.set_inheritable(True)
    module(repository)
    repository.commit()
    with cloc.git.repository.ObjectReader(repository.path) as reader:
        with Pool(reader.feeder, Limits()) as pool:
            pool.warm_up(1)
            pipe = pool._pipes[0]
            manifest = reader.commit("main")
            assert manifest
            list(pool.parse([(repository.git("rev-parse", "HEAD:good/a.py"), ".py")]))
            for process, own in ((pipe.worker, 4), (pipe.feeder, 5)):
                proc = f"/proc/{process.pid}"
                with open(f"{proc}/environ", "rb") as file:
                    environment = file.read()
                assert b"hemligt" not in environment and b"PG" not in environment
                links = [
                    os.readlink(f"{proc}/fd/{fd}") for fd in os.listdir(f"{proc}/fd")
                ]
                assert not [link for link in links if link.startswith("socket:")]
                assert len(links) <= own + 3
    ours.close()


def test_no_process_is_left_behind(repository):
    module(repository, a_xml="<!--" * 500_000)
    count(repository, limits=QUICK)
    children = f"/proc/self/task/{os.getpid()}/children"
    with open(children) as file:
        assert not file.read().split()


def test_the_package_needs_nothing_of_odoo():
    import subprocess

    code = (
        "import sys; import cloc; cloc.ruleset(); "
        "print([m for m in sys.modules if m.split('.')[0] in ('odoo', 'psycopg2')])"
    )
    package = os.path.dirname(os.path.dirname(os.path.abspath(cloc.__file__)))
    env = {"PYTHONPATH": package, "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd="/"
    )
    assert done.stdout.strip() == "[]", done.stderr

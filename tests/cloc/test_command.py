# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/count, as a customer runs it."""

import json
import os
import subprocess
from pathlib import Path

import cloc
import pytest
import reference
from repositories import Repository

COUNT = Path(__file__).resolve().parents[2] / "bin" / "count"


def run(*arguments, status=0, cwd="/", before=(), **env):
    done = subprocess.run(
        [*before, COUNT, *arguments],
        capture_output=True,
        encoding="utf-8",
        cwd=cwd,
        env={**os.environ, "COLUMNS": "300", **env},
        check=False,
        timeout=300,
    )
    assert done.returncode == status, done.stderr
    return done.stdout if status == 0 else done.stderr


@pytest.fixture
def project(tmp_path):
    repository = Repository(tmp_path / "project")
    repository.module("first", a_py="a = 1\nb = 2\n", tests__t_py="t = 1\n")
    repository.module("deep/second", a_js="// c\nlet a;\n", broken_py="def\n")
    repository.write("outside.py", "x = 1\n")
    repository.commit()
    return repository


def test_table_is_that_of_odoo_cloc(project):
    """The same lines as the real command, with shorter names."""
    paths = [f"{project.path}/deep/second", f"{project.path}/first"]
    modules, files, errors = reference.odoo_cloc(paths)
    table = run(project.path)
    read_modules, read_files, read_errors = reference.parse_table(table)
    assert read_modules == modules
    names = {"deep/second": "second", "first": "first"}

    def shorter(path):
        path = os.path.relpath(path, project.path)
        for folder, name in names.items():
            path = path.replace(f"{folder}/", f"{name}/", 1)
        return path

    assert read_files == {shorter(path): value for path, value in files.items()}
    assert read_errors == {shorter(path): value for path, value in errors.items()}


def test_json(project):
    found = json.loads(run(project.path, "--json"))
    count = cloc.count_folder(project.path)
    assert found["digest"] == count.digest
    assert found["ruleset"] == cloc.ruleset()
    assert (found["code"], found["total"]) == (3, 4)
    second = found["modules"]["second"]
    del second["digest"]
    assert second == {
        "path": "deep/second",
        "code": 1,
        "total": 2,
        "excluded": 1,
        "errors": {"broken.py": "Syntax Error"},
    }
    assert found["modules"]["first"]["excluded"] == 2


def test_folder_repository_and_address_agree(project, tmp_path):
    bare = tmp_path / "bare.git"
    project.git("clone", "-q", "--bare", project.path, str(bare))
    commit = project.git("rev-parse", "HEAD")
    # What lies there is not what was committed.
    project.write("first/new.py", "c = 3\n")
    assert json.loads(run(project.path, "--json"))["code"] == 4
    answers = [
        json.loads(run(*arguments, "--json"))
        for arguments in (
            (project.path, "--revision", "main"),
            (str(bare),),
            (f"file://{bare}",),
            (project.url, "--revision", commit),
        )
    ]
    assert {answer["code"] for answer in answers} == {3}
    assert {answer["revision"] for answer in answers} == {commit}
    assert len({answer["digest"] for answer in answers}) == 1


def test_subdirectories_and_relative_paths(project):
    found = json.loads(run(".", "--subdirectory", "deep", "--json", cwd=project.path))
    assert list(found["modules"]) == ["second"]
    found = json.loads(run("first", "--json", cwd=project.path))
    assert {n: m["path"] for n, m in found["modules"].items()} == {"first": ""}


def test_what_cannot_be_counted_says_why(project):
    assert "no folder nowhere" in run("nowhere", status=1)
    assert "begin with https" in run("ext::sh", status=1)
    assert "no branch or tag" in run(project.url, "--revision", "x", status=1)
    assert "no revision" in run(project.path, "--revision", "x", status=1)
    assert "no folder 'x'" in run(project.path, "--subdirectory", "x", status=1)
    assert "impossible" not in run("--help")


def test_short_ids_and_heads(project):
    """By an address, too, or it says what to ask for."""
    commit = project.git("rev-parse", "HEAD")
    for source, revision in (
        (project.path, "HEAD"),
        (project.path, commit[:8]),
        (project.url, "HEAD"),
        (project.url, commit),
    ):
        found = json.loads(run(source, "--revision", revision, "--json"))
        assert found["revision"] == commit
    message = run(project.url, "--revision", commit[:8], status=1)
    assert "full id of 40 characters" in message


def test_a_folder_that_only_looks_like_a_repository(tmp_path):
    repository = Repository(tmp_path / "addons")
    for name in ("HEAD", "objects", "refs"):
        repository.module(name, a_py="a = 1\n")
    found = json.loads(run(repository.path, "--json"))
    assert (sorted(found["modules"]), found["code"]) == (["HEAD", "objects", "refs"], 3)


def test_what_cannot_be_read_is_named_without_a_traceback(tmp_path):
    repository = Repository(tmp_path / "addons")
    repository.module("acme", a_py="a = 1\n", b_py="b = 1\n")
    # The superuser reads everything, unless it gives that up.
    before = (
        ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
        if os.geteuid() == 0
        else ()
    )
    # Of a folder with the last mode names can be read, and nothing about them.
    repository.link("links/a.py", "../acme/a.py")
    for name, less in (
        ("acme/b.py", 0),
        ("acme", 0),
        ("acme", 0o444),
        ("links", 0o444),
    ):
        path = f"{repository.path}/{name}"
        mode = os.stat(path).st_mode
        os.chmod(path, less)
        message = run(repository.path, status=1, before=before)
        os.chmod(path, mode)
        assert name in message and "Permission denied" in message
        assert "Traceback" not in message
    assert json.loads(run(repository.path, "--json", before=before))["code"] == 2


def test_a_pipe_is_an_error_and_nothing_waits_for_it(tmp_path):
    repository = Repository(tmp_path / "addons")
    repository.module("acme", a_py="a = 1\n")
    os.mkfifo(f"{repository.path}/acme/p.py")
    os.mkfifo(f"{repository.path}/acme/p.txt")
    found = json.loads(run(repository.path, "--json"))
    assert found["submodules"] == []
    assert list(found["modules"]["acme"]["errors"]) == ["p.py"]
    assert "No regular file" in found["modules"]["acme"]["errors"]["p.py"]
    assert found["code"] == 1


def test_every_terminal_shows_every_name(tmp_path):
    repository = Repository(tmp_path / "addons")
    repository.module("räkna", å_py="a = 1\n")
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert r"r\xe4kna" in run(repository.path, **ascii_only)
    found = json.loads(run(repository.path, "--json", **ascii_only))
    assert list(found["modules"]) == ["räkna"]
    assert "räkna" in run(repository.path, PYTHONUTF8="1")


def test_what_nobody_reads_or_cannot_be_written_is_said_without_a_traceback(project):
    def write_to(place, *arguments):
        with open(place, "w") as file:
            return subprocess.run(
                [COUNT, project.path, *arguments],
                stdout=file,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                check=False,
            )

    for arguments in ((), ("--json",)):
        done = write_to("/dev/full", *arguments)
        assert done.returncode == 1
        assert "bin/count: The count could not be written" in done.stderr
        assert "No space left" in done.stderr and "Traceback" not in done.stderr
        # As of `bin/count … | head -1`, whose reader has gone before we write
        reader, writer = os.pipe()
        os.close(reader)
        done = write_to(writer, *arguments)
        assert done.returncode == 1
        assert "bin/count: " not in done.stderr and "Traceback" not in done.stderr


def test_links_and_what_is_counted_elsewhere_are_said(project):
    project.link("custom/first", "../first")
    project.link("custom/gone", "../../gone")
    table = run(project.path)
    assert "Counted in another place: custom/first" in table
    assert "Links, not followed: custom/gone -> ../../gone (outside)" in table
    found = json.loads(run(f"{project.path}/custom", "--json"))
    assert [link["path"] for link in found["links"]] == ["first", "gone"]
    found = json.loads(run(project.path, "--subdirectory", "custom", "--json"))
    assert (list(found["modules"]), found["code"]) == (["first"], 2)


def count_of(*arguments):
    return json.loads(run(*arguments, "--json"))["code"]


def test_r02_another_encoding_in_a_checkout_is_said(project):
    """`odoo cloc` sees what git writes, and that is not what git stores."""
    attributes = "wide.py working-tree-encoding=UTF-16\n"
    project.write("first/wide.py", "a = 1\nb = 2\n".encode("utf-16"))
    for name, subdirectories in (
        (".gitattributes", ("first",)),
        ("first/.gitattributes", ()),
    ):
        project.write(name, attributes)
        project.commit()
        found = cloc.count_revision(project.path, "main", subdirectories)
        assert [path for path, _id in found.reencoded] == [name]
        assert count_of(project.path, "--revision", "main") == 5
        assert count_of(project.path) == 3
        assert name in run(project.path, "--revision", "main")
        os.unlink(f"{project.path}/{name}")
    project.write(".gitattributes", "*.py text eol=lf\n")
    project.commit()
    assert cloc.count_revision(project.path, "main").reencoded == ()


def test_a_folder_of_add_ons_named_like_python_modules(tmp_path):
    """Nothing in the folder that is counted, or stood in, is imported."""
    repository = Repository(tmp_path / "addons")
    mark = tmp_path / "mark"
    for name in ("calendar", "json", "odoo", "cloc", "ast"):
        repository.module(name)
        repository.write(f"{name}/__init__.py", f"open({str(mark)!r}, 'w')\n")
        repository.write(f"{name}.py", f"open({str(mark)!r}, 'w')\n")
    found = json.loads(run(".", "--json", cwd=repository.path))
    assert found["code"] == 5
    assert not mark.exists()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Our count of a Git revision equals ``odoo cloc -p MODULE`` on a checkout of it."""

import ast
import importlib.util
import os
import shutil
import sys
from pathlib import Path

import cloc
import pytest
import reference
from cloc.parse.rules import quick_walk
from repositories import Repository

CORE = ["account", "sale", "web", "project", "mail"]
OCA = ["contract", "helpdesk_mgmt", "helpdesk_mgmt_sla", "helpdesk_type", "queue_job"]


def addon_folder(name):
    for folder in importlib.util.find_spec("odoo").submodule_search_locations:
        path = os.path.join(folder, "addons", name)
        if os.path.isdir(path):
            return path
    raise AssertionError(f"{name} is not installed")


@pytest.fixture(scope="module")
def real_addons(tmp_path_factory):
    """The add-ons of the environment in a Git repository with a work tree."""
    repository = Repository(tmp_path_factory.mktemp("real") / "addons")
    for name in CORE + OCA:
        target = os.path.join(repository.path, name)
        ignore = shutil.ignore_patterns("__pycache__")
        # The links of Debian's Odoo lead to other packages: take what they mean.
        shutil.copytree(addon_folder(name), target, symlinks=False, ignore=ignore)
    repository.commit()
    return repository


def test_real_addons_count_as_with_odoo_cloc(real_addons, tmp_path):
    revision = cloc.fetch(cloc.Source(real_addons.url), str(tmp_path))
    count = cloc.count_revision(revision.repo_path, revision.commit)
    paths = [os.path.join(real_addons.path, name) for name in CORE + OCA]
    modules, files, errors = reference.odoo_cloc(paths)

    assert {m.name: (m.code, m.total) for m in count.modules} == {
        name: modules[name] for name in CORE + OCA
    }
    assert (count.code, count.total) == modules[""]
    ours, our_errors = {}, {}
    for module in count.modules:
        for file in module.files:
            path = os.path.join(real_addons.path, module.path, file.path)
            if file.error:
                our_errors[path] = file.error
            elif not file.excluded:
                ours[path] = (file.code, file.total)
    assert ours == files
    assert our_errors == errors
    assert count.code > 100_000  # that the comparison is not of nothing


def test_folder_and_revision_agree(real_addons, tmp_path):
    name = "helpdesk_mgmt"
    commit = real_addons.git("rev-parse", "HEAD")
    of_revision = cloc.count_revision(real_addons.path, commit, [name])
    of_folder = cloc.count_folder(real_addons.path, [name])
    assert of_folder.digest == of_revision.digest
    assert of_folder.modules[0].files == of_revision.modules[0].files


def test_quick_walk_finds_every_line():
    """It stands in for ast.walk; see there."""

    def located(walk, tree):
        return sorted(id(node) for node in walk(tree) if hasattr(node, "lineno"))

    folder = os.path.dirname(ast.__file__)
    paths = [*Path(folder).glob("*.py"), *Path(folder).glob("test/test_[a-gp]*.py")]
    assert len(paths) > 200
    for path in paths:
        try:
            tree = ast.parse(path.read_bytes().decode("latin1"))
        except SyntaxError:
            continue
        assert located(quick_walk, tree) == located(ast.walk, tree), path


TRAPS = {
    # module: (manifest, files); "->" starts the target of a link
    "excludes_all": ("{'name': 'x', 'cloc_exclude': ['**/*']}", {"a.py": "a = 1\n"}),
    "excludes_deep": (
        "{'cloc_exclude': ['lib/**/*', 'models/*_gen.py', 'v?.xml', '[ab].js']}",
        {
            "lib/x/y/a.py": "a = 1\n",
            "models/x_gen.py": "a = 1\n",
            "models/x.py": "a = 1\n",
            "v1.xml": "<a/>\n",
            "v12.xml": "<a/>\n",
            "a.js": "let a;\n",
            "c.js": "let a;\n",
        },
    ),
    "demo_files": (
        "{'demo': ['demo/a.xml'], 'demo_xml': ['old/b.xml'], 'data': ['c.xml']}",
        {"demo/a.xml": "<a/>\n", "old/b.xml": "<a/>\n", "c.xml": "<a/>\n"},
    ),
    "syntax_error": ("{}", {"a.py": "def\n", "b.py": "b = 1\n"}),
    "byte_order_mark": (
        "{}",
        {"a.py": b"\xef\xbb\xbfa = 1\n", "b.js": b"\xef\xbb\xbflet b;\n"},
    ),
    "nested_quotes": ("{}", {"a.py": 'x = {"a": 1}\ny = f"{x["a"]}"\n'}),
    "folders": (
        "{}",
        {
            "static/lib/a.js": "let a;\n",
            "static/tests/a.js": "let a;\n",
            "static/src/lib/a.js": "let a;\n",
            "tests/a.py": "a = 1\n",
            "tests/deep/er/a.py": "a = 1\n",
            "models/tests/helper.py": "a = 1\n",
            "migrations/1.0/a.py": "a = 1\n",
            "upgrades/1.0/a.py": "a = 1\n",
            "upgrade/a.py": "a = 1\n",
            ".hidden/a.py": "a = 1\n",
            ".hidden.py": "a = 1\n",
            ".py": "a = 1\n",
        },
    ),
    "unseen_types": ("{}", {n: "a\n" for n in ("a.ts", "a.html", "a.sql", "a.csv")}),
    "upper_case": (
        "{'cloc_exclude': ['*.py']}",
        {
            "A.PY": "a = 1\n",
            "b.Js": "let b;\n",
            "c.ScSs": "// c\na {\n}\n",
            "d.py": "d\n",
        },
    ),
    "same_bytes": ("{}", {"a.css": "// a\na {\n}\n", "a.scss": "// a\na {\n}\n"}),
    "broken_manifest": (
        "{'demo': ['demo/a.xml'], ",
        {"demo/a.xml": "<a/>\n", "tests/a.py": "a = 1\n", "a.py": "a = 1\n"},
    ),
    "manifest_with_mark": (
        b"\xef\xbb\xbf{'demo': ['demo/a.xml']}",
        {"demo/a.xml": "<a/>\n", "tests/a.py": "a = 1\n"},
    ),
    "manifest_runs_code": (
        "{'demo': [str(open('/etc/passwd').read())]}",
        {"demo/a.xml": "<a/>\n", "tests/a.py": "a = 1\n"},
    ),
    "manifest_is_list": ("['a']", {"tests/a.py": "a = 1\n", "a.py": "a = 1\n"}),
    "manifest_empty": ("", {"tests/a.py": "a = 1\n", "a.py": "a = 1\n"}),
    "manifest_too_long": (
        "{'demo': ['demo/a.xml'], 'x': '" + "x" * 102_400 + "'}",
        {"demo/a.xml": "<a/>\n", "tests/a.py": "a = 1\n"},
    ),
    "manifest_just_fits": (
        "{'demo': ['demo/a.xml'], 'x': '" + "x" * 102_000 + "'}",
        {"demo/a.xml": "<a/>\n", "tests/a.py": "a = 1\n"},
    ),
    "manifest_odd_values": (
        "{'cloc_exclude': ['a.py'], 'demo': None, 'demo_xml': ['b.xml']}",
        {"a.py": "a = 1\n", "b.xml": "<a/>\n", "tests/a.py": "a = 1\n"},
    ),
    "manifest_number": (
        "{'cloc_exclude': ['a.py'], 'demo': 5, 'demo_xml': ['b.xml']}",
        {"a.py": "a = 1\n", "b.xml": "<a/>\n"},
    ),
    "manifest_demo_is_text": (
        "{'demo': 'ab'}",
        {"a": "a", "b": "b", "ab.py": "a = 1\n"},
    ),
    "manifest_demo_is_dict": ("{'demo': {'a.py': 1}}", {"a.py": "a = 1\n"}),
    "umlauts_in_manifest": (
        "{'demo': ['demo/å.xml']}",
        {"demo/å.xml": "<a/>\n", "demo/a.xml": "<a/>\n"},
    ),
    "odd_names": (
        "{'cloc_exclude': ['x*']}",
        {
            "a b.py": "a = 1\n",
            "line\nbreak.py": "a = 1\n",
            b"caf\xe9.py": "a = 1\n",
            b"x\xff.py": "a = 1\n",
            "back\\slash.py": "a = 1\n",
            "-rf.py": "a = 1\n",
            "'; DROP TABLE x; --.py": "a = 1\n",
        },
    ),
    "odd_contents": (
        "{}",
        {
            "nul.py": b"a = 1\0\n",
            "nul.js": b"let a;\0\n\0\n",
            "nul.xml": b"<a>\0</a>\n",
            "empty.py": b"",
            "empty.js": b"",
            "empty.xml": b"",
            "blank.css": b"\n\n  \n",
            "crlf.py": b"a = 1\r\n\r\nb = 2\r\n",
            "crlf.js": b"let a; // x\r\n/* b\r\n */ let c;\r\n",
            "cr.py": b"a = 1\rb = 2\r",
            "formfeed.py": b"a = 1\n\x0c\nb = 2\n",
            "separators.js": b"let a;\x1clet b;\x85let c;\n\xa0\n",
            "latin.py": b"# -*- coding: latin-1 -*-\na = '\xe9'\n",
            "utf16.py": "a = 1\n".encode("utf-16"),
            "tabs.py": b"if 1:\n\ta = 1\n        b = 2\n",
            "long.js": b"let a = '" + b"x" * 100_001 + b"';\n",
            "almost.js": b"let a='" + b"x" * 99_990 + b"';\n",
            "long.py": b"a = '" + b"x" * 10_000_000 + b"'\n",
            "long.xml": b"<a>" + b"x" * 200_000 + b"</a>\n",
            "comments.xml": b"<!-- a\nb -->\n<a><![CDATA[ <!-- x\n --> ]]></a>\n<!--\n",
            "strings.js": b"let a = \"/* no */\"; let b = '//'; let c = `\n// c\n`;\n",
            "regex.js": b"let r = /[/*]/; let a;\n// x */\nlet b;\n",
            "parentheses.py": b"(" * 10_000 + b")" * 10_000 + b"\n",
            "minus.py": b"a = " + b"-" * 10_000 + b"1\n",
            "attributes.py": b"a" + b".a" * 50_000 + b"\n",
            "sum.py": b"a = " + b"1+" * 900 + b"1\n",
            "deep_sum.py": b"a = " + b"1+" * 100_000 + b"1\n",
            "indent.py": b"".join(b" " * n + b"if 1:\n" for n in range(99))
            + b" " * 99
            + b"1",
            "too_deep.py": b"".join(b" " * n + b"if 1:\n" for n in range(200))
            + b" " * 200
            + b"1",
            "lambdas.py": b"a = " + b"lambda:" * 3000 + b"1\n",
        },
    ),
    "links": (
        "{}",
        {
            "real.py": "a = 1\nb = 2\n",
            "alias.py": "-> real.py",
            "sub/up.py": "-> ../real.py",
            "as_script.js": "-> real.py",
            "to_folder": "-> sub",
            "folder.py": "-> sub",
            "chain.py": "-> sub/up.py",
            "through.py": "-> to_folder/up.py",
            "other.py": "-> ../folders/upgrade/a.py",
            "dangling.txt": "-> nowhere",
        },
    ),
    "excluded_dangling_link": ("{'cloc_exclude': ['*.css']}", {"a.css": "-> nowhere"}),
    "inner_module": (
        "{}",
        {
            "a.py": "a = 1\n",
            "inner/__manifest__.py": "{'cloc_exclude': ['**/*']}",
            "inner/a.py": "a = 1\n",
            "inner/tests/a.py": "a = 1\n",
        },
    ),
    "lots_of_stars": ("{'cloc_exclude': ['**/**/**/*.py']}", {"a/b/c.py": "a = 1\n"}),
}


@pytest.fixture(scope="module")
def traps(tmp_path_factory):
    repository = Repository(tmp_path_factory.mktemp("traps") / "traps")
    for name, (manifest, files) in TRAPS.items():
        repository.write(f"{name}/__manifest__.py", manifest)
        for path, content in files.items():
            path = f"{name}/".encode() + os.fsencode(path)
            if isinstance(content, str) and content.startswith("-> "):
                repository.link(os.fsdecode(path), content[3:])
            else:
                repository.write(path, content)
    # A folder with the old manifest's name only: odoo cloc excludes nothing
    repository.write("old_manifest/__openerp__.py", "{'demo': ['a.py']}")
    repository.write("old_manifest/a.py", "a = 1\n")
    repository.write("old_manifest/tests/a.py", "a = 1\n")
    repository.link("manifest_link/__manifest__.py", "../demo_files/__manifest__.py")
    repository.write("manifest_link/demo/a.xml", "<a/>\n")
    repository.link("linked_module", "folders")
    repository.write("not_a_module/a.py", "a = 1\n")
    repository.commit()
    return repository


def check_equal(count, repository):
    paths = [os.path.join(repository.path, module.path) for module in count.modules]
    for module, expected in zip(count.modules, reference.figures(paths), strict=True):
        assert "crash" not in expected, module.name
        assert (module.code, module.total) == (expected["code"], expected["total"])
        assert module.errors == {
            printable(path): error for path, error in expected["errors"].items()
        }, module.name
        counted = {
            file.path: [file.code, file.total]
            for file in module.files
            if not file.excluded and not file.error
        }
        assert counted == {
            printable(path): figures for path, figures in expected["files"].items()
        }, module.name


def printable(path):
    from cloc.tree.tree import printable

    return printable(os.fsencode(path))


def test_traps_count_as_with_odoo_cloc_from_git(traps):
    count = cloc.count_revision(traps.path, "main")
    names = {*TRAPS, "old_manifest", "manifest_link"}
    assert {module.path for module in count.modules} == names
    check_equal(count, traps)
    assert [file.path for file in count.outside] == ["not_a_module/a.py"]


def test_traps_count_as_with_odoo_cloc_from_a_folder(traps):
    count = cloc.count_folder(traps.path)
    check_equal(count, traps)
    assert count.digest == cloc.count_revision(traps.path, "main").digest


def test_r02_long_chains_of_operators_end_where_odoo_cloc_ends(repository):
    """Each call around Python's parser takes something from what it can nest."""
    repository.module("chains")
    for terms in range(2900, 3000):
        chain = "".join(f"{term} +\n" for term in range(terms))
        repository.write(f"chains/long_{terms}.py", f"a = (\n{chain}1)\n")
        repository.write(f"chains/attribute_{terms}.py", f"a{'.b' * terms}\n")
    repository.commit()
    modules, files, errors = reference.odoo_cloc([f"{repository.path}/chains"])
    (module,) = cloc.count_revision(repository.path, "main").modules
    assert (module.code, module.total) == modules["chains"]
    assert set(module.errors) == {os.path.basename(path) for path in errors}
    assert {
        os.path.basename(path): figures
        for path, figures in files.items()
        if not path.endswith("__manifest__.py")
    } == {
        file.path: (file.code, file.total)
        for file in module.files
        if not file.excluded and not file.error
    }
    if sys.version_info < (3, 12):
        assert errors and len(errors) < 200


def test_where_odoo_cloc_crashes_is_an_error_and_no_line(repository):
    stops = {
        "dangling": ("{}", "a.css"),
        "loop": ("{}", "a.py"),
        "absolute": ("{'cloc_exclude': ['/abs/*']}", None),
        "number": ("{'cloc_exclude': [5]}", None),
        "dot": ("{'demo': ['.']}", None),
        "text_with_slash": ("{'demo': 'demo/a.xml'}", None),
    }
    for name, (manifest, link) in stops.items():
        repository.module(name, manifest, a_js="let a;\n")
        if link:
            repository.link(f"{name}/{link}", "nowhere" if name != "loop" else link)
    repository.commit()
    count = cloc.count_revision(repository.path, "main")
    paths = [os.path.join(repository.path, module.path) for module in count.modules]
    for module, expected in zip(count.modules, reference.figures(paths), strict=True):
        assert "crash" in expected, module.name
        path = stops[module.name][1] or ""
        assert "odoo cloc stops here" in module.errors[path]
        # What can be counted is, unless nobody can tell what is to be left out.
        assert module.code == (1 if path else 0)

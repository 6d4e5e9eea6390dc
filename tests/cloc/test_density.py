# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Code that is more than its lines: told beside the figure, which stays Odoo's."""

import cloc
import pytest

LINES = [f"p{n}: {n};" for n in range(30)]
CALLS = "".join(f"f({n});" for n in range(200))
PROGRAM = "".join(f"a{n} = {n}\n" for n in range(30))


@pytest.fixture
def dense(repository):
    def dense(cache=None, **options):
        commit = repository.commit()
        count = cloc.count_revision(repository.path, commit, cache=cache, **options)
        return {path: told for m in count.modules for path, *told in m.dense}

    return dense


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.css", "a {\r" + "\r".join(LINES) + "\r}\r", ["breaks", 31]),
        ("a.scss", "a {\f" + "\f".join(LINES) + "\f}\f", ["breaks", 31]),
        ("a.js", "// no code\u2028" + "\u2028".join(["f()"] * 30), ["breaks", 30]),
        ("a.xml", "<a>\r\n" + "<b/>\r" * 30 + "</a>", ["breaks", 30]),
        # Python knows that a carriage return ends a line, and so does its counter.
        ("a.py", "a = 1\r" * 30, None),
        ("a.js", "f();\r\n" * 30, None),
        ("a.js", CALLS, ["long", 199]),
        ("a.min.css", "".join(f".c{n}{{color:red;}}" for n in range(50)), ["long", 99]),
        ("a.xml", "<a>" + "<b/>" * 100 + "</a>", ["long", 100]),
        ("a.py", "a = 1; b = 2\n" * 30, ["long", 30]),
        ("a.py", "a = [" + "len('abc'), " * 300 + "]\n", ["long", 45]),
        # A picture, a path to draw, prose
        ("a.py", "a = '" + "iVBORw0KGgo" * 900 + "'\n", None),
        ("a.xml", "<path d='" + "M12.5,3.25 L4,4 " * 300 + "'/>\n", None),
        ("a.xml", "<p>" + "This is how it is used. " * 30 + "</p>\n", None),
        ("a.py", f"exec({PROGRAM!r})\n", ["strings", 30]),
        ("a.py", f"exec('''\n{PROGRAM}''')\n", ["strings", 31]),
        ("a.py", f"def f():\n    '''{PROGRAM}'''\n    eval('1')\n", None),
        ("a.py", f"query = '''{PROGRAM}'''\n", None),
        ("x.csv", f'id,code\na,"{PROGRAM}"\nb,1930\n', ["table", 30]),
        ("x.csv", f'id,arch_db\na,"<a>\n{"<b/>" * 9}\n</a>"\n', ["table", 3]),
        ("x.csv", "id,code,name\na,SE-AB,B<C\nb,K1.2,A (b)\n", None),
        ("ir.model.access.csv", "id,code\na,f()\n", None),
        ("tests/x.csv", "id,code\na,f()\n", None),
    ],
)
def test_what_is_told(repository, dense, name, content, told):
    repository.module("acme", a_py="a = 1\n")
    repository.write(f"acme/{name}", content)
    assert dense() == ({name: told} if told else {})


def test_it_is_remembered_and_follows_changes(repository, dense):
    cache = cloc.MemoryCache()
    repository.module("acme", a_js=CALLS, x_csv="id,code\na,f()\n", b_py="a = 1\n")
    first = dense(cache)
    assert first == {"a.js": ["long", 199], "x.csv": ["table", 1]}
    assert dense(cache) == first

    def trees():
        modules = cloc.count_revision(repository.path, "main", cache=cache).modules
        return {module.path: module.tree for module in modules}

    # Only what has changed is looked at.
    before = trees()
    repository.write("acme/x.csv", "id,code\na,f()\nb,g()\n")
    assert dense(cache, previous=before) == first | {"x.csv": ["table", 2]}
    before = trees()
    repository.write("acme/a.js", "f();\n" * 200)
    assert dense(cache, previous=before) == {"x.csv": ["table", 2]}


def test_what_cannot_be_looked_through_is_told(repository, dense):
    repository.module("acme", a_py="a = 1\n", x_csv=b"id,code\n" + b"a" * 26 * 2**20)
    assert dense() == {"x.csv": ["unread", 0]}
    assert cloc.count_revision(repository.path, "main").code == 1

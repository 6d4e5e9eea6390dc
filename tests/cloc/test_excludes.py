# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Exclusion patterns: our answer is pathlib's on a real folder, whatever Python."""

import os
import pathlib
import sys
import tempfile

import pytest
from cloc.tree.tree import BadPattern, Excludes
from hypothesis import example, given, settings
from hypothesis import strategies as st

NAMES = st.sampled_from(
    ["a", "b", "tests", ".h", "a.py", "A.PY", "b.css", "[b]", "x*", "-", "a\n", "å"]
)
FOLDERS = st.lists(NAMES, max_size=3)
KINDS = ["file", "file", "folder", "dead link", "file link", "folder link"]
TREES = st.lists(
    st.tuples(FOLDERS, NAMES, st.sampled_from(KINDS)),
    min_size=1,
    max_size=12,
)
PARTS = st.one_of(
    NAMES,
    st.sampled_from(
        ["*", "**", "?", "*.py", "*.PY", "[ab]", "[!a]*", "[", "[b]", "**x", "***"]
        + ["..", ".", "", ".*", "*.*", "a*", "?[b]", "x\\*", "[[]b]", "??*s"]
        # From Python 3.13 on pathlib may stop at it; we always do.
        + (["a\0"] if sys.version_info < (3, 13) else [])
    ),
)
PATTERNS = st.lists(PARTS, min_size=1, max_size=4).map("/".join).filter(bool)


TARGETS = {"dead link": "nowhere", "file link": __file__}


def build(root, tree):
    """Make the tree as far as its parts fit together."""
    for folders, name, kind in tree:
        folder = os.path.join(root, *folders)
        path = os.path.join(folder, name)
        try:
            os.makedirs(folder, exist_ok=True)
        except OSError:
            continue
        if os.path.lexists(path):
            continue
        if kind == "file":
            open(path, "w").close()
        elif kind == "folder":
            os.mkdir(path)
        else:
            os.symlink(TARGETS.get(kind, root), path)


def as_odoo_does(root, pattern):
    """The lines of odoo.tools.cloc that decide, on a real folder."""
    exclude = {str(p) for p in pathlib.Path(root).glob(pattern)}
    left_out = {}
    for folder, _dirs, files in os.walk(root):
        for name in files:
            path = os.path.join(folder, name)
            left_out[os.path.relpath(path, root)] = path in exclude
    return left_out


@settings(max_examples=1000)
@given(TREES, PATTERNS)
@example([(["tests"], "a.py", "file"), (["a", "tests"], "a.py", "file")], "tests/**/*")
@example([(["a", "tests"], "a.py", "file")], "**/tests/*")
@example([(["a"], "a.py", "file")], "**")
@example([(["a"], "a.py", "file")], "a/")
@example([([], "a.py", "dead link"), ([], "b.css", "dead link")], "a.py")
@example([([], "a.py", "dead link"), ([], "b.css", "dead link")], "*.py")
def test_patterns_match_what_pathlib_finds(tree, pattern):
    with tempfile.TemporaryDirectory() as folder:
        # Deep enough for every ".." to stay inside
        root = os.path.join(folder, *"12345")
        os.makedirs(root)
        build(root, tree)
        try:
            expected = as_odoo_does(root, pattern)
        except Exception:
            with pytest.raises(BadPattern):
                Excludes([pattern])
            return
        excludes = Excludes([pattern])
        for path, left_out in expected.items():
            exists = os.path.exists(os.path.join(root, path))
            assert excludes.match(path, exists) == left_out, (path, pattern)


@pytest.mark.parametrize("pattern", ["/abs/*", "/", ".", "./", 5, b"a", ["a"], ("a",)])
def test_what_stops_odoo_cloc_is_an_error(pattern, tmp_path):
    with pytest.raises(Exception):  # noqa: B017 (any: odoo cloc does not care either)
        as_odoo_does(str(tmp_path), pattern)
    with pytest.raises(BadPattern):
        Excludes([pattern])


def test_empty_patterns_are_skipped():
    assert not Excludes(["", None, 0, []]).match("a.py")


def test_many_stars_on_deep_folders_take_no_time():
    # pathlib would go through every way to share the folders among the stars.
    excludes = Excludes(["/".join(["**"] * 40 + ["*.py"])])
    assert excludes.match("/".join(["a"] * 300) + "/x.py")
    assert not excludes.match("/".join(["a"] * 300) + "/x.css")

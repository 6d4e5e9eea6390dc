# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is remembered of a module."""

from cloc.parse.rules import rules
from cloc.result import FileCount, Known, Manifest, pack, repack
from hypothesis import given
from hypothesis import strategies as st

# Names of which one begins as another does, or sorts close to it
PATHS = ["a.py", "a.py b.py", "a/b.py", "a-b.py", "å.py", "\\x09.py", "tests/a.py"]
PATHS += ["demo/a.xml", "lib/c.js", "z.css"]
FILES = st.one_of(
    st.builds(
        lambda code, more: {"code": code, "total": code + more},
        st.integers(0, 50),
        st.integers(0, 50),
    ),
    st.sampled_from(
        [
            {"excluded": True},
            {"excluded": True, "blob": "c" * 40},
            {"error": "Syntax Error"},
            {"error": "Link leads nowhere", "blob": ""},
        ]
    ),
)
TREES = st.dictionaries(st.sampled_from(PATHS), FILES)
MANIFESTS = st.sampled_from([[], ["demo/a.xml", "lib/*"], ["**/*.js"]])


def count_of(path, told):
    values = {"code": 0, "total": 0, "blob": "b" * 40, **told}
    return FileCount(path=path, extension=f".{path.rpartition('.')[2]}", **values)


@given(TREES, TREES, MANIFESTS)
def test_what_has_changed_is_summed_up_as_the_whole(before, after, patterns):
    exclude = [*rules().default_exclude, *patterns]
    manifest = Manifest(exclude, patterns, {"name": "A"}, ["demo/a.xml", "z.css"])
    rest = (manifest, [("sub", "0" * 40)], False, [("lib/.gitattributes", "1" * 40)])

    def packed(files):
        return pack("name", [count_of(*item) for item in files.items()], "", *rest)

    known = Known.unpack(packed(before))
    # A file of a type that does not count can change, too.
    gone = {"a", "demo/a"}
    gone |= {path for path in before if before[path] != after.get(path)}
    new = [
        count_of(path, told) for path, told in after.items() if before.get(path) != told
    ]
    assert repack(known, "name", gone, new) == packed(after)


@given(TREES)
def test_the_files_are_those_that_were_counted(tree):
    files = sorted(count_of(*item) for item in tree.items())
    value = pack("name", files, "", Manifest(), [], False)
    assert list(Known.unpack(value).module("name", "name", "").files) == files

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Links to modules: counted as ``odoo cloc -p link`` counts them, once, and never out
of the repository."""

import os

import cloc
import pytest
import reference


@pytest.fixture
def linked(repository):
    """A folder of links, as instances have their modules from."""
    repository.module("oca/first", a_py="a = 1\nb = 2\n", tests__t_py="t = 1\n")
    repository.module("oca/second", a_js="// c\nlet a;\n")
    repository.module("vendor/third", a_py="a = 1\n", shared_py="-")
    os.unlink(f"{repository.path}/vendor/third/shared.py")
    repository.link("vendor/third/shared.py", "../../lib/shared.py")
    repository.write("lib/shared.py", "x = 1\ny = 2\n")
    repository.link("custom/first", "../oca/first")
    repository.link("custom/renamed", "../oca/second/")
    repository.link("custom/more", "../vendor")
    return repository


def _figures(count, folder):
    return {
        os.path.join(folder, module.path): (module.name, module.code, module.total)
        for module in count.modules
    }


def both(repository, *folders):
    """The same count by commit and by folder."""
    repository.commit()
    by_commit = cloc.count_revision(repository.path, "main", folders)
    by_folder = cloc.count_folder(repository.path, folders)
    assert by_commit.digest == by_folder.digest
    assert by_commit.links == by_folder.links
    assert by_commit.repeated == by_folder.repeated
    return by_commit


def test_r02_linked_modules_count_as_odoo_cloc_counts_them(linked):
    count = both(linked, "custom")
    paths = ["custom/first", "custom/more/third", "custom/renamed"]
    assert [module.path for module in count.modules] == paths
    said = reference.figures([f"{linked.path}/{path}" for path in paths])
    assert [module.code for module in count.modules] == [x["code"] for x in said]
    assert [module.total for module in count.modules] == [x["total"] for x in said]
    assert [module.code for module in count.modules] == [2, 3, 1]
    assert [m.name for m in count.modules] == ["first", "third", "renamed"]
    assert not count.links and not count.repeated


def test_r02_by_link_and_by_itself_is_once(linked):
    count = both(linked)
    assert [module.path for module in count.modules] == [
        *("oca/first", "oca/second", "vendor/third")
    ]
    assert count.code == 6
    assert count.repeated == ("custom/first", "custom/renamed")


def test_r02_links_that_are_not_followed_are_told(linked, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "__manifest__.py").write_text("{}")
    (outside / "a.py").write_text("a = 1\n")
    linked.link("custom/out", "../../outside")
    linked.link("custom/absolute", str(outside))
    linked.link("custom/dead", "nowhere")
    linked.link("custom/loop", "loop")
    linked.write("oca/first/static/lib/inner/__manifest__.py", "{}")
    linked.link("custom/inner", "../oca/first/static/lib/inner")
    linked.link("custom/readme", "../lib/shared.py")
    count = both(linked, "custom")
    assert {(link.path, link.why) for link in count.links} == {
        ("custom/out", "outside"),
        ("custom/absolute", "outside"),
        ("custom/dead", "missing"),
        ("custom/loop", "missing"),
        ("custom/inner", "inside"),
    }
    assert count.code == 6


def test_links_in_circles_end(linked):
    for number in range(20):
        linked.link(f"circle/{number}", "..")
        linked.link(f"circle/x{number}", ".")
    count = both(linked, "circle")
    assert count.code == 6
    # All by one way, each once
    assert len(count.modules) == 3


def test_many_links_cost_no_more_than_they_are(linked):
    for number in range(5000):
        linked.link(f"many/{number}", "../oca")
    count = both(linked, "many")
    assert [module.path for module in count.modules] == [
        *("many/0/first", "many/0/second")
    ]


def test_a_link_to_the_repository_that_is_a_module(repository):
    repository.write("__manifest__.py", "{}")
    repository.write("a.py", "a = 1\n")
    repository.link("static/self", "..")
    count = both(repository)
    assert (len(count.modules), count.code) == (1, 1)


def test_remembered_modules_stay_the_same_by_a_link(linked):
    linked.commit()
    cache = cloc.MemoryCache()
    first = cloc.count_revision(linked.path, "main", ["custom"], cache=cache)
    trees = {module.path: module.tree for module in first.modules}
    again = cloc.count_revision(
        linked.path, "main", ["custom"], cache=cache, previous=trees
    )
    assert again.modules == first.modules
    linked.write("lib/shared.py", "x = 1\n")
    linked.write("oca/first/new.py", "n = 1\n")
    linked.commit()
    third = cloc.count_revision(
        linked.path, "main", ["custom"], cache=cache, previous=trees
    )
    fresh = cloc.count_revision(linked.path, "main", ["custom"])
    assert third.digest == fresh.digest
    assert third.code == 6
    assert third.modules[0].files == fresh.modules[0].files

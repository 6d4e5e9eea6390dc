# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""pygount's opinion: told of what odoo cloc never sees, and harmless whatever it is."""

import time

import cloc
import pytest
from cloc.unseen import Limits, Unseen, find_unseen

PAGE = "<html>\n<body>\n<p>Hello</p>\n</body>\n</html>\n"


@pytest.fixture
def look(repository):
    def look(**options):
        repository.commit()
        modules = cloc.count_revision(repository.path, "main").modules
        return find_unseen(repository.path, modules, **options)

    return look


def test_types_that_nobody_counts(repository, look):
    repository.module("a", x_py="a = 1\n", data__init_sql="SELECT 1;\n-- no\nCOMMIT;\n")
    repository.module("a", static__src__one_ts="const a: number = 1;\n// no\n")
    repository.module("a", static__src__two_TS="let b = 2;\n")
    repository.module("b", static__description__index_html=PAGE * 100, page_html=PAGE)
    repository.module("b", tests__page_html=PAGE, static__lib__big_ts="let a = 1;\n")
    repository.write("outside.sql", "SELECT 1;\n")
    assert look() == (
        Unseen("a", ".sql", 1, 2),
        Unseen("a", ".ts", 2, 2),
        Unseen("b", ".html", 1, 5),
    )


def test_nothing_is_read_twice(repository, look):
    repository.module("a", x_sql="SELECT 1;\n")
    cache = cloc.MemoryCache()
    first = look(cache=cache)
    known = dict(cache)
    assert look(cache=cache) == first == (Unseen("a", ".sql", 1, 1),)
    assert cache == known
    # What one customer has, another one's count need not read.
    repository.module("b", y_sql="SELECT 1;\n", z_py="a = 1\n")
    assert look(cache=cache)[1] == Unseen("b", ".sql", 1, 1)
    files = [key for key in cache if key[1] == ".sql"]
    assert len(files) == 1


def test_hostile_files_cost_their_opinion_only(repository, look):
    repository.module("good", x_sql="SELECT 1;\n")
    repository.module(
        "bad",
        big_html="<p>\n" * 700_000,  # more than it reads
        line_ts="a" * 1_900_000,
        nested_html="<div>" * 300_000,
        nul_sql=b"\0" * 100_000,
        noise_sql=bytes(range(256)) * 4000,
        quotes_ts="`${" * 300_000,
        slow_html="<script>" + "'\\" * 400_000,
    )
    start = time.monotonic()
    found = look(limits=Limits(seconds_per_file=1, seconds=60))
    assert time.monotonic() - start < 70
    assert found[-1] == Unseen("good", ".sql", 1, 1)
    assert {(x.extension, x.files) for x in found if x.module == "bad"} == {
        (".html", 3),
        (".sql", 2),
        (".ts", 2),
    }


def test_too_little_memory_is_no_failure(repository, look):
    repository.module("a", x_ts="let a = 1;\n" * 100_000)
    (found,) = look(limits=Limits(memory=64 * 2**20))
    assert found in (Unseen("a", ".ts", 1, -1), Unseen("a", ".ts", 1, 100_000))


def test_no_time_is_no_failure_and_is_not_remembered(repository, look):
    repository.module("a", x_sql="SELECT 1;\n")
    cache = cloc.MemoryCache()
    look(cache=cache, limits=Limits(seconds=0))
    assert look(cache=cache) == (Unseen("a", ".sql", 1, 1),)
    assert look(cache=cache) == (Unseen("a", ".sql", 1, 1),)


def test_pointers_have_no_size(repository, look):
    repository.module("a", x_sql="version https://git-lfs.github.com/spec/v1\nsize 1\n")
    assert look() == (Unseen("a", ".sql", 1, -1),)

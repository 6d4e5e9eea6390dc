# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What `odoo cloc -v` prints is read back to the line, and nothing else passes."""

import contextlib
import io
import time

import pytest
from cloc.odoo_report import (
    MAX_SIZE,
    ReportRefused,
    ReportUnreadable,
    count_of,
    read_report,
    reported_ruleset,
)
from cloc.parse.rules import rules
from hypothesis import example, given
from hypothesis import strategies as st


def printed(figures, width=None, verbose=True):
    """The text that Odoo's own counter prints of its figures."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        figures.report(verbose, width)
    return output.getvalue()


def new_figures():
    return rules().module.Cloc()


def sample(home="/srv/odoo/custom"):
    figures = new_figures()
    long = f"{home}/acme/static/src/" + "very_long_name_" * 6 + ".js"
    figures.book("acme")
    figures.book("acme", f"{home}/acme/models/sale.py", (120, 150))
    figures.book("acme", long, (30, 31))
    figures.book("acme", f"{home}/acme/old.py", (-1, "Syntax Error"))
    figures.book("empty")
    figures.book("odoo/studio", "ir.actions.server/7: Räkna 12 rader", (3, 4))
    figures.book("odoo/studio", "ir.model.fields/9: x_total", (2, 2))
    figures.book("odoo/studio", "ir.model.fields/10: x_out", (5, 5), exclude=True)
    figures.book("shop", "/shop/views/page.xml", (10, 12))
    figures.book("shop", "/shop/views/page.xml", (20, 22))
    figures.book("shop", "/shop/static/x.css", (7, 7), exclude=True)
    return figures


def test_all_blocks_of_a_report():
    report = read_report(printed(sample()))
    count = report.as_count(reported_ruleset("17.0"))
    assert (count.code, count.total) == (185, 221)
    modules = {module.name: module for module in count.modules}
    assert {name: module.code for name, module in modules.items()} == {
        "acme": 150,
        "empty": 0,
        "odoo/studio": 5,
        "shop": 30,
    }
    assert modules["acme"].errors == {"old.py": "Syntax Error"}
    assert "models/sale.py" in {file.path for file in modules["acme"].files}
    # Excluded items are known, and count nothing; not all of them tell their module.
    assert modules["shop"].excluded == 1
    assert [file.path for file in count.outside] == ["ir.model.fields/10: x_out"]
    assert count.ruleset == "odoo=17.0 cloc=reported"
    # Two views of one name are one row in the report, and count as two.
    assert sum(file.code for file in modules["shop"].files) == 30


def test_figures_tell_no_code_and_texts_do():
    """Modules are the same only if somebody has seen their code."""
    report = read_report(printed(sample())).as_count("r")
    assert [module.digest for module in report.modules] == [""] * 4
    item = ("acme", "/srv/odoo/custom/acme/models/sale.py")
    one, same, other = (
        count_of(sample(), "r", {item: blob}) for blob in ("a", "a", "b")
    )
    assert one == same
    assert one.digest != other.digest
    for left, right in zip(one.modules, other.modules, strict=True):
        assert (left.digest != right.digest) == (left.name == "acme")
        assert left.code == right.code


@pytest.mark.parametrize(
    "text",
    [
        printed(sample()).encode("latin-1"),
        printed(sample()).replace("old.py", "o\0d.py"),
        printed(sample()).replace("old.py", "o\0d.py").encode(),
        printed(sample()).replace("old.py", "o\udcffd.py"),
        printed(sample()).encode("utf-16"),
    ],
    ids=["latin-1", "nul", "nul in bytes", "surrogate", "utf-16"],
)
def test_what_cannot_be_stored_as_it_is_is_refused(text):
    with pytest.raises(ReportUnreadable, match=r"UTF-8|Rename the file"):
        read_report(text)


def test_the_text_has_one_digest_wherever_it_lies():
    text = printed(sample())
    moved = printed(sample("/opt/more"))
    ruleset = reported_ruleset("17.0")
    assert (
        read_report(text).as_count(ruleset).digest
        == read_report(moved).as_count(ruleset).digest
    )
    assert (
        read_report(text).as_count(reported_ruleset("18.0")).digest
        != read_report(text).as_count(ruleset).digest
    )


NAMES = st.text(
    st.characters(exclude_characters="\0\n\r", exclude_categories=("Cs",)),
    min_size=1,
    max_size=120,
).filter(lambda name: name == name.strip() and name.strip("-"))
NUMBERS = st.integers(0, 40_000_000)
COUNTS = st.tuples(NUMBERS, NUMBERS).map(lambda pair: (min(pair), max(pair)))
ITEMS = st.dictionaries(NAMES, COUNTS, max_size=4)
WHY = st.sampled_from(
    ["Syntax Error", "Max file size exceeded", "Max line size exceeded"]
)


@given(
    st.dictionaries(NAMES, st.tuples(ITEMS, ITEMS, st.dictionaries(NAMES, WHY))),
    st.integers(1, 120),
)
@example({"a": ({"x 1        2        3": (12345678, 12345678)}, {}, {})}, 5)
def test_what_odoo_prints_is_read_back(modules, width):
    figures = new_figures()
    for name, (items, excluded, errors) in modules.items():
        figures.book(name)
        for item, numbers in items.items():
            figures.book(name, item, numbers)
        for item, numbers in excluded.items():
            figures.book(name, item, numbers, exclude=True)
        for item, why in errors.items():
            figures.book(name, item, (-1, why))
    if max([*figures.total.values(), sum(figures.total.values())], default=0) > 10**8:
        return  # more lines than a column has digits for
    if not modules:
        return  # refused, see below
    if figures.total and not any(figures.modules.values()):
        figures.modules = dict.fromkeys(figures.modules, {})
    report = read_report(printed(figures, width))
    assert {
        name: {item.name: (item.code, item.total) for item in items}
        for name, items in report.items.items()
    } == figures.modules
    assert {n: (m.code, m.total) for n, m in report.modules.items()} == {
        name: (figures.code[name], figures.total[name]) for name in figures.modules
    }
    assert sorted(i.name for found in report.excluded.values() for i in found) == (
        sorted(name for found in figures.excluded.values() for name in found)
    )
    assert report.errors == figures.errors
    count = report.as_count("x")
    assert (count.code, count.total) == (
        sum(figures.code.values()),
        sum(figures.total.values()),
    )
    # The figures without the detour over a text make the same modules.
    direct = count_of(figures, "x")
    assert [(m.name, m.code, m.total, m.errors) for m in count.modules] == [
        (m.name, m.code, m.total, m.errors) for m in direct.modules
    ]


def refused(text, line=None):
    with pytest.raises(ReportRefused) as caught:
        read_report(text)
    if line is not None:
        assert caught.value.line == line, str(caught.value)
    return str(caught.value)


def changed(old, new, text=None):
    text = text or printed(sample())
    assert text.count(old) >= 1
    return text.replace(old, new, 1)


def test_every_changed_figure_is_refused_with_its_row():
    """No number of the text can be changed alone."""
    lines = printed(sample()).split("\n")
    for at, line in enumerate(lines):
        if not line.strip() or line.rstrip()[-1] not in "0123456789":
            continue
        if "x_out" in line or "x.css" in line or "page.xml" in line:
            continue  # excluded rows count nothing; page.xml stands for two
        code = int(line[-8:])
        other = int(line[-16:-8])
        for row in (
            f"{line[:-8]}{code + 1:>8}",
            f"{line[:-16]}{other + 1:>8}{code:>8}",
            f"{line[:-24]}{code + other + 1:>8}{other:>8}{code + 1:>8}",
        ):
            text = "\n".join([*lines[:at], row, *lines[at + 1 :]])
            message = refused(text)
            assert message.startswith("Line "), message


def test_rows_that_do_not_add_up_name_the_row():
    text = printed(sample())
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if "sale.py" in line)
    row = f"{lines[at][:-24]}{149:>8}{29:>8}{120:>8}"
    message = refused(changed(lines[at], row))
    assert "acme" in message and "150 lines of code and 180 lines together" in message
    total = next(i for i, line in enumerate(lines) if line.startswith(" " * 40))
    row = f"{lines[total][:-24]}{220:>8}{36:>8}{184:>8}"
    message = refused(changed(lines[total], row), line=total + 1)
    assert "185 lines of code" in message


def test_a_row_left_out_or_twice_is_refused():
    lines = printed(sample()).split("\n")
    for at, line in enumerate(lines):
        if "sale.py" in line or "x_total" in line or line.startswith(("acme", "shop")):
            refused("\n".join([*lines[:at], *lines[at + 1 :]]))
            refused("\n".join([*lines[:at], line, *lines[at:]]))


def test_r02_only_what_can_have_one_name_may_be_hidden():
    """A module at the root of the disk has paths like those of an imported view."""
    for files in (
        {"/acme/__init__.py": (1, 1), "/acme/models.py": (1000, 1200)},
        {
            "/acme/__init__.py": (1, 1),
            "/acme/views/a.xml": (9, 9),
            "/acme/b.js": (7, 7),
        },
    ):
        figures = new_figures()
        for name, numbers in files.items():
            figures.book("acme", name, numbers)
        lines = printed(figures).split("\n")
        for at, line in enumerate(lines):
            if line.startswith("    /") and "__init__" not in line:
                read_report("\n".join(lines))
                refused("\n".join([*lines[:at], *lines[at + 1 :]]))


def test_r02_a_report_without_a_module_is_refused():
    message = refused(printed(new_figures()))
    assert "lists no module" in message and "-d" in message


def test_a_report_without_files_is_refused():
    assert "-v" in refused(printed(sample(), verbose=False))


def test_what_the_terminal_cut_or_wrapped_is_refused():
    lines = printed(sample()).split("\n")
    refused("\n".join(line[:80] for line in lines))
    wrapped = [part for line in lines for part in (line[:70], line[70:]) if part]
    refused("\n".join(wrapped))
    # Spaces at the end of a line are no part of it; nor are a prompt and a log before.
    read_report("\n".join(["$ odoo cloc -v -d acme", *(f"{li}  " for li in lines)]))
    read_report("\r\n".join(lines).encode("utf-8-sig"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Odoo cloc",
        "no report at all",
        b"\xff\xfe\x00",
        "Odoo cloc   Line   Other    Code\n",
        "Odoo cloc   Line   Other    Code\n" + "-" * 40,
        "\0" * 1000,
        "Odoo cloc" + " " * 100_000 + "x",
        "-" * 100_000,
    ],
)
def test_other_texts_are_refused(text):
    refused(text)


def test_negative_and_strange_numbers_are_refused():
    row = "acme" + " " * 66
    text = (
        "Odoo cloc" + " " * 61 + "    Line   Other    Code\n" + "-" * 94 + "\n"
        "{}\n{}\n" + "-" * 94 + "\n" + " " * 70 + "      -5       0      -5\n"
    )
    item = "    a.py" + " " * 62
    for numbers in (
        "      -5       0      -5",
        "      ٣       0       ٣ ",
        "     1.0       0     1.0",
        "     1e3       0     1e3",
        "       3       0",
    ):
        refused(text.format(row + numbers, item + numbers), line=3)
    # "Other" alone may be negative: Python ends lines where odoo cloc sees none.
    figures = new_figures()
    figures.book("old_mac", "/x/old_mac/a.py", (3, 1))
    assert read_report(printed(figures)).code == 3


@pytest.mark.parametrize("error", [(3, 3), (-1, "Syntax Error")])
def test_names_that_no_module_can_have_are_refused(error):
    """Nor can the database: an index takes names of some size only."""
    for name, is_read in (("å" * 127, True), ("å" * 128, False)):
        figures = new_figures()
        figures.book(name, f"/x/{name}/a.py", error)
        if is_read:
            assert read_report(printed(figures)).code in (0, 3)
        else:
            assert "too long" in refused(printed(figures))


def test_text_after_the_report_is_refused():
    assert "not part" in refused(printed(sample()) + "\nodoo@acme:~$ logout")


def test_a_hundred_megabytes_are_refused_at_once():
    started = time.monotonic()
    assert "10 MB" in refused(b"x" * (100 * 2**20))
    assert time.monotonic() - started < 1
    # The largest that is read takes seconds, whatever is in it.
    for piece in ("a" * 99 + "\n", "-" * 94 + "\n", " " * 2**20, "\n", "(" * 4096):
        head = "Odoo cloc" + " " * 61 + "    Line   Other    Code\n" + "-" * 94 + "\n"
        refused(head + piece * ((MAX_SIZE - 1000) // len(piece)))
    assert time.monotonic() - started < 20

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""English and Swedish are complete: files are read, no database is needed."""

import ast
import re
from collections import Counter

import polib
import pytest

from tooling import manifests, paths, translation_files

ADDONS = sorted(manifests.own())
# What Odoo fills in, and what a browser or a mail client acts upon.
PLACEHOLDER = re.compile(
    r"%\(\w+\)[a-z]|%[sd%]|\{\{.*?\}\}|t-(?:out|esc|field|if|att\w*)=\"[^\"]*\""
)
TAG = re.compile(r"</?[a-z]\w*")


def template(addon):
    return polib.pofile(str(paths.ADDONS / addon / "i18n" / f"{addon}.pot"))


def swedish(addon):
    return polib.pofile(str(paths.ADDONS / addon / "i18n" / "sv.po"))


def parts(pattern, text):
    """How often each placeholder or tag occurs."""
    return Counter(pattern.findall(text))


def messages(addon):
    """The literals that the add-on's Python gives to `_`, in f-strings as well.

    An export does not look into f-strings, and leaves out what is but signs ("%s%%").
    """
    for path in (paths.ADDONS / addon).rglob("*.py"):
        if "tests" in path.relative_to(paths.ADDONS / addon).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                text = node.args[0]
                if name in ("_", "_lt") and isinstance(text, ast.Constant):
                    yield text.value


@pytest.mark.parametrize("addon", ADDONS)
def test_every_term_has_its_swedish(addon):
    file = swedish(addon)
    assert file.metadata["Language"] == "sv"
    missing = [entry.msgid for entry in file if not entry.msgstr.strip()]
    assert [text for text in missing if text.strip()] == []
    assert [entry.msgid for entry in file.fuzzy_entries()] == []


@pytest.mark.parametrize("addon", ADDONS)
def test_swedish_has_the_terms_of_the_template_and_no_others(addon):
    terms = {entry.msgid for entry in template(addon)}
    translated = {entry.msgid for entry in swedish(addon) if not entry.obsolete}
    assert terms - translated == set(), "terms without Swedish"
    assert translated - terms == set(), "Swedish of terms that are no more"
    assert swedish(addon).obsolete_entries() == []


@pytest.mark.parametrize("addon", ADDONS)
def test_template_has_every_message_of_the_code(addon):
    """An export was forgotten: `bin/translate`."""
    terms = {entry.msgid for entry in template(addon)}
    used = {text for text in messages(addon) if len(re.sub(r"\W", "", text)) > 1}
    assert used - terms == set()


@pytest.mark.parametrize("addon", ADDONS)
@pytest.mark.parametrize("pattern", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_swedish_keeps_what_is_filled_in(addon, pattern):
    differing = [
        (entry.msgid, entry.msgstr)
        for entry in swedish(addon)
        if parts(pattern, entry.msgid) != parts(pattern, entry.msgstr)
    ]
    assert differing == []


def test_merge_keeps_takes_over_and_drops():
    def file(**texts):
        made = polib.POFile()
        made.metadata = {"POT-Creation-Date": "2026-11-24", "Language": "sv"}
        for msgid, msgstr in texts.items():
            made.append(polib.POEntry(msgid=msgid, msgstr=msgstr))
        return made

    merged = translation_files.merge(
        file(Count="", Fee="", Line="", New=""),
        file(Count="Räkning", Gone="Borta", Line=""),
        [file(Fee="Avgift", Count="Räkna")],
    )
    assert {entry.msgid: entry.msgstr for entry in merged} == {
        "Count": "Räkning",  # its own word before that of another add-on
        "Fee": "Avgift",
        "Line": "",
        "New": "",
    }
    assert merged.metadata["Language"] == "sv"

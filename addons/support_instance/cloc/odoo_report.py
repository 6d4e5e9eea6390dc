# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Read what ``odoo cloc -v`` has printed.

The table has three columns of eight characters, right-aligned, after a name that is
padded to the width of the terminal and **never cut**: a longer name pushes the numbers
to the right, without a space between them if they are long. So the numbers are the last
24 characters of a row, wherever they stand. What a terminal or a mail has cut or
wrapped is refused: a row that cannot be read could be anything.

Two peculiarities of ``odoo cloc`` itself: items of a module that have one name (such as
two views of an imported module) are one row, although the module's row counts them all;
and excluded items do not tell their module.
"""

import os
import re
from dataclasses import dataclass, field, replace

from .errors import CountError
from .parse.rules import rules
from .reader import Reader
from .result import Count, FileCount, Known, Manifest, count_digest, pack
from .tree.tree import shown

MAX_SIZE = 10 * 2**20  # bytes; a module of 1,000 files has a report of 100 kB
_MAX_NAME = 1000
_MAX_MODULE = 255  # bytes, as of a folder on the disk
_COLUMNS = 24
_INDENT = "    "
# No column is wider for files that odoo cloc reads at all.
_NUMBER = re.compile(r" *-?[0-9]+")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_RULE = re.compile(r"-{24,}")
_HEAD = re.compile(r"(Odoo cloc|Excluded) +Line +Other +Code")
_REASONS = ("Syntax Error", "Max file size exceeded", "Max line size exceeded")


class ReportRefused(CountError):
    """The text is no report of ``odoo cloc -v``, or not as it was printed.

    :param line: number of the line at fault, from 1; 0 for the text as a whole
    """

    code = "report"

    def __init__(self, message, line=0, row=""):
        self.line = line
        if line:
            message = f"Line {line} ({shown(row.strip()[:100])!s}): {message}"
        super().__init__(message)


class ReportUnreadable(ReportRefused):
    """What was sent is no text at all: it cannot be stored without altering it."""


@dataclass(frozen=True)
class Item:
    name: str
    code: int
    total: int
    line: int  # in the text, for messages


@dataclass(frozen=True)
class Report:
    """The blocks of the text, as printed."""

    modules: dict  # Item by name
    items: dict  # list of Item by module
    excluded: dict  # list of Item by module, as far as their names tell it
    errors: dict  # {module: {item: why}}
    code: int
    total: int

    def as_count(self, ruleset, blobs=None) -> Count:
        """The count that the report tells.

        :param ruleset: by which rules it was made, see `reported_ruleset`
        :param blobs: {(module, item): Git's id of its text}, of who has seen the texts.
            A report tells figures only: its files have no blob id and its modules no
            digest, since two with the same figures need not be the same code.
        """
        names = sorted(self.modules.keys() | self.errors.keys())
        modules = []
        for name in names:
            rows = self._rows(name, blobs or {})
            text = pack(shown(name), rows, "", Manifest(), (), False)
            modules.append(Known.unpack(text).module(shown(name), shown(name), ""))
        outside = [
            _file(item.name, 0, 0, excluded=True)
            for name in self.excluded.keys() - set(names)
            for item in self.excluded[name]
        ]
        return Count(
            modules=tuple(modules if blobs is not None else _figures_only(modules)),
            ruleset=ruleset,
            digest=count_digest(ruleset, modules),
            code=sum(module.code for module in modules),
            total=sum(module.total for module in modules),
            outside=tuple(sorted(outside)),
            # Odoo's counter never reads the files that a manifest leaves out: all that
            # it lists as excluded is excluded by the database.
            left_out=tuple(
                sorted(
                    (shown(name), shown(item.name), item.code)
                    for name, items in self.excluded.items()
                    for item in items
                )
            ),
        )

    def _rows(self, name, blobs):
        items = self.items.get(name, [])
        errors = self.errors.get(name, {})
        folder = _folder(name, [*(item.name for item in items), *errors])

        def row(item, *numbers, **told):
            blob = blobs.get((name, item), "")
            return _file(item.removeprefix(folder), *numbers, **told, blob=blob)

        rows = [row(item.name, item.code, item.total) for item in items]
        rows += [row(item, 0, 0, error=why) for item, why in errors.items()]
        rows += [
            row(item.name, 0, 0, excluded=True) for item in self.excluded.get(name, ())
        ]
        if name in self.modules:
            # Items of one name, of which only the last is listed.
            whole = self.modules[name]
            code = whole.code - sum(item.code for item in items)
            total = whole.total - sum(item.total for item in items)
            if code or total:
                rows.append(FileCount("(items of the same name)", "", code, total, ""))
        return rows


def read_report(text) -> Report:
    """Read the text of ``odoo cloc -v`` and check every sum in it.

    :param text: str, or bytes in UTF-8
    :raise ReportUnreadable: if it cannot be stored as it is
    :raise ReportRefused: with the line that is wrong
    """
    return _Parser(read_text(text)).run()


def read_text(text) -> str:
    """The text, exactly as it was sent.

    :param text: str, or bytes in UTF-8
    :raise ReportUnreadable: if it is something else
    :raise ReportRefused: if it is too large
    """
    if len(text) > MAX_SIZE:
        raise ReportRefused(
            f"The text is larger than {MAX_SIZE // 2**20} MB. No report of odoo cloc "
            "is: send what it prints, and nothing else."
        )
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ReportUnreadable(
                "The text is not in UTF-8. Send what odoo cloc prints where the "
                "language's encoding is UTF-8 (LC_ALL=C.UTF-8), and do not save it in "
                "another one."
            ) from error
    if _NO_TEXT.search(text):
        raise ReportUnreadable(
            "The text contains characters that no text has (NUL, or half of a "
            "character). Rename the file that has them in its name, and send what odoo "
            "cloc prints then."
        )
    return text


class _Parser:
    def __init__(self, text):
        text = text.removeprefix("\ufeff").replace("\r\n", "\n")
        # Not splitlines: it splits at characters that may be part of a name.
        self.lines = [line.rstrip() for line in text.split("\n")]
        self.at = 0
        self.width = 0

    def run(self):
        self.find_table()
        modules, items = self.read_modules()
        code, total = self.read_total(modules)
        excluded = self.read_excluded()
        errors = self.read_errors()
        if not modules and not errors:
            raise ReportRefused(
                "The report lists no module. Run odoo cloc with -d and the name of the "
                "instance's database, as the user and with the configuration (-c) of "
                "its server. An instance without code of its own needs no report."
            )
        if total and not any(items.values()):
            raise ReportRefused(
                "The report does not list files. Run odoo cloc with -v (verbose)."
            )
        for name, module in modules.items():
            self.check_module(module, items[name])
        return Report(modules, items, excluded, errors, code, total)

    def refuse(self, message, at=None):
        at = self.at if at is None else at
        row = self.lines[at] if at < len(self.lines) else ""
        raise ReportRefused(message, at + 1, row)

    def find_table(self):
        for at, line in enumerate(self.lines):
            if line.startswith("Odoo cloc") and _HEAD.fullmatch(line):
                self.at = at + 1
                break
        else:
            raise ReportRefused(
                "The text has no line “Odoo cloc … Line Other Code”. Paste everything "
                "that odoo cloc -v prints."
            )
        self.read_rule()

    def peek(self):
        return self.lines[self.at] if self.at < len(self.lines) else None

    def read_rule(self):
        """The line of dashes: as wide as the table."""
        line = self.peek()
        if line is None or not _RULE.fullmatch(line):
            self.refuse("Here should be a line of dashes.")
        if self.width and len(line) != self.width:
            self.refuse("The line of dashes is not as wide as the first.")
        self.width = len(line)
        self.at += 1

    def read_row(self):
        """Return (name with its indentation, code, total)."""
        line = self.lines[self.at]
        columns = line[-24:-16], line[-16:-8], line[-8:]
        if len(line) < self.width or not all(map(_NUMBER.fullmatch, columns)):
            self.refuse("The row is cut, wrapped or not one of odoo cloc.")
        total, other, code = map(int, columns)
        if code < 0 or total < 0:
            self.refuse("Lines cannot be negative.")
        if total != other + code:
            self.refuse(f"{other} + {code} is not {total}.")
        name = line[:-_COLUMNS].rstrip()
        if len(name) > _MAX_NAME:
            self.refuse("The name is too long.")
        return name, code, total

    def check_name(self, module):
        if len(module.encode()) > _MAX_MODULE:
            self.refuse("The name is too long for a module.")

    def read_modules(self):
        modules, items, seen = {}, {}, set()
        module = None
        while (line := self.peek()) is not None and not _RULE.fullmatch(line):
            name, code, total = self.read_row()
            if not name:
                self.refuse("The row has no name.")
            if name.startswith(_INDENT):
                if module is None:
                    self.refuse("A file stands before the first module.")
                if name in seen:
                    self.refuse("The file is listed twice.")
                seen.add(name)
                items[module].append(Item(name[4:], code, total, self.at))
            else:
                self.check_name(name)
                if name in modules:
                    self.refuse("The module is listed twice.")
                module = name
                modules[name] = Item(name, code, total, self.at)
                items[name] = []
                seen = set()
            self.at += 1
        self.read_rule()
        return modules, items

    def read_total(self, modules):
        if self.peek() is None:
            self.refuse("The total is missing.")
        name, code, total = self.read_row()
        if name:
            self.refuse("Here should be the total, without a name.")
        for title, figure, found in (
            ("lines of code", code, sum(m.code for m in modules.values())),
            ("lines", total, sum(m.total for m in modules.values())),
        ):
            if figure != found:
                self.refuse(
                    f"The modules have {found} {title} together, the total says "
                    f"{figure}."
                )
        self.at += 1
        return code, total

    def check_module(self, module, items):
        code = sum(item.code for item in items)
        total = sum(item.total for item in items)
        if (code, total) == (module.code, module.total):
            return
        if (
            _hides_items(module.name, items)
            and code <= module.code
            and total <= module.total
        ):
            return
        self.refuse(
            f"Its files have {code} lines of code and {total} lines together, not "
            f"{module.code} and {module.total}.",
            module.line,
        )

    def skip_blank(self):
        while self.peek() == "":
            self.at += 1

    def read_excluded(self):
        self.skip_blank()
        items = {}
        line = self.peek()
        if line is None or not (line.startswith("Excluded") and _HEAD.fullmatch(line)):
            return items
        self.at += 1
        self.read_rule()
        while (line := self.peek()) is not None and not _RULE.fullmatch(line):
            name, code, total = self.read_row()
            if not name.startswith(_INDENT):
                self.refuse("Excluded items are indented.")
            item = Item(name[4:], code, total, self.at)
            items.setdefault(_module_in(item.name), []).append(item)
            self.at += 1
        self.read_rule()
        return items

    def read_errors(self):
        self.skip_blank()
        errors = {}
        if self.peek() == "Errors":
            self.at += 1
            self.skip_blank()
            module = None
            while line := self.peek():
                if len(line) > _MAX_NAME + self.width:
                    self.refuse("The name is too long.")
                if not line.startswith(_INDENT):
                    self.check_name(line)
                    if line in errors:
                        self.refuse("The module is listed twice.")
                    module = errors[line] = {}
                elif module is None:
                    self.refuse("An error stands before the first module.")
                else:
                    item, why = self.split_error(line)
                    module[item] = why
                self.at += 1
            self.skip_blank()
        if self.peek() is not None:
            self.refuse("This is not part of what odoo cloc prints.")
        return errors

    def split_error(self, line):
        for reason in _REASONS:
            if line.endswith(reason):
                return line.removesuffix(reason).strip(), reason
        # A reason that a later Odoo may have.
        place = self.width - _COLUMNS
        if len(line) > place > 0 and line[place - 1] == " ":
            return line[:place].strip(), shown(line[place:].strip())
        self.refuse("The row tells no error that odoo cloc knows.")


def _hides_items(module, items):
    """Whether the module can have items of one name, of which only the last is listed.

    Only views of an imported module can: their names are free. The records beside them
    have their number in the name, its files an address of their own. A module that lies
    on the disk, be it at its root, has Python files, and all files are listed.
    """
    views, files = f"/{module}/views/", f"/{module}/"
    return any(
        item.name.startswith(views) and item.name.endswith(".xml") for item in items
    ) and all(
        item.name.startswith(("ir.", files)) and not item.name.endswith(".py")
        for item in items
    )


def _module_in(item):
    """The module that an item's name tells: /module/views/name.xml."""
    match = re.match(r"/([^/]+)/", item)
    return match[1] if match else ""


def _folder(module, items):
    """What stands before the names of a module's files, its own folder included."""
    names = [item for item in items if item.startswith("/")]
    if not names or len(names) != len(items):
        return ""
    shared = os.path.commonpath([os.path.dirname(name) for name in names])
    parts = shared.split("/")
    if module not in parts:
        return ""
    last = len(parts) - 1 - parts[::-1].index(module)
    return "/".join(parts[: last + 1]) + "/"


def _file(name, code, total, excluded=False, error="", blob=""):
    extension = os.path.splitext(name)[1].lower()
    if name.startswith("ir."):
        extension = ".py"
    elif extension not in rules().extensions:
        extension = ""
    return FileCount(shown(name), extension, code, total, blob, excluded, error)


def reported_ruleset(version):
    """The rules of a count that was not made here.

    :param version: of the Odoo that has counted, such as "17.0"; the text does not tell
    """
    return f"odoo={shown(version)[:40] or 'unknown'} cloc=reported"


def _figures_only(modules):
    return (replace(module, digest="") for module in modules)


def count_of(figures, ruleset, blobs=None) -> Count:
    """The count of the figures that an ``odoo.tools.cloc.Cloc`` holds.

    :param blobs: see `Report.as_count`
    """

    def listed(found):
        return [Item(name, *numbers, 0) for name, numbers in found.items()]

    report = Report(
        modules={
            name: Item(name, figures.code[name], figures.total[name], 0)
            for name in figures.modules
        },
        items={name: listed(found) for name, found in figures.modules.items()},
        excluded={name: listed(found) for name, found in figures.excluded.items()},
        errors=figures.errors,
        code=sum(figures.code.values()),
        total=sum(figures.total.values()),
    )
    return report.as_count(ruleset, blobs)


@dataclass(frozen=True)
class ReportReader(Reader):
    """Reads a text of ``odoo cloc -v`` that was received before.

    :param version: of the Odoo that has counted
    :param digest: SHA-256 of the text, the count's revision
    """

    text: str = field(repr=False)
    version: str
    digest: str

    def count(self, timeout=0, shared=None) -> Count:
        count = read_report(self.text).as_count(reported_ruleset(self.version))
        return replace(count, revision=self.digest)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Code that is more than the lines which ``odoo cloc`` finds in it.

The figure stays Odoo's. What it would be with a line for each statement is told beside
it, as an estimate: line breaks that Odoo's counter does not know, many statements on
one line, few very long lines as in a minified bundle, code in texts that are executed,
code in cells of a data table.

Imported by the bare worker: standard library only.
"""

import ast
import csv
import io
import re

BREAKS, LONG, STRINGS, TABLE = "breaks", "long", "strings", "table"
UNREAD = "unread"  # nobody could look

# What ends a line for who runs the file, and not for Odoo's counter. Files are read as
# latin-1: U+2028 and U+2029 are three characters.
_BREAKS = {
    ".js": re.compile("\r|\xe2\x80[\xa8\xa9]|[\u2028\u2029]"),
    ".css": re.compile("[\r\f]"),
    ".scss": re.compile("[\r\f]"),
    ".xml": re.compile("\r"),
}
_LONG_LINE = 500  # characters; prose and paths of drawings are rarely longer
_LINE = 80  # of a line as people write it
_LEAST = 20  # lines; below, it is a matter of style
# Of Odoo's own 14,000 files none has more marks of statements a line.
_MARKS = 4
# Pictures, keys, drawings: no code
_DATA = re.compile(r"[A-Za-z0-9+/=_-]{100,}|[-0-9., \tMLHVCSQTAZmlhvcsqtaze]{100,}")
_EXECUTES = re.compile(r"(?<![\w.])(?:exec|eval|compile)\(")
_LONG_TEXT = 10  # lines
_LARGE = 2**21  # characters; of more, marks are counted and nothing is parsed again
_CODE_COLUMN = re.compile("code|compute|python")


def find_hidden(rules, text, extension, code):
    """Why a file has more code than its lines tell, and about how many lines more.

    :param rules: rules.OdooRules
    :param code: lines that it found
    :return: (why, lines), or () if there is nothing to tell
    """
    try:
        found = [
            (_count_breaks(rules, text, extension, code) - code, BREAKS),
            (_at_least(_count_statements(text, extension, code) - code), LONG),
            (_at_least(_count_long(text)), LONG),
        ]
        if extension == ".py" and len(text) < _LARGE and _EXECUTES.search(text):
            found.append((_at_least(_count_strings(text)), STRINGS))
    except MemoryError:
        # The file is counted; that stays.
        return (UNREAD, 0)
    lines, why = max(found)
    return (why, lines) if lines > 0 else ()


def _at_least(lines):
    return lines if lines >= _LEAST else 0


def _count_breaks(rules, text, extension, code):
    breaks = _BREAKS.get(extension)
    if not breaks:
        return 0
    text = text.replace("\r\n", "\n")
    if not breaks.search(text):
        return 0
    text, number = breaks.subn("\n", text)
    return code + number if len(text) > _LARGE else rules.parse(text, extension)[0]


def _count_statements(text, extension, code):
    if extension == ".py":
        number = text.count(";")
        if number < _LEAST or len(text) > _LARGE:
            return number and code + number
        # What ends in an error has none.
        return sum(isinstance(node, ast.stmt) for node in ast.walk(_parse(text)))
    if extension == ".xml":
        marks = text.count("<") - text.count("</") - text.count("<!--")
    else:
        marks = text.count(";") + text.count("{")
    return marks if marks > _MARKS * code else 0


def _count_long(text):
    if len(text) < _LONG_LINE:
        return 0
    lines = [line for line in re.split("[\r\n]", text) if len(line) > _LONG_LINE]
    if sum(map(len, lines)) < _LARGE:
        lines = [_DATA.sub("", line) for line in lines]
    sizes = map(len, lines)
    return sum(size // _LINE for size in sizes if size > _LONG_LINE)


def _count_strings(text):
    """Lines of long texts, other than those that describe a function."""
    tree = _parse(text)
    described = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(getattr(node, "body", None), list)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    lines = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in described:
            value = node.value
            if isinstance(value, bytes):
                value = value.decode("latin1")
            if isinstance(value, str):
                # What is encoded has no lines.
                count = max(value.count("\n"), len(value) // _LINE)
                lines += count if count >= _LONG_TEXT else 0
    return lines


def _parse(text):
    return ast.parse(text.strip() + "\n")


def find_in_table(rules, data):
    """The same of a data file with a table: lines of code in its cells.

    :param data: bytes
    """
    csv.field_size_limit(2**31 - 1)
    rows = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""))
    head = next(rows, [])
    columns = [bool(_CODE_COLUMN.search(name.rpartition("/")[2])) for name in head]
    lines = 0
    for row in rows:
        for is_code, cell in zip(columns, row, strict=False):
            cell = cell.strip()
            if cell.startswith("<") and ("</" in cell or "/>" in cell):
                lines += _count_cell(rules, cell, ".xml")
            elif is_code and _is_program(cell):
                lines += _count_cell(rules, cell, ".py")
    return (TABLE, lines) if lines else ()


def _count_cell(rules, cell, extension):
    code = max(rules.parse(cell, extension)[0], 0)
    _why, more = find_hidden(rules, cell, extension, code) or ("", 0)
    return code + more


def _is_program(cell):
    """Whether it does something; "1930" and "SE-AB" are codes of another kind."""
    if not cell or cell.replace("-", "").replace(".", "").isalnum():
        return False
    try:
        tree = ast.parse(cell)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return any(
        isinstance(node, ast.Call)
        or (isinstance(node, ast.stmt) and not isinstance(node, ast.Expr))
        for node in ast.walk(tree)
    )

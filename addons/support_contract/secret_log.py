# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""No secret gets into the log, at whatever level it is written.

Odoo notes addresses with the token of a link in them, at "debug" the arguments of every
call and the values of every statement, and those of a statement that failed always. So
every record that is made passes here, before any handler sees it: the values of secret
fields are masked, by the fields' names. Add-ons name theirs in `support.secret.log`.
"""

import logging
import re

MASK = "***"

_names, _models = set(), set()
_previous = None
_patterns = ()
_worth_a_look = re.compile("$^")
_SQL = "odoo.sql_db"
# The last one is cut off.
_LITERAL = re.compile(
    r"[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|'[^'\n]*$", re.DOTALL | re.MULTILINE
)
_EXCERPT = re.compile(r"^(LINE \d+: ).*$", re.MULTILINE)
# PostgreSQL tells the whole row, without the names of its columns; nobody knows where
# it ends.
_ROW = re.compile(r"(Failing row contains \().*", re.DOTALL)
_ALWAYS = (
    (re.compile(r"(Bearer\s+)[^\s'\"\\,)]+"), rf"\1{MASK}"),
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?"
            r"(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
            re.DOTALL,
        ),
        MASK,
    ),
)


def install(names, models):
    """Mask these from now on, beside what other databases of this process named.

    :param names: of fields, of parameters of an address, of keys in what is sent
    :param models: names of models whose calls are told without their arguments
    """
    global _previous, _patterns, _worth_a_look
    _names.update(names)
    _models.update(models)
    name = "|".join(map(re.escape, sorted(_names)))
    # A word of its own, also behind a "?" or "&" as it is within another address
    name = rf"(?:(?<![\w-])|(?<=%3F)|(?<=%26))(?:{name})(?![\w-])"
    quoted = rf"(?P<q>\\*['\"]){name}(?P=q)"
    # Also within another text, where its quotes are escaped
    text = (
        r"[bruBRU]?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\""
        r"|(?P<v>\\+['\"]).*?(?<!\\)(?P=v))"
    )
    sources = (
        # {"name": "value"}, {'name': 'value'}, also inside another text
        rf"(?P<head>{quoted}\s*[:=]\s*){text}",
        # ("name", "=", "value"), ("name", "in", ["value"])
        rf"(?P<head>{quoted}\s*,\s*['\"][a-z =!<>]+['\"]\s*,\s*[\[(]?\s*){text}",
        # name="value"
        rf"(?P<head>{name}\s*=\s*){text}",
        # ?name=value, in another address as well
        rf"(?P<head>{name}(?:=|%3D))(?:(?!%26)[^&\s'\"#;,)\\])+",
        # Key (name)=(value)
        rf"(?P<head>\([^()]*{name}[^()]*\)=\()[^)]*",
    )
    _patterns = tuple(
        (re.compile(source, re.DOTALL), rf"\g<head>{MASK}") for source in sources
    )
    _worth_a_look = re.compile(rf"{name}|Bearer|PRIVATE KEY|Failing row contains")
    if _previous is None:
        _previous = logging.getLogRecordFactory()
        logging.setLogRecordFactory(_make_record)


def mask(text, is_sql=False):
    """The text, without the values of what is secret.

    :param is_sql: a statement, whose values stand apart from their names
    """
    if not _worth_a_look.search(text):
        return text
    text = _ROW.sub(rf"\1{MASK})", text)
    if is_sql:
        text = _LITERAL.sub(f"'{MASK}'", text)
        # Of an error; it begins and ends anywhere.
        text = _EXCERPT.sub(rf"\1{MASK}", text)
    for pattern, instead in (*_patterns, *_ALWAYS):
        text = pattern.sub(instead, text)
    return text


def _make_record(*args, **kwargs):
    record = _previous(*args, **kwargs)
    try:
        _mask_record(record)
    except Exception:  # noqa: BLE001 (what cannot be formatted, its handler reports)
        return record
    return record


def _mask_record(record):
    args = record.args
    # Of odoo.service.model.call_kw: "call %s.%s(%s)"
    if (
        isinstance(args, tuple)
        and len(args) == 3
        and getattr(args[0], "_name", "") in _models
    ):
        record.args = (*args[:2], "…")
    if record.name == _SQL and isinstance(args, tuple):
        # A statement that failed, as it was sent
        record.args = tuple(
            arg.decode(errors="replace") if isinstance(arg, bytes) else arg
            for arg in args
        )
    text = record.getMessage()
    masked = mask(text, record.name == _SQL)
    if masked != text:
        record.msg, record.args = masked, None
    if record.exc_info and record.exc_info[0]:
        text = logging.Formatter().formatException(record.exc_info)
        masked = mask(text, record.name == _SQL)
        if masked != text:
            # Every formatter takes it from here.
            record.exc_text = masked

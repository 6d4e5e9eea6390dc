# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reads Odoo's log: which tests ran, and what must not be in there."""

import re
from dataclasses import dataclass, field
from datetime import datetime

LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?P<pid>\d+)"
    r" (?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>\S+): (?P<message>.*)"
)
BAD = ("WARNING", "ERROR", "CRITICAL")

# Lines that may stand in a log although they are warnings or errors, each with the
# reason: (level, pattern of the logger, pattern of the message, why).
ALLOWED = [
    (
        "WARNING",
        r"odoo\.addons\..*\.tests\..*",
        r"Chrome headless failed to start",
        "a busy machine: Odoo tries again, and a test that gets no browser fails",
    ),
    (
        "WARNING",
        r"odoo\.addons\..*\.tests\..*\.browser",
        r"Missing widget: res_partner_many2one for field of type many2one",
        "Odoo's invoices name a widget of partner_autocomplete, which is not there "
        "when an add-on is tested with nothing beside it",
    ),
]

STARTING = re.compile(r"Starting (\S+) \.\.\.")
FAILED = re.compile(r"(?:FAIL|ERROR): (?:Subtest )?(\w+Class \(\S+\)|\S+)")
# Odoo's own summaries of failures that are reported one by one as well.
SUMMARY = re.compile(
    r"Module \S+: \d+ failures, \d+ errors of"
    r"|At least one test failed when loading the modules"
)
SKIPPED = re.compile(r"skipped (.+?) : (.*)")
TOTAL = re.compile(r"\d+ failed, \d+ error\(s\) of (\d+) tests when loading database")

# How a browser test that found no browser looks.
NO_BROWSER = "Chrome executable not found"


@dataclass
class Entry:
    time: datetime
    level: str
    logger: str
    message: str
    more: list = field(default_factory=list)

    def __str__(self):
        return "\n".join([f"{self.level} {self.logger}: {self.message}", *self.more])

    def is_bad(self):
        return self.level in BAD and not any(
            self.level == level
            and re.fullmatch(logger, self.logger)
            and re.search(pattern, self.message)
            for level, logger, pattern, _why in ALLOWED
        )


def entries(text):
    """The log's entries, each with the lines that belong to it."""
    entry = None
    for line in text.splitlines():
        if match := LINE.match(line):
            if entry:
                yield entry
            time = datetime.strptime(match["time"], "%Y-%m-%d %H:%M:%S,%f")
            message = match["message"].rstrip()
            entry = Entry(time, match["level"], match["logger"], message)
        elif entry:
            entry.more.append(line)
    if entry:
        yield entry


def complaints(text):
    """The entries that must not be there."""
    return [entry for entry in entries(text) if entry.is_bad()]


@dataclass
class Tests:
    """What a log says about tests."""

    started: list = field(default_factory=list)
    failed: dict = field(default_factory=dict)  # name: what the log says
    skipped: dict = field(default_factory=dict)  # name: reason
    complaints: list = field(default_factory=list)  # entries not from a failed test
    announced: int = None  # Odoo's own count
    seconds_before: float = 0.0  # from the log's beginning to the first test


def tests(text, seconds=float("inf")):
    """What a log says about tests.

    :param seconds: how long it was written; tests move the clock that it is dated by
    """
    result = Tests()
    begun = None
    for entry in entries(text):
        begun = begun or entry.time
        since = (entry.time - begun).total_seconds()
        if not result.started and result.seconds_before < since <= seconds:
            result.seconds_before = since
        where = entry.logger.removeprefix("odoo.addons.")
        if match := STARTING.match(entry.message):
            result.started.append(f"{where}:{match[1]}")
        elif entry.level == "INFO" and (match := SKIPPED.match(entry.message)):
            result.skipped[f"{where}:{match[1]}"] = match[2]
        elif match := TOTAL.search(entry.message):
            # This summary is an ERROR when a test failed; that is told already.
            result.announced = int(match[1])
        elif entry.level == "ERROR" and (match := FAILED.match(entry.message)):
            result.failed.setdefault(f"{where}:{match[1]}", str(entry))
        elif entry.is_bad():
            result.complaints.append(entry)
    if result.failed:
        result.complaints = [
            entry for entry in result.complaints if not SUMMARY.match(entry.message)
        ]
    return result

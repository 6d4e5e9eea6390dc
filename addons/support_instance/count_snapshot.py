# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What two counts are compared by, and what is found. Plain values."""

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

HOLD, NOTE = "hold", "note"


class File(NamedTuple):
    path: str  # below the module's folder
    code: int
    blob: str  # "" where nobody knows it, as in a report
    excluded: bool
    error: str

    @property
    def is_counted(self):
        return not self.excluded and not self.error and self.code > 0


@dataclass(frozen=True)
class Module:
    name: str
    code: int
    billed: bool
    error: str = ""
    cloc_exclude: tuple = ()
    files: tuple = ()  # of File
    place: str = ""  # folder and source, for people
    digest: str = ""
    loaded: tuple = ()  # paths that the manifest lists as data and as demo data


class Unseen(NamedTuple):
    """Files of a type that `odoo cloc` never sees, in one module."""

    module: str
    extension: str
    files: int
    lines: int  # by pygount; -1 if it could not tell


@dataclass(frozen=True)
class Snapshot:
    """One count, or what was counted before the first one: nothing."""

    modules: tuple = ()
    outside: tuple = ()  # (path, blob) of code outside modules
    submodules: tuple = ()  # (path, commit) of Git submodules
    unseen: tuple = ()  # of Unseen
    links: tuple = ()  # (path, target, why) of links that could not be followed
    reencoded: tuple = ()  # (path, id) of .gitattributes with an encoding
    repeated: tuple = ()  # places whose module is counted elsewhere
    empty: tuple = ()  # sources in which there is no module
    # (module or "", item, lines) of customizations that the database leaves out
    left_out: tuple = ()
    # (module, path) of files that a report had errors for, which nobody has accepted
    open_errors: tuple = ()
    # Names of covered modules that the instance does not run, as it says itself
    not_installed: frozenset = frozenset()


@dataclass(frozen=True)
class Flag:
    """One thing to see.

    :param items: what it is about, one text each. Accepted once, it stays accepted as
        long as nothing is added to them.
    """

    kind: str
    module: str = ""
    level: str = HOLD
    items: tuple = ()
    before: int = 0  # lines
    after: int = 0
    digest: str = field(init=False, default="")

    def __post_init__(self):
        text = "\n".join((self.kind, self.module, *self.items))
        digest = hashlib.sha256(text.encode()).hexdigest()
        object.__setattr__(self, "digest", digest)

    def is_within(self, accepted):
        """Whether there is nothing here that was not accepted before.

        :param accepted: set of items
        """
        if self.kind != "database":
            return accepted.issuperset(self.items)
        # A report has no more of them than how many lines they have.
        most = {item: int(lines) for item, lines in map(_split_lines, accepted)}
        return all(
            int(lines) <= most.get(item, -1)
            for item, lines in map(_split_lines, self.items)
        )


def _split_lines(item):
    name, _tab, lines = item.rpartition("\t")
    return name, lines


class Limits(NamedTuple):
    """How far covered lines may change before somebody looks; 0: any distance."""

    drop: float  # percent
    jump: float  # percent
    least: int  # lines; smaller changes never wait

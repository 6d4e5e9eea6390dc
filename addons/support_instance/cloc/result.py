# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a count says, immutable values whose text is all printable, and its digests.

A digest is the SHA-256, in hexadecimal, of a text in UTF-8 whose lines end with a line
feed and whose fields are separated by a tab. Neither occurs in a field.

Module::

    module 1
    <technical name>
    <path> <extension> <blob id> <code> <total> <error>     (FileCount.line, if counted)
    error <why>                                             (if it counts 0 as a whole)

Files left out are not part of it: the digest is of what is billed. It does not depend
on where the module lies, so the same module has one digest at all customers.

Whole count::

    count 1
    <ruleset>
    <path> <digest> <code> <total>                          (one line a module)

Both lists are sorted by path, as Unicode code points. The commit is not part of it: a
count of a folder with the same content has the same digest.
"""

import functools
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


class FileCount(NamedTuple):
    """One file of a counted type.

    ``excluded`` files are known by name and content but not counted. A file with an
    ``error`` has 0 lines.
    """

    path: str  # relative to the module's folder (to the repository, if outside one)
    extension: str  # lower case, with the dot
    code: int
    total: int
    blob: str  # Git's id of the content; of the target, for a link; "" if unknown
    excluded: bool = False
    error: str = ""

    @property
    def line(self) -> str:
        """As in a digest and in a cache; lines sort as their paths do."""
        numbers = (str(self.code), str(self.total))
        fields = (self.path, self.extension, self.blob, *numbers, self.error)
        return "\t".join(fields)

    @classmethod
    def parse(cls, line, excluded=False):
        path, extension, blob, code, total, error = line.split("\t")
        return cls(path, extension, int(code), int(total), blob, excluded, error)


class Files(NamedTuple):
    """The files of a module, as FileCount.line each, sorted. As one text: the lines of
    the counted ones, an empty line, those of the others."""

    counted: list
    excluded: list

    @classmethod
    def split(cls, text):
        counted, _between, excluded = text.partition("\n\n")
        return cls(*(each.split("\n") if each else [] for each in (counted, excluded)))

    def join(self) -> str:
        return "\n\n".join(map("\n".join, self))

    def parse(self) -> list:
        """The FileCounts, sorted by path."""
        return sorted(
            FileCount.parse(line, excluded)
            for lines, excluded in zip(self, (False, True), strict=True)
            for line in lines
        )


class Submodule(NamedTuple):
    """A link to a commit of another repository: not fetched, not counted."""

    path: str
    commit: str  # "" if unknown


class Link(NamedTuple):
    """A link that may lead to a folder of modules, and was not followed."""

    path: str
    target: str
    why: str  # outside, missing or inside (a module)


@dataclass(frozen=True)
class ModuleCount:
    """One module: an outermost folder with a manifest."""

    name: str  # last part of the path: the technical name
    path: str  # relative to the repository; "" if the repository is the module
    code: int
    total: int
    excluded: int  # number of files left out
    errors: dict  # why by path; "" stands for the whole module, which then counts 0
    digest: str  # of name and counted files: equal code has equal digests everywhere
    cloc_exclude: tuple  # what the manifest asks to leave out
    info: dict  # name, version, author, license, as the manifest tells them
    submodules: tuple  # of Submodule, in it
    reencoded: tuple  # (path, id) in it of .gitattributes with an encoding
    left_out: str  # digest of what only the manifest leaves out, "" if nothing is
    loaded: tuple  # of that, paths of files that the manifest has loaded nevertheless
    tree: str  # Git's id of the folder, "" for a folder on disk
    _files: str = field(repr=False, compare=False)
    folder: str = ""  # where it really lies: not `path` if that leads through a link

    @property
    def error(self) -> str:
        """Why the module as a whole counts 0, if it does."""
        return self.errors.get("", "")

    @functools.cached_property
    def files(self) -> tuple:
        """The FileCounts, sorted by path. Unpacked when asked for: of a thousand
        modules counted every night, few have changed."""
        return tuple(Files.split(self._files).parse())


@dataclass(frozen=True)
class Count:
    """One revision (or folder) counted."""

    modules: tuple  # of ModuleCount, sorted by path
    ruleset: str
    digest: str
    code: int
    total: int
    revision: str = ""  # commit id; empty for a folder
    date: datetime | None = None  # of the commit, aware, UTC
    outside: tuple = ()  # FileCount of files outside modules, not counted
    submodules: tuple = ()  # of Submodule, all in the repository
    reencoded: tuple = ()  # (path, id) of .gitattributes with an encoding, all
    links: tuple = ()  # of Link, outside modules, that could not be followed
    repeated: tuple = ()  # paths of modules that are counted in another place
    installed: dict | None = None  # {module: version} of the instance; None: unknown
    series: str = ""  # of the instance, such as "17.0"; empty: unknown
    unseen: tuple = ()  # of unseen.Unseen: file types nobody counts, if asked for
    # (module or "", item, lines of code) of customizations that the instance's database
    # says not to count: they have an external id of "__cloc_exclude__"
    left_out: tuple = ()


def module_digest(name, lines, error="") -> str:
    """:param lines: FileCount.line of each counted file, sorted"""
    last = [f"error\t{error}"] if error else []
    return _sha256(["module 1", name, *lines, *last])


def left_out_digest(files) -> str:
    """Of files that a manifest asks to leave out: ``<path> <blob id>`` each, after
    ``left out 1``. It is no part of a module's digest, which is of what is billed."""
    return _sha256(["left out 1", *(f"{file.path}\t{file.blob}" for file in files)])


def count_digest(ruleset, modules) -> str:
    lines = ["count 1", ruleset]
    for module in modules:
        fields = (module.path, module.digest, str(module.code), str(module.total))
        lines.append("\t".join(fields))
    return _sha256(lines)


def _sha256(lines):
    text = "\n".join([*lines, ""])
    return hashlib.sha256(text.encode()).hexdigest()

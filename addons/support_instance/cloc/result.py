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

A cache keeps of a module what does not depend on where it lies: a head, which is a line
of JSON, and the lines of its files, which are those that the digest is made of. They
are only read when asked for.
"""

import functools
import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from .parse.rules import rules
from .tree.tree import Excludes

# The kind of the cache's keys; its number is raised when the form below changes.
KIND = "module.6"


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
    # (path, why, lines) of files that have about so many lines of code more than are
    # counted; see parse/density.py
    dense: tuple = ()

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


# === IN A CACHE === #


class Manifest(NamedTuple):
    """What counts of a manifest; see worker.read_manifest."""

    exclude: list = ()  # patterns, as odoo cloc ends up with them
    cloc_exclude: list = ()
    info: dict = {}  # noqa: RUF012 (never changed)
    data: list = ()  # files that are loaded, where the manifest has demo data, too


class Known(NamedTuple):
    """A module counted before."""

    head: dict
    files: str  # see result.Files

    @classmethod
    def unpack(cls, text):
        head, _newline, files = text.partition("\n")
        return cls(json.loads(head), files)

    def manifest(self):
        head = self.head
        return Manifest(
            head["exclude"], head["cloc_exclude"], head["info"], head["data"]
        )

    def module(self, name, path, tree, folder=None) -> ModuleCount:
        head = self.head
        digest = head["digest"]
        if head["name"] != name:
            # The same content under another name
            counted = Files.split(self.files).counted
            digest = module_digest(name, counted, head["errors"].get("", ""))
        return ModuleCount(
            name=name,
            path=path,
            code=head["code"],
            total=head["total"],
            excluded=head["excluded"],
            errors=head["errors"],
            digest=digest,
            cloc_exclude=tuple(head["cloc_exclude"]),
            info=head["info"],
            submodules=tuple(Submodule(*each) for each in head["submodules"]),
            left_out=head["left_out"],
            reencoded=tuple(map(tuple, head["reencoded"])),
            loaded=tuple(head["loaded"]),
            tree=tree,
            _files=self.files,
            folder=path if folder is None else folder,
            dense=tuple(map(tuple, head["dense"])),
        )


def pack(
    name, files, error, manifest, submodules, has_links, reencoded=(), dense=()
) -> str:
    """Sum up a module."""
    files = sorted(files)
    errors = {"": error} if error else {}
    errors.update((file.path, file.error) for file in files if file.error)
    left_out = [file for file in files if file.excluded]
    lines = Files(
        [file.line for file in files if not file.excluded],
        [file.line for file in left_out],
    )
    head = {
        "name": name,
        "code": sum(file.code for file in files),
        "total": sum(file.total for file in files),
        "excluded": len(left_out),
        "errors": errors,
        "digest": module_digest(name, lines.counted, error),
        "exclude": list(manifest.exclude),
        "cloc_exclude": list(manifest.cloc_exclude),
        "info": manifest.info,
        "data": list(manifest.data),
        **_excluded_by_manifest(left_out, manifest),
        "submodules": sorted(submodules),
        "reencoded": sorted(reencoded),
        "has_links": has_links,
        "dense": sorted(dense),
    }
    return _join(head, lines)


def repack(known, name, gone, files, dense=()) -> str:
    """Sum up a module of which only files have changed, as ``pack`` would.

    :param known: Known of its earlier content, without an error of the whole module
    :param gone: paths, as in FileCount, that are gone or changed
    :param files: FileCount of what is new or changed
    :param dense: of those, see ModuleCount
    """
    lines, old = Files([], []), []
    # No insertions: a hostile module has 100,000 files, all of them changed.
    for kept, before, excluded in zip(
        lines, Files.split(known.files), (False, True), strict=True
    ):
        for line in before:
            if line[: line.index("\t")] in gone:
                old.append(FileCount.parse(line, excluded))
            else:
                kept.append(line)
        kept += [file.line for file in files if file.excluded == excluded]
        kept.sort()
    errors = known.head["errors"]
    errors = {path: why for path, why in errors.items() if path not in gone}
    errors.update((file.path, file.error) for file in files if file.error)
    head = {
        **known.head,
        "name": name,
        "code": known.head["code"] + _difference(old, files, "code"),
        "total": known.head["total"] + _difference(old, files, "total"),
        "excluded": len(lines.excluded),
        "errors": dict(sorted(errors.items())),
        "digest": module_digest(name, lines.counted),
        "dense": sorted(
            [*(tuple(x) for x in known.head["dense"] if x[0] not in gone), *dense]
        ),
    }
    if any(file.excluded for file in (*old, *files)):
        left_out = [FileCount.parse(line, excluded=True) for line in lines.excluded]
        head.update(_excluded_by_manifest(left_out, known.manifest()))
    return _join(head, lines)


def _difference(old, new, field):
    return sum(getattr(f, field) for f in new) - sum(getattr(f, field) for f in old)


def _excluded_by_manifest(left_out, manifest):
    """What is to be known of files that would count but for the manifest."""
    default, asked = rules().default_exclude, []
    if len(manifest.exclude) != len(default):
        excludes = Excludes(default)
        asked = [file for file in left_out if not excludes.match(file.path)]
    data = set(manifest.data)
    return {
        "left_out": left_out_digest(asked) if asked else "",
        "loaded": [file.path for file in asked if file.path in data],
    }


def _join(head, files):
    return f"{json.dumps(head, separators=(',', ':'))}\n{files.join()}"


# === SEVERAL COUNTS === #


def without_overlaps(counts) -> list:
    """The counts, each without the modules that another one has counted already.

    As within one repository, the outermost folder counts. Counts of the same commit
    are of one repository, however its address is written.

    :param counts: list of Counts, or None in place of one that is of no repository
    :return: list of the same length
    """
    first = {}  # number of the count that has it first, by (commit, folder)
    for number, count in enumerate(counts):
        for module in count.modules if count and count.revision else ():
            first.setdefault((count.revision, module.folder), number)
    return [
        count and _without_overlaps(count, number, first)
        for number, count in enumerate(counts)
    ]


def _without_overlaps(count, number, first):
    def is_repeated(module):
        parts = module.folder.split("/") if module.folder else []
        above = ("/".join(parts[:length]) for length in range(len(parts)))
        return first.get((count.revision, module.folder), number) != number or any(
            (count.revision, folder) in first for folder in above
        )

    repeated = {module.path for module in count.modules if is_repeated(module)}
    if not repeated:
        return count
    modules = tuple(m for m in count.modules if m.path not in repeated)
    names = {module.name for module in modules}
    return replace(
        count,
        modules=modules,
        digest=count_digest(count.ruleset, modules),
        code=sum(module.code for module in modules),
        total=sum(module.total for module in modules),
        repeated=(*count.repeated, *sorted(path or "." for path in repeated)),
        unseen=tuple(unseen for unseen in count.unseen if unseen.module in names),
    )

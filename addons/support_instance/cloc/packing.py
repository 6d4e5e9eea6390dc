# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A module's result as a cache keeps it: all that does not depend on where it lies.

A head, which is a line of JSON, and the lines of the files, which are those that the
digest is made of. They are only read when asked for.
"""

import json
from typing import NamedTuple

from .parse.rules import rules
from .result import (
    FileCount,
    Files,
    ModuleCount,
    Submodule,
    left_out_digest,
    module_digest,
)
from .tree.excludes import Excludes

# The kind of the cache's keys; its number is raised when the form below changes.
KIND = "module.5"


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
        )


def pack(name, files, error, manifest, submodules, has_links, reencoded=()) -> str:
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
    }
    return _join(head, lines)


def repack(known, name, gone, files) -> str:
    """Sum up a module of which only files have changed, as ``pack`` would.

    :param known: Known of its earlier content, without an error of the whole module
    :param gone: paths, as in FileCount, that are gone or changed
    :param files: FileCount of what is new or changed
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

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A module's result as a cache keeps it: all that does not depend on where it lies.

Two lines of JSON: a head, and the files, which are only unpacked when asked for.
"""

import json
from typing import NamedTuple

from .digest import left_out_digest, module_digest
from .excludes import Excludes
from .result import FileCount, ModuleCount, Submodule
from .rules import rules

# The kind of the cache's keys; its number is raised when the form below changes.
KIND = "module.4"


class Manifest(NamedTuple):
    """What counts of a manifest; see worker.read_manifest."""

    exclude: list = ()  # patterns, as odoo cloc ends up with them
    cloc_exclude: list = ()
    info: dict = {}  # noqa: RUF012 (never changed)
    data: list = ()  # files that are loaded, where the manifest has demo data, too


class Known(NamedTuple):
    """A module counted before."""

    head: dict
    files: str  # JSON

    @classmethod
    def unpack(cls, text):
        head, _newline, files = text.partition("\n")
        return cls(json.loads(head), files)

    def rows(self) -> list:
        return [FileCount(*row) for row in json.loads(self.files)]

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
            digest = module_digest(name, self.rows(), head["errors"].get("", ""))
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
    asked = _excluded_by_manifest(files, manifest)
    data = set(manifest.data)
    head = {
        "name": name,
        "code": sum(file.code for file in files),
        "total": sum(file.total for file in files),
        "excluded": sum(file.excluded for file in files),
        "errors": errors,
        "digest": module_digest(name, files, error),
        "exclude": list(manifest.exclude),
        "cloc_exclude": list(manifest.cloc_exclude),
        "info": manifest.info,
        "data": list(manifest.data),
        "left_out": left_out_digest(asked) if asked else "",
        "loaded": [file.path for file in asked if file.path in data],
        "submodules": sorted(submodules),
        "reencoded": sorted(reencoded),
        "has_links": has_links,
    }
    return f"{_dump(head)}\n{_dump(files)}"


def _excluded_by_manifest(files, manifest):
    """The files that are left out and would not be but for the manifest."""
    default = rules().default_exclude
    if len(manifest.exclude) == len(default):
        return []
    excludes = Excludes(default)
    return [f for f in files if f.excluded and not excludes.match(f.path)]


def _dump(value):
    return json.dumps(value, separators=(",", ":"))

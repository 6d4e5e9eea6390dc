# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A module's result as a cache keeps it: all that does not depend on where it lies.

Two lines of JSON: a head, and the files, which are only unpacked when asked for.
"""

import json
from typing import NamedTuple

from .digest import module_digest
from .result import FileCount, ModuleCount

# The kind of the cache's keys; its number is raised when the form below changes.
KIND = "module.2"


class Manifest(NamedTuple):
    """What counts of a manifest; see worker.read_manifest."""

    exclude: list = ()  # patterns, as odoo cloc ends up with them
    cloc_exclude: list = ()
    info: dict = {}  # noqa: RUF012 (never changed)


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
        return Manifest(head["exclude"], head["cloc_exclude"], head["info"])

    def module(self, name, path, tree) -> ModuleCount:
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
            submodules=tuple(head["submodules"]),
            tree=tree,
            _files=self.files,
        )


def pack(name, files, error, manifest, submodules, has_links) -> str:
    """Sum up a module."""
    files = sorted(files)
    errors = {"": error} if error else {}
    errors.update((file.path, file.error) for file in files if file.error)
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
        "submodules": sorted(submodules),
        "has_links": has_links,
    }
    return f"{_dump(head)}\n{_dump(files)}"


def _dump(value):
    return json.dumps(value, separators=(",", ":"))

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a count says. Immutable values, all text printable."""

import functools
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from .digest import module_digest


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
    tree: str  # Git's id of the folder, "" for a folder on disk
    _files: str = field(repr=False, compare=False)

    @property
    def error(self) -> str:
        """Why the module as a whole counts 0, if it does."""
        return self.errors.get("", "")

    @functools.cached_property
    def files(self) -> tuple:
        """The FileCounts, sorted by path. Unpacked when asked for: of a thousand
        modules counted every night, few have changed."""
        return tuple(FileCount(*row) for row in json.loads(self._files))


def make_module(name, path, tree, files, error, manifest) -> ModuleCount:
    """Sum up the files of a module."""
    files = sorted(files)
    errors = {"": error} if error else {}
    errors.update((file.path, file.error) for file in files if file.error)
    return ModuleCount(
        name=name,
        path=path,
        code=sum(file.code for file in files),
        total=sum(file.total for file in files),
        excluded=sum(file.excluded for file in files),
        errors=errors,
        digest=module_digest(name, files, error),
        cloc_exclude=tuple(manifest.get("cloc_exclude", ())),
        info=manifest.get("info", {}),
        tree=tree,
        _files=_dump(files),
    )


# What a cache keeps of a module: all that does not depend on where it lies.
_KEPT = (
    "name",
    "code",
    "total",
    "excluded",
    "errors",
    "digest",
    "cloc_exclude",
    "info",
)


def pack_module(module) -> str:
    head = {name: getattr(module, name) for name in _KEPT}
    return f"{_dump(head)}\n{module._files}"


def unpack_module(text, name, path, tree) -> ModuleCount:
    head, _newline, files = text.partition("\n")
    values = json.loads(head)
    values["cloc_exclude"] = tuple(values["cloc_exclude"])
    if values["name"] != name:
        # The same content under another name
        values["name"] = name
        rows = [FileCount(*row) for row in json.loads(files)]
        values["digest"] = module_digest(name, rows, values["errors"].get("", ""))
    return ModuleCount(path=path, tree=tree, _files=files, **values)


def _dump(value):
    return json.dumps(value, separators=(",", ":"))


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
    submodules: tuple = ()  # paths of Git submodules: not fetched, not counted

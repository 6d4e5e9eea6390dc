# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Decide which files of a module count, and whose content each of them has."""

import os

from .packing import Manifest, pack, repack
from .result import FileCount
from .tree.excludes import BadPattern, Excludes
from .tree.modules import MANIFESTS
from .tree.tree import MISSING, OUTSIDE, SPECIAL, decode, printable, shown

# odoo cloc of Odoo 19 looks for this one only; a module that has __openerp__.py alone
# is counted without any exclusion.
MANIFEST = b"__manifest__.py"

ATTRIBUTES = b".gitattributes"

_LINK_ERRORS = {
    MISSING: "Link leads nowhere (odoo cloc stops here)",
    OUTSIDE: "Link leads out of the repository",
    SPECIAL: "No regular file (odoo cloc waits for it)",
}


def text(path) -> str:
    """A path of byte strings for people and storage."""
    return printable(b"/".join(path))


class Draft:
    """A module whose files are known but not yet counted."""

    def __init__(self, module, reader, tree, extensions):
        self.module = module
        self.reader = reader
        self.tree = tree
        self.extensions = extensions
        self.manifest = Manifest()
        self.error = ""  # why nothing in the module counts
        self.rows = []  # of (FileCount, key of the content to count or None)
        self.gone = None  # of a module that is compared: paths that no longer hold
        self.has_links = False
        self.reencoded = []  # of (path, id) of such .gitattributes in it
        self.self_contained = True  # no link leads elsewhere

    def manifest_key(self):
        """The content of the manifest as ``open`` finds it, or None."""
        for path, entry in self.module.files:
            if path == (MANIFEST,):
                kind, key = self._follow(path, entry)
                return key if kind == "file" else None
        # Without one that can be opened, odoo cloc excludes nothing at all.
        return None

    def use_manifest(self, answer):
        """:param answer: of worker.py"""
        if isinstance(answer, dict):
            self.manifest = Manifest(**answer)
        else:
            self.error = f"{MANIFEST.decode()}: {answer[1]}"

    def use_changes(self, changes) -> bool:
        """Take over what was counted of an earlier content; False if all of it has to
        be looked at again."""
        base = self.module.base
        if changes is None or base.head["has_links"] or "" in base.head["errors"]:
            return False
        for path, *entries in changes:
            kinds = {entry.kind for entry in entries if entry}
            if kinds != {"file"} or path[-1] == ATTRIBUTES:
                return False
            if len(path) == 1 and path[0] in MANIFESTS:
                return False
        self.manifest = base.manifest()
        self.gone = {text(path) for path, was, _now in changes if was}
        self.module.files = [(path, now) for path, _was, now in changes if now]
        return True

    def pack(self, name, files) -> str:
        """The module's result, with the FileCounts of ``rows`` as counted."""
        if self.gone is not None:
            return repack(self.module.base, name, self.gone, files)
        submodules = [(text(path), key) for path, key in self.module.submodules]
        return pack(
            name,
            files,
            self.error,
            self.manifest,
            submodules,
            self.has_links,
            self.reencoded,
        )

    def list_files(self, check_time):
        excludes = Excludes(())
        try:
            excludes = Excludes(self.manifest.exclude)
        except BadPattern as error:
            # odoo cloc stops at such a pattern; nobody knows what was meant.
            self.error = f"Pattern to exclude: {error} (odoo cloc stops here)"
        for path, entry in self.module.files:
            extension = extension_of(path[-1])
            if path[-1] == ATTRIBUTES and is_reencoding(self.reader, entry):
                self.reencoded.append((text(path), entry.key))
            if extension in self.extensions:
                # A thousand patterns for a thousand folders take their time.
                check_time()
                self.rows.extend(self._list_file(excludes, path, entry, extension))
        # No longer needed, and many
        self.module.files = []

    def _list_file(self, excludes, path, entry, extension):
        name = decode(b"/".join(path))
        row = (shown(name), extension, 0, 0)
        kind, key = entry.kind, entry.key
        if excludes.match(name, exists=kind != "link"):
            # For a link: left out wherever it leads, so it need not be followed.
            self.has_links = self.has_links or kind == "link"
            blob = self.reader.blob_id(key) if kind == "file" else ""
            yield FileCount(*row, blob, excluded=True), None
            return
        excluded = False
        if kind == "link":
            kind, key = self._follow(path, entry)
            excluded = kind == "file" and excludes.match(name)
        if kind == "file":
            blob = self.reader.blob_id(key)
            yield (
                FileCount(*row, blob, excluded),
                (None if excluded or self.error else key),
            )
        elif kind in _LINK_ERRORS:
            yield FileCount(*row, "", error=_LINK_ERRORS[kind]), None

    def _follow(self, path, entry):
        """Return (kind, key) of what a name leads to."""
        if entry.kind != "link":
            return entry.kind, entry.key
        self.has_links = True
        home = self.module.folder
        place = self.tree.find(path[-1:], (*home, *path[:-1]))
        if place.path[: len(home)] != home or place.kind in (MISSING, OUTSIDE):
            # What it leads to is no part of the module's own tree.
            self.self_contained = False
        return place.kind, place.key


def is_reencoding(reader, entry):
    """Whether a .gitattributes makes git write files in another encoding than they are
    stored in. Then ``odoo cloc``, which sees a checkout, may count other lines."""
    return entry.kind == "file" and b"working-tree-encoding" in reader.start_of(
        entry.key
    )


def extension_of(name) -> str:
    if b"." not in name:
        return ""
    return os.path.splitext(decode(name))[1].lower()

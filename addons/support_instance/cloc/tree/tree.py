# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A tree of folders: find names and modules in it, and which files are left out.

Symbolic links are followed as a checkout would, and never out of the tree. File names:
Git and Linux know bytes, a database and a reader need text.

Modules are the outermost folders with a manifest. A module inside a module counts with
the outer one, as for ``odoo cloc``; finding it again would bill it twice. A link to a
folder is followed outside modules, as in a folder of links that an instance has its
modules from.
"""

import fnmatch
import functools
import os
import re
import sys
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import PurePosixPath
from typing import NamedTuple

from ..errors import SourceTooLarge

MAX_LINKS = 40  # as Linux
MISSING, OUTSIDE = "missing", "outside"
SPECIAL = "special"  # a pipe, socket or device in a folder on disk

MANIFESTS = (b"__manifest__.py", b"__openerp__.py")
INSIDE = "inside"  # of a link: leads into another module
_MAX_PATH, _MAX_NAME = 4096, 255  # bytes, as Linux


class Place(NamedTuple):
    """What a path leads to: kind is tree, file, other, special, missing or
    outside."""

    kind: str
    key: object = None
    path: tuple = ()  # real path, without links


class Tree:
    """A root folder and a reader (see repository.py, folder.py) of what is below it."""

    def __init__(self, reader, root):
        self.reader = reader
        self.root = root
        self._children = {}

    def find(self, path, relative_to=()) -> Place:
        """Follow a path of byte strings from a real folder of this tree."""
        todo = list(reversed(path))
        here = list(relative_to)
        keys = [self.root]
        for name in here:
            keys.append(self.children(keys[-1])[name].key)
        links = 0
        while todo:
            name = todo.pop()
            if name in (b"", b"."):
                continue
            if name == b"..":
                if not here:
                    return Place(OUTSIDE)
                here.pop()
                keys.pop()
                continue
            entry = self.children(keys[-1]).get(name)
            if entry is None:
                return Place(MISSING)
            if entry.kind == "link":
                links += 1
                target = self.reader.link(entry.key)
                if links > MAX_LINKS or not target:
                    return Place(MISSING)
                if target.startswith(b"/"):
                    return Place(OUTSIDE)
                todo.extend(reversed(target.split(b"/")))
            elif entry.kind == "tree":
                here.append(name)
                keys.append(entry.key)
            elif todo:
                # A file is no folder, not even for a trailing "." or "/".
                return Place(MISSING)
            else:
                return Place(entry.kind, entry.key, (*here, name))
        return Place("tree", keys[-1], tuple(here))

    def children(self, key) -> dict:
        children = self._children.get(key)
        if children is None:
            if len(self._children) > 1000:
                self._children.clear()
            (entries,) = self.reader.trees([key])
            children = {entry.name: entry for entry in entries}
            self._children[key] = children
        return children


def decode(name: bytes) -> str:
    """The text that Python itself sees for this name on Linux."""
    return name.decode("utf-8", "surrogateescape")


def extension_of(name) -> str:
    if b"." not in name:
        return ""
    return os.path.splitext(decode(name))[1].lower()


def printable(name: bytes) -> str:
    """A text for storage and display; different names have different texts.

    Line breaks, terminal and writing-direction controls and bytes that are not UTF-8
    are escaped as in Python, and so is the backslash.
    """
    return shown(decode(name))


def shown(text: str) -> str:
    """As printable, for a text from decode."""
    if text.isprintable() and "\\" not in text:
        return text
    return "".join(_escape(char) for char in text)


def _escape(char):
    if 0xDC80 <= ord(char) <= 0xDCFF:
        return f"\\x{ord(char) - 0xDC00:02x}"
    if char == "\\":
        return "\\\\"
    if char.isprintable():
        return char
    # A control below 0x80 as \x.., which no undecodable byte can be; the others as
    # \u.... so that they differ from raw bytes.
    code = ord(char)
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# === MODULES === #


@dataclass
class Module:
    path: tuple  # of byte strings, from the root of the tree
    key: object
    folder: tuple  # where it really lies: not `path` if that leads through a link
    known: object = None  # a result of the same content: not read any further
    base: object = None  # a result of an earlier content, to be compared with
    files: list = field(default_factory=list)  # of (path in the module, Entry)
    submodules: list = field(default_factory=list)  # of (path in the module, key)


@dataclass
class Findings:
    modules: list = field(default_factory=list)
    outside: list = field(default_factory=list)  # of (path, Entry)
    submodules: list = field(default_factory=list)  # of (path, key), outside modules
    links: list = field(default_factory=list)  # of (path, target, why not followed)
    repeated: list = field(default_factory=list)  # paths of modules found elsewhere


def find_modules(reader, roots, recall, max_files, tree=None) -> Findings:
    """Walk level by level, all folders of a level at once.

    :param roots: list of (path, key) of folders to search
    :param recall: function of a list of (path, key); returns what is known of those
        that are modules: a dict of results by key, and one of earlier results by path
    :param tree: tree.Tree to follow links in that lie outside modules; None: they are
        not followed
    """
    walk = _Walk(reader, recall, max_files)
    walk.search([(path, path, key) for path, key in roots])
    while tree and walk.links:
        walk.search(walk.follow(tree))
    return walk.finish()


class _Walk:
    """A folder has a path, by which it was reached, and the real one, without links."""

    def __init__(self, reader, recall, max_files):
        self.reader = reader
        self.recall = recall
        self.max_files = max_files
        self.seen = 0
        self.found = Findings()
        self.links = []  # of (path, real path of its folder, Entry), to be followed
        self.modules = {}  # by real path
        self.walked = set()  # real paths of folders that were no part of a module
        self.again = []  # (path, real path) of folders met again

    def search(self, folders):
        """Find the modules at and below folders: a list of (path, real path, key)."""
        # The path inside a module starts at the module.
        level = [(*folder, None) for folder in folders]
        while level:
            free = [(path, key) for path, _real, key, module in level if module is None]
            known, bases = self.recall(free) if free else ({}, {})
            todo = []
            for path, real, key, module in level:
                if module is None:
                    if real in self.walked or real in self.modules:
                        self.again.append((path, real))
                        continue
                    if key in known:
                        self.add(Module(path, key, real, known=known[key]))
                        continue
                    self.walked.add(real)
                todo.append((path, real, key, module))
            level = []
            keys = [key for _path, _real, key, _module in todo]
            for (path, real, key, module), entries in zip(
                todo, self.reader.trees(keys), strict=True
            ):
                self.seen += len(entries)
                if self.seen > self.max_files:
                    raise SourceTooLarge(
                        f"The source has more than {self.max_files} files."
                    )
                if module is None and any(map(_is_manifest, entries)):
                    module = Module(path, key, real, base=bases.get(path))
                    self.add(module)
                    if module.base:
                        continue
                    path = ()
                level += self.sort_in(module, path, real, entries)

    def add(self, module):
        self.modules[module.folder] = module
        self.found.modules.append(module)

    def sort_in(self, module, path, real, entries):
        """Note the files of a folder; return the folders in it."""
        owner = module or self.found
        files = module.files if module else self.found.outside
        for entry in entries:
            below, kind = (*path, entry.name), entry.kind
            if kind == "tree":
                check_path(below)
                yield below, real if module else (*real, entry.name), entry.key, module
            elif kind == "other":
                owner.submodules.append((below, entry.key))
            else:
                files.append((below, entry))
                if kind == "link" and not module:
                    self.links.append((below, real, entry))

    def follow(self, tree):
        """Folders that links lead to, as for ``odoo cloc -p link``."""
        links, self.links = self.links, []
        # In the order of their names: of two to one folder, the first is followed.
        for path, home, entry in sorted(links, key=itemgetter(0)):
            place = tree.find([entry.name], home)
            why = place.kind
            if why == "file":
                continue
            if why == "tree":
                if self.is_in_module(place.path):
                    why = INSIDE
                else:
                    yield path, place.path, place.key
                    continue
            elif why != OUTSIDE:
                why = MISSING  # into a submodule, too
            target = self.reader.link(entry.key)
            self.found.links.append((path, target, why))

    def is_in_module(self, folder):
        return any(folder[:length] in self.modules for length in range(len(folder)))

    def finish(self):
        """Leave out modules inside others, which links may have found first."""
        found = self.found
        found.repeated = [path for path, real in self.again if real in self.modules]
        inner = [m for m in found.modules if self.is_in_module(m.folder)]
        if inner:
            found.links += [(m.path, b"/".join(m.folder), INSIDE) for m in inner]
            found.modules = [
                m for m in found.modules if not self.is_in_module(m.folder)
            ]
        return found


def check_path(path):
    if sum(map(len, path)) + len(path) > _MAX_PATH:
        raise SourceTooLarge("The source has folders nested too deep.")
    if len(path[-1]) > _MAX_NAME:
        raise SourceTooLarge("The source has a folder whose name is too long.")


def _is_manifest(entry):
    return entry.name in MANIFESTS and entry.kind in ("file", "link")


def find_changes(reader, pairs, max_files) -> list:
    """Compare pairs of trees, all at once.

    :param pairs: list of (old key, new key)
    :return: for each pair a list of (path, old Entry or None, new Entry or None) of
        what is no folder, or None if the old tree is not here any more
    """
    changes = [[] for _pair in pairs]
    level = [(number, (), *pair) for number, pair in enumerate(pairs)]
    seen = 0
    while level:
        keys = list({key for _n, _path, *both in level for key in both if key})
        trees = dict(zip(keys, reader.trees(keys, missing_ok=True), strict=True))
        following = []
        for number, path, old, new in level:
            before, after = (trees[key] if key else [] for key in (old, new))
            if before is None or after is None or changes[number] is None:
                # The new one is whole: it was just fetched. If it is not, reading it
                # in full will say so.
                changes[number] = None
                continue
            seen += len(after)
            if seen > max_files:
                raise SourceTooLarge(f"The source has more than {max_files} files.")
            for name, was, now in _compare(before, after):
                below = (*path, name)
                folders = [
                    e.key if e and e.kind == "tree" else None for e in (was, now)
                ]
                if any(folders):
                    check_path(below)
                    following.append((number, below, *folders))
                files = [e if e and e.kind != "tree" else None for e in (was, now)]
                if any(files):
                    changes[number].append((below, *files))
        level = following
    return changes


def _compare(before, after):
    differing = set(before) ^ set(after)
    before = {entry.name: entry for entry in differing.intersection(before)}
    after = {entry.name: entry for entry in differing.intersection(after)}
    for name in before.keys() | after.keys():
        yield name, before.get(name), after.get(name)


# === FILES LEFT OUT === #

_MAGIC = re.compile(r"[*?[]")
_PYTHON = sys.version_info[:2]
_RECURSIVE = object()


class BadPattern(Exception):
    """A pattern on which ``odoo cloc`` itself stops."""


class Excludes:
    """The patterns of one module, ready to be asked about its files.

    ``odoo cloc`` asks ``pathlib.Path(module).glob(pattern)`` and compares the results,
    as text, with the paths that ``os.walk`` finds. Here there is no checkout to ask,
    only names. What walking can find are real files below real folders, so of all that
    glob may return only that matters:

    - links to folders and ``..`` lead to texts that no walk produces: never a match;
    - ``**`` stands for any number of folders, and as the last part for folders only
      (before Python 3.13) or for everything (from 3.13 on);
    - before Python 3.12, a last part without wildcards needs the file to exist: a
      dangling link is not left out by its plain name, but is by ``*.css``;
    - a pattern that makes glob raise stops ``odoo cloc``; it is an error here too.

    The property tests compare this with real folders under the running Python.
    """

    def __init__(self, patterns):
        # As in odoo cloc: empty ones are skipped, everything else must be a pattern.
        self._patterns = []
        seen = set()
        for pattern in filter(None, patterns):
            if not isinstance(pattern, str):
                raise BadPattern(f"{pattern!r:.100} is no text")
            if pattern not in seen:
                seen.add(pattern)
                self._patterns.append(_compile(pattern))
        # What can still match below a folder: (pattern, positions that are next)
        self._live = {"": [(p, _close(p, {0})) for p in self._patterns]}

    def match(self, path: str, exists=True) -> bool:
        """Whether the file at this path, relative to the module, is left out.

        :param exists: False for a link that leads nowhere
        """
        folder, _slash, name = path.rpartition("/")
        live = self._live.get(folder)
        if live is None:
            live = self._below(folder)
        for pattern, states in live:
            if len(pattern) - 1 in states and _matches_name(pattern[-1], name, exists):
                return True
        return False

    def _below(self, folder):
        # From the nearest folder above that is known; no recursion, for folders can be
        # nested deep.
        parts = folder.split("/")
        known = len(parts) - 1
        while "/".join(parts[:known]) not in self._live:
            known -= 1
        for number in range(known, len(parts)):
            live = []
            for pattern, states in self._live["/".join(parts[:number])]:
                states = _step(pattern, states, parts[number])
                if states:
                    live.append((pattern, states))
            self._live["/".join(parts[: number + 1])] = live
        return self._live[folder]


@functools.lru_cache(1024)
def _compile(pattern):
    """Split into parts: a plain name (str), a regular expression, or ``**``."""
    if "\0" in pattern and _PYTHON >= (3, 13):
        raise BadPattern(f"{pattern[:100]!r} contains a NUL character")
    path = PurePosixPath(pattern)
    if path.anchor:
        raise BadPattern(f"{pattern[:100]!r} is an absolute path")
    if not path.parts:
        raise BadPattern(f"{pattern[:100]!r} names no file")
    parts = []
    for part in map(_compile_part, path.parts):
        # "**/**" means no more than "**".
        if part is not _RECURSIVE or parts[-1:] != [_RECURSIVE]:
            parts.append(part)
    if _PYTHON >= (3, 11) and pattern.endswith("/"):
        # Folders only; None matches no file.
        parts.append(None)
    return parts


@functools.lru_cache(1024)
def _compile_part(part):
    if part == "**":
        return _RECURSIVE
    if "**" in part and _PYTHON < (3, 13):
        raise BadPattern(f"{part[:100]!r}: '**' can only be an entire part of a path")
    if part == "..":
        return None
    if _MAGIC.search(part):
        return re.compile(fnmatch.translate(part)).match
    return part


def _step(pattern, states, folder):
    """Positions in the pattern that can be next after this folder, too."""
    following = set()
    for state in states:
        part = pattern[state]
        if part is _RECURSIVE:
            following.add(state)
        elif part == folder if isinstance(part, str) else part and part(folder):
            following.add(state + 1)
    following.discard(len(pattern))
    return _close(pattern, following) if following else following


def _close(pattern, states):
    """Add what follows a ``**`` that stands for no folder (or no further one)."""
    todo = list(states)
    while todo:
        state = todo.pop()
        if state < len(pattern) - 1 and pattern[state] is _RECURSIVE:
            if state + 1 not in states:
                states.add(state + 1)
                todo.append(state + 1)
    return states


def _matches_name(part, name, exists):
    if part is None:
        return False
    if part is _RECURSIVE:
        return _PYTHON >= (3, 13)
    if isinstance(part, str):
        return part == name and (exists or _PYTHON >= (3, 12))
    return part(name) is not None

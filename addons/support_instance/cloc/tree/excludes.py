# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which files of a module ``odoo cloc`` leaves out.

``odoo cloc`` asks ``pathlib.Path(module).glob(pattern)`` and compares the results, as
text, with the paths that ``os.walk`` finds. Here there is no checkout to ask, only
names. What walking can find are real files below real folders, so of all that glob
may return only that matters:

- links to folders and ``..`` lead to texts that no walk produces: never a match;
- ``**`` stands for any number of folders, and as the last part for folders only
  (before Python 3.13) or for everything (from 3.13 on);
- before Python 3.12, a last part without wildcards needs the file to exist: a dangling
  link is not left out by its plain name, but is by ``*.css``;
- a pattern that makes glob raise stops ``odoo cloc``; it is an error here too.

The property tests compare this with real folders under the running Python.
"""

import fnmatch
import functools
import re
import sys
from pathlib import PurePosixPath

_MAGIC = re.compile(r"[*?[]")
_PYTHON = sys.version_info[:2]
_RECURSIVE = object()


class BadPattern(Exception):
    """A pattern on which ``odoo cloc`` itself stops."""


class Excludes:
    """The patterns of one module, ready to be asked about its files."""

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

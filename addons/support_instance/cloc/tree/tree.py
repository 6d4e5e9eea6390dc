# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Find names in a tree, following symbolic links as a checkout would, and never out.

File names: Git and Linux know bytes, a database and a reader need text.
"""

from typing import NamedTuple

MAX_LINKS = 40  # as Linux
MISSING, OUTSIDE = "missing", "outside"
SPECIAL = "special"  # a pipe, socket or device in a folder on disk


class Place(NamedTuple):
    """What a path leads to: kind is tree, file, other, special, missing or
    outside."""

    kind: str
    key: object = None
    path: tuple = ()  # real path, without links


class Tree:
    """A root folder and a reader (see objects.py, folder.py) of what is below it."""

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

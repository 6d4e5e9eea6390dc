# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A folder on disk, seen like a tree of a Git repository (see repository.py)."""

import contextlib
import hashlib
import os
import subprocess
from typing import NamedTuple

from ..errors import RevisionMissing, SourceBroken
from ..process import python
from .tree import SPECIAL

_FEEDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "feeder.py")


class Entry(NamedTuple):
    """One name in a folder; see repository.Entry."""

    name: bytes
    kind: str
    key: str


@contextlib.contextmanager
def _telling(path):
    """Say which file or folder cannot be read; ``odoo cloc`` stops at it, too."""
    try:
        yield
    except OSError as error:
        raise SourceBroken(
            f"{os.fsdecode(path)!a} cannot be read: {error.strerror}. Count as a user "
            "who may read it."
        ) from error


class FolderReader:
    """Keys are absolute paths (bytes), in hexadecimal where they travel."""

    def __init__(self, path):
        self.root = os.fsencode(os.path.abspath(path))
        if not os.path.isdir(self.root):
            raise RevisionMissing(f"There is no folder {path}.")

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        pass

    def trees(self, keys):
        for key in keys:
            path = bytes.fromhex(key)
            with _telling(path), os.scandir(path) as found:
                entries = [self._entry(item) for item in found if item.name != b".git"]
            yield entries

    def _entry(self, item):
        if item.is_symlink():
            kind = "link"
        elif item.is_dir(follow_symlinks=False):
            kind = "tree"
        else:
            kind = "file" if item.is_file(follow_symlinks=False) else SPECIAL
        return Entry(item.name, kind, item.path.hex())

    def link(self, key) -> bytes:
        path = bytes.fromhex(key)
        with _telling(path):
            return os.readlink(path)

    def blob_id(self, key) -> str:
        """The id that Git would give to the content."""
        path = bytes.fromhex(key)
        with _telling(path), open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
            while chunk := file.read(2**20):
                digest.update(chunk)
        return digest.hexdigest()

    def start_of(self, key) -> bytes:
        # What git does to files when it writes them has been done here.
        return b""

    def tree_id(self, _key) -> str:
        return ""

    def sizes(self, keys) -> dict:
        return {key: self._size(bytes.fromhex(key)) for key in keys}

    def _size(self, path):
        with _telling(path):
            return os.path.getsize(path)

    def feeder(self):
        return subprocess.Popen(
            [python(), "-I", "-S", _FEEDER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,
        )

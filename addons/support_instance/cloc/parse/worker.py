# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The process that parses untrusted files.

Started as a bare script (``python -I -S worker.py …``), so that it has the standard
library and Odoo's counter, and nothing of the process that started it: no database
connection, no environment, no add-ons. Its input is what ``git cat-file --batch``
prints (``<blob id> <type> <size> <extension>``, a line break, the contents, a line
break), straight from git's pipe; its output is one JSON line per file. Whatever a file
does to it, the files before it are already answered, so the first one unanswered is
the culprit.
"""

import ast
import gc
import os
import resource
import sys
import time

# The only modules of ours; they need the standard library only. Last on the path, so
# that no name of ours can stand before one of Python's.
sys.path.append(os.path.dirname(os.path.abspath(__file__)))
from density import find_hidden, find_in_table  # noqa: E402
from rules import OdooRules  # noqa: E402

LFS = b"version https://git-lfs.github.com/spec/"
# No text needs more memory than this per character, not even "a;a;a;…". A MemoryError
# on less is the parser's own limit for nested code ("Syntax Error" for odoo cloc), on
# more it may be our limit for the process.
MEMORY_PER_CHARACTER = 1000

# Before Python 3.12 the parser gives up on nested code at a depth from which that of
# the calls around it is taken off. So many calls more than here are around it in
# `odoo cloc -d`, for files and manifests and for texts of the database.
CALLS_MORE, CALLS_MORE_FOR_TEXT = 3, 1
RECURSION_LIMIT = sys.getrecursionlimit()


class TooBig(Exception):
    """Our memory limit, not the file, is the reason."""


def main(odoo_path, memory, seconds):
    memory = int(memory)
    limit(memory)
    surely_fits = memory // MEMORY_PER_CHARACTER
    rules = OdooRules(odoo_path, bare=True)
    rules.check()
    # Results go to a copy of the pipe, so that nothing printed can be taken for one.
    output = os.dup(1)
    os.dup2(2, 1)
    write(output, rules.identity())
    # A tree of a parsed file is large, has no cycles, and is freed by reference
    # counting: looking for cycles in it takes a quarter of the time.
    gc.disable()
    done = 0
    while header := sys.stdin.buffer.readline():
        words = header.decode("ascii").split()
        if len(words) != 4 or words[1] != "blob":
            return  # no such object: no answer, the parent sees which
        oid, _kind, size, extension = words
        data = sys.stdin.buffer.read(int(size))
        if len(data) != int(size) or sys.stdin.buffer.read(1) != b"\n":
            return  # the feeder stopped half-way
        restart_clock(int(seconds))
        result = answer(rules, data, extension, surely_fits)
        write(output, [oid, extension, result])
        done += len(data)
        del data
        if done > 2**22:
            gc.collect()
            done = 0


def limit(memory):
    """From here on this process can take memory and time, and nothing else."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        # A worker of Odoo has limits of its own, and we inherit them.
        memory = min(memory, hard)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def restart_clock(seconds):
    """Each file has its own processor time; SIGXCPU ends the process."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(time.process_time()) + 1 + seconds
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def answer(rules, data, extension, surely_fits):
    is_text = extension.startswith("text.")
    if sys.version_info < (3, 12):
        more = CALLS_MORE_FOR_TEXT if is_text else CALLS_MORE
        sys.setrecursionlimit(RECURSION_LIMIT - more)
    try:
        if extension == "manifest":
            return read_manifest(rules, data, surely_fits)
        if is_text:
            # No file, but a text of a database, which odoo cloc parses as it is
            extension = extension[4:]
            text = data.decode("utf-8", "surrogatepass")
        elif data.startswith(LFS):
            return [-1, "Git LFS pointer: the content is not in the repository"]
        elif extension == ".csv":
            return [0, 0, *find_in_table(rules, data)]
        else:
            # latin-1 as in odoo cloc: it cannot fail
            text = data.decode("latin1")
        code, total = rules.parse(text, extension)
        if code == -1 and extension == ".py" and len(text) > surely_fits:
            recheck(text)
        if code == -1:
            return [code, total]
        return [code, total, *find_hidden(rules, text, extension, code)]
    except (MemoryError, TooBig):
        return [-2, "memory"]


def recheck(text):
    """odoo cloc reports any exception as a syntax error; do not blame the file for a
    memory limit of ours."""
    try:
        ast.parse(text.strip() + "\n")
    except MemoryError:
        raise TooBig from None
    except Exception:  # noqa: BLE001 (the same net as in odoo cloc)
        return
    raise TooBig


def read_manifest(rules, data, surely_fits):
    """What ``odoo cloc`` takes from a manifest, and what people want to know of it.

    ``exclude`` is the list it ends up with, also when reading fails half-way.
    """
    exclude = list(rules.default_exclude)
    try:
        manifest = rules.literal_eval(data.decode("latin1"))
        for key in ("cloc_exclude", "demo", "demo_xml"):
            exclude.extend(manifest.get(key, []))
    except MemoryError:
        if len(data) > surely_fits:
            raise
        manifest = {}
    except Exception:  # noqa: BLE001 (the same net as in odoo cloc)
        manifest = {}
    if not isinstance(manifest, dict):
        manifest = {}
    told = manifest.get("cloc_exclude", [])
    return {
        # A pattern that is no text stops odoo cloc: kept as something else than text.
        "exclude": [x if isinstance(x, str) else [repr(x)[:100]] for x in exclude if x],
        "cloc_exclude": [
            readable(str(pattern))
            for pattern in (told if isinstance(told, list | tuple | set) else [told])
        ][:100],
        "data": loaded_beside_demo(manifest),
        "info": {
            key: readable(value)
            for key in ("name", "version", "author", "license")
            if isinstance(value := manifest.get(key), str)
        },
    }


def loaded_beside_demo(manifest):
    """Files that the manifest has loaded, where some may be left out as demo data."""
    lists = {
        key: manifest.get(key) for key in ("demo", "demo_xml", "data", "update_xml")
    }
    if not (lists.pop("demo") or lists.pop("demo_xml")):
        return []
    return [
        os.path.normpath(path)
        for found in (lists.get("data"), lists.get("update_xml"))
        if isinstance(found, list | tuple)
        for path in found
        if isinstance(path, str)
    ]


def readable(text):
    """A manifest is read as latin-1; people wrote it as UTF-8."""
    # pylint: disable=except-pass
    try:
        text = text.encode("latin1").decode("utf-8")
    except UnicodeError:
        pass
    return "".join(char for char in text if char.isprintable())[:200]


def write(output, value):
    line = as_json(value).encode() + b"\n"
    while line:
        line = line[os.write(output, line) :]


def as_json(value):
    """Ids, extensions and numbers as they are; json is slow to import, so only for the
    rest, which is rare."""
    if type(value) is list:
        return f"[{','.join(map(as_json, value))}]"
    if type(value) is int:
        return str(value)
    if type(value) is str and value.isascii() and value.replace(".", "").isalnum():
        return f'"{value}"'
    import json

    return json.dumps(value)


if __name__ == "__main__":
    main(*sys.argv[1:])

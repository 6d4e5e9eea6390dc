# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Fingerprints of counts, so that two of them can be compared at a glance.

A digest is the SHA-256, in hexadecimal, of a text in UTF-8 whose lines end with a line
feed and whose fields are separated by a tab. Neither occurs in a field.

Module::

    module 1
    <technical name>
    <path> <extension> <blob id> <code> <total> <error>     (FileCount.line, if counted)
    error <why>                                             (if it counts 0 as a whole)

Files left out are not part of it: the digest is of what is billed. It does not depend
on where the module lies, so the same module has one digest at all customers.

Whole count::

    count 1
    <ruleset>
    <path> <digest> <code> <total>                          (one line a module)

Both lists are sorted by path, as Unicode code points. The commit is not part of it: a
count of a folder with the same content has the same digest.
"""

import hashlib


def module_digest(name, lines, error="") -> str:
    """:param lines: FileCount.line of each counted file, sorted"""
    last = [f"error\t{error}"] if error else []
    return _sha256(["module 1", name, *lines, *last])


def left_out_digest(files) -> str:
    """Of files that a manifest asks to leave out: ``<path> <blob id>`` each, after
    ``left out 1``. It is no part of a module's digest, which is of what is billed."""
    return _sha256(["left out 1", *(f"{file.path}\t{file.blob}" for file in files)])


def count_digest(ruleset, modules) -> str:
    lines = ["count 1", ruleset]
    for module in modules:
        fields = (module.path, module.digest, str(module.code), str(module.total))
        lines.append("\t".join(fields))
    return _sha256(lines)


def _sha256(lines):
    text = "\n".join([*lines, ""])
    return hashlib.sha256(text.encode()).hexdigest()

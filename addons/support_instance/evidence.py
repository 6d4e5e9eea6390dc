# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The fingerprint of everything that a line count says.

The SHA-256, in hexadecimal, of a text in UTF-8 whose lines end with a line feed::

    evidence 1
    <what the count says of itself>
    <what it says of a module>          (one line a module)
    <what it says of a file>            (one line a file)
    <what it says of a flag>            (one line a flag)

Each is a JSON object with sorted keys and without spaces; its keys are the columns of
the database, columns without a value are left out. Lines of a kind are sorted, as
bytes. What people decide about the count afterwards is not part of it.
"""

import hashlib
import json


def evidence_digest(count: dict, *kinds) -> str:
    """:param kinds: of modules, files, flags: iterables of dictionaries"""
    digest = hashlib.sha256(b"evidence 1\n")
    digest.update(_line(count))
    for statements in kinds:
        for line in sorted(map(_line, statements)):
            digest.update(line)
    return digest.hexdigest()


def fingerprint(text: str) -> str:
    """The SHA-256, in hexadecimal, of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _line(statement) -> bytes:
    text = json.dumps(
        statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return f"{text}\n".encode()

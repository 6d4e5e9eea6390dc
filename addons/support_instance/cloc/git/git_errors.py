# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What git's complaint means for the person who entered the address."""

import base64
import re
from urllib.parse import quote

from ..errors import (
    AccessRefused,
    CounterUnavailable,
    RevisionMissing,
    SourceBroken,
    SourceElsewhere,
    SourceTooLarge,
    SourceUnreachable,
)

# The first pattern found in git's output decides (git is run in English).
_MEANINGS = [
    (
        r"host key verification failed|remote host identification has changed",
        AccessRefused,
        "{url} is not the server that it should be: its host key is another one. Ask "
        "its owner, and enter the new host key with the credentials.",
    ),
    (
        r"authentication failed|could not read (username|password)|"
        r"permission denied|invalid credentials|access denied|error: 40[13]|"
        r"http basic: access denied|"
        r"load key .* (invalid format|error)",
        AccessRefused,
        "{url} refuses access. Check user name and password or key, and that they "
        "may read this repository.",
    ),
    (
        r"dubious ownership",
        AccessRefused,
        "The repository {url} belongs to another user of this server. Give it to the "
        "user that runs Odoo, or use another address.",
    ),
    (
        r"unable to update url base from redirection|redirect|error: 30\d",
        SourceElsewhere,
        "{url} answers with another address. Open it in a browser and enter the "
        "address it leads to.",
    ),
    (
        r"remote ref .* not found|couldn't find remote ref|not our ref|"
        r"unadvertised object|remote error: upload-pack: not our",
        RevisionMissing,
        "{url} has no {branch}. Check its name.",
    ),
    (
        r"expected commit type",
        RevisionMissing,
        "In {url}, {branch} is no commit but a folder or a file. Enter a branch, a tag "
        "or a commit.",
    ),
    (
        r"out of memory|(m|re)alloc failed|cannot allocate memory",
        SourceTooLarge,
        "{url} has a folder or file list that does not fit into memory.",
    ),
    (
        r"no space left on device|disk quota",
        CounterUnavailable,
        "The disk of this server is full.",
    ),
    (
        r"certificate|\bssl\b",
        SourceUnreachable,
        "{url} has no valid certificate, so nobody knows who it is. Have its owner "
        "mend that.",
    ),
    (
        r"does not appear to be a git repository|repository .* not found|"
        r"error: 404|not valid: is this a git repository",
        SourceElsewhere,
        "{url} cannot be reached, or is no Git repository. Check the address.",
    ),
    (
        r"could not resolve host|"
        r"connection (refused|timed out|reset)|failed to connect|no route to host|"
        r"name or service not known|network is unreachable|"
        r"operation too slow|could not connect|temporary failure|no such file|"
        r"error: 5\d\d|early eof|hung up unexpectedly|rpc failed|expected flush|"
        r"connection closed|transfer closed|empty reply|unable to access",
        SourceUnreachable,
        "{url} cannot be reached, or is no Git repository. Check the address.",
    ),
]


def explain(source, errors: str) -> Exception:
    """The exception for a git that failed, with its last words, credentials removed."""
    text = scrub(source, errors)
    kind, message = next(
        (
            (kind, message)
            for pattern, kind, message in _MEANINGS
            if re.search(pattern, text, re.IGNORECASE)
        ),
        (SourceBroken, "{url} could not be fetched."),
    )
    branch = repr(source.branch) if source.branch else "branch"
    details = " ".join(line.strip() for line in text.splitlines() if line.strip())
    message = message.format(url=source.url, branch=branch)
    return kind(f"{message} (git: {details[-400:]})" if details else message)


def scrub(source, text: str) -> str:
    """Git's words without the credentials, however it encodes them."""
    login = f"{source.user or 'token'}:{source.secret}".encode()
    secrets = {source.secret, base64.b64encode(login).decode()} if source.secret else {}
    for secret in sorted(secrets, key=len, reverse=True):
        for form in (secret, quote(secret), quote(secret, safe="")):
            text = text.replace(form, "***")
    text = re.sub(r"://[^/\s@]*@", "://", text)
    # Whatever a server says, it is shown to people: printable text only.
    return "".join(char if char.isprintable() else "\n" for char in text)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Where code comes from, checked before git sees a word of it.

Git reads addresses as a small language (``ext::sh -c …`` runs a command, a leading
dash is an option). So only four plain forms pass, and are rebuilt from their parts.
"""

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ..addresses import Policy
from ..errors import SourceRefused
from ..sealed import Sealed, endpoint

PROTOCOLS = ("https", "http", "ssh", "file")

_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]*")
_SCP = re.compile(r"(?P<user>[^@/:]+)@(?P<host>[^@/:]+):(?P<path>[^:].*)")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
# git check-ref-format, and no leading dash in any part
_REF_PART = re.compile(r"[^\x00-\x20\x7f~^:?*\[\\/]+")


@dataclass(frozen=True)
class Source:
    """One branch, tag or commit of one repository.

    :param url: https, http, ssh (also ``user@host:path``) or file; a plain absolute
        path is a file address
    :param branch: branch, tag or full commit id; empty: the repository's default
    :param user: user name for http(s); a token usually goes with any user name
    :param secret: password or token for http(s), private key text for ssh; from Odoo
        never in clear, but as :class:`.sealed.Sealed`
    :param known_hosts: for ssh: lines of known_hosts, the only ones that are believed
    :param protocols: what this source may use
    :param policy: which servers may be asked, see addresses.py; None: any
    """

    url: str
    branch: str = ""
    user: str = field(default="", repr=False)
    secret: str | Sealed = field(default="", repr=False)
    known_hosts: str = field(default="", repr=False)
    protocols: tuple = PROTOCOLS
    policy: Policy | None = None

    def __post_init__(self):
        url, user, secret = _clean_url(self.url, self.protocols)
        object.__setattr__(self, "url", url)
        # A password typed into the address must not stay in what is shown and stored.
        object.__setattr__(self, "user", self.user or user)
        object.__setattr__(self, "secret", self.secret or secret)
        secret = self.secret if isinstance(self.secret, str) else ""
        if "\0" in self.user + secret + self.known_hosts:
            raise SourceRefused("The credentials contain a NUL character.")
        if not self.is_ssh and re.search(r"[\r\n]", self.user + secret):
            raise SourceRefused("The credentials contain a line break.")
        check_branch(self.branch)

    @property
    def protocol(self) -> str:
        protocol, separator, _rest = self.url.partition("://")
        return protocol if separator else "ssh"

    @property
    def is_ssh(self) -> bool:
        return self.protocol == "ssh"

    @property
    def host(self) -> str:
        """Its host, with the port if the address names one; empty for a folder."""
        return endpoint(self.url)[1]

    @property
    def is_commit(self) -> bool:
        return bool(_COMMIT.fullmatch(self.branch))

    @property
    def name(self) -> str:
        """The last part of the address: the module's name if the repository is one."""
        return re.sub(r"\.git$", "", re.split("[/:]", self.url.rstrip("/"))[-1])

    @property
    def key(self) -> str:
        """Name of the cache folder: one per address, whoever fetches it."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:40]


def check_branch(branch: str) -> None:
    if not branch:
        return
    parts = branch.split("/")
    if (
        len(branch) > 255
        or branch == "@"
        or ".." in branch
        or "@{" in branch
        or branch.endswith(".")
        or any(
            not _REF_PART.fullmatch(part)
            or part.startswith((".", "-"))
            or part.endswith(".lock")
            for part in parts
        )
    ):
        raise SourceRefused(f"{branch[:100]!a} cannot be the name of a branch or tag.")


def _clean_url(url, protocols):
    """Return (url without password, user, secret) or refuse."""
    if len(url) > 2000 or _CONTROL.search(url):
        raise SourceRefused(
            "The address of the repository contains a space, a control character or "
            "a backslash, or is too long."
        )
    if "://" not in url and (match := _SCP.fullmatch(url)):
        return _clean_scp_url(match, protocols), "", ""
    parts = _split(f"file://{url}" if url.startswith("/") else url, protocols)
    if parts.scheme == "file":
        return _clean_file_url(parts), "", ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not _HOST.fullmatch(host) or parts.path.strip("/") == "":
        raise SourceRefused("The address of the repository has no host or no path.")
    if "::" in parts.path or parts.path.startswith("/-"):
        raise SourceRefused("The address of the repository is malformed.")
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    user, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.scheme == "ssh":
        if secret:
            raise SourceRefused("ssh takes a key, not a password in the address.")
        if user and not _USER.fullmatch(user):
            raise SourceRefused("The user name in the address is malformed.")
        if user:
            netloc = f"{user}@{netloc}"
        user = ""
    elif user and not secret:
        # https://TOKEN@host/…: what stands before the @ is the secret.
        user, secret = "token", user
    return f"{parts.scheme}://{netloc}{parts.path}", user, secret


def _clean_scp_url(match, protocols):
    """user@host:path. Not the same as ssh://user@host/path: it begins at home."""
    user, host, path = match["user"], match["host"], match["path"]
    if "ssh" not in protocols:
        raise SourceRefused("Addresses of type ssh:// are not allowed here.")
    if not _USER.fullmatch(user) or not _HOST.fullmatch(host) or path[0] == "-":
        raise SourceRefused("The address of the repository is malformed.")
    if {"?", "#"} & set(path) or "::" in path:
        raise SourceRefused("The address of the repository is malformed.")
    return f"{user}@{host}:{path}"


def _split(url, protocols):
    protocol, separator, _rest = url.partition("://")
    if not separator or protocol not in PROTOCOLS:
        raise SourceRefused(
            "The address of a repository must begin with https://, http://, ssh:// "
            "or file://."
        )
    if protocol not in protocols:
        raise SourceRefused(f"Addresses of type {protocol}:// are not allowed here.")
    if "?" in url or "#" in url:
        raise SourceRefused(
            "The address of a repository has no '?' or '#'. Put a token into the "
            "field for the password."
        )
    try:
        parts = urlsplit(url)
        if protocol != "file" and (parts.port == 0 or not parts.hostname):
            raise ValueError
    except ValueError:
        raise SourceRefused("The address of the repository is malformed.") from None
    return parts


def _clean_file_url(parts):
    if parts.netloc:
        raise SourceRefused("A file address needs three slashes: file:///folder.")
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        raise SourceRefused("A file address needs an absolute path.")
    return f"file://{parts.path}"

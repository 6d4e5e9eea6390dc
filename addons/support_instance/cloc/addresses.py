# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Addresses of code: which servers they may lead to, what may be sent there, and which
form they have.

**Servers.** An address that somebody enters is asked for by *our* server, which sees
more than they do: its own services, the neighbours in its network, the cloud's
metadata. So a name is resolved once, every address it has is judged, and the connection
is made to exactly those addresses (a second look-up could answer differently).

Two policies. What a **customer** enters leads to public addresses only. What **staff**
enter may lead inside too, as a consultancy's own Git server does, but never to cloud
metadata; with a list of what is allowed, it leads to what the list names and nowhere
else.

**Secrets** can be opened by nothing but the code that sends them. What reads a source
is made from a record, and what hangs on a record is within reach of everything that
people may write into a database: mail templates, server actions, computed fields. So it
carries the encrypted text alone. It is opened here, by functions of a module, which no
such code can name; what they return stays in local variables.

A secret is opened for the address that it is about to be sent to, taken from the
address itself: whoever changes an address, even in the database, gets nothing sent.

**Form.** Git reads addresses as a small language (``ext::sh -c …`` runs a command, a
leading dash is an option). So only four plain forms pass, and are rebuilt from their
parts before git sees a word of them.
"""

import functools
import hashlib
import ipaddress
import os
import re
import socket
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from .errors import AccessRefused, SourceRefused, SourceUnreachable

# === SERVERS === #

_PORTS = {"https": 443, "http": 80, "ssh": 22}
_NAME = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?")

# Where clouds tell a machine its secrets; most are link-local, these are not.
_METADATA = frozenset(
    map(
        ipaddress.ip_address,
        (
            "169.254.169.254",
            "fd00:ec2::254",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
        ),
    )
)
# IPv6 addresses that are IPv4 addresses in disguise: how many bits stand before them.
_DISGUISES = (
    (ipaddress.ip_network("64:ff9b::/96"), 96),
    (ipaddress.ip_network("64:ff9b:1::/48"), 96),
    (ipaddress.ip_network("::/96"), 96),
)


@dataclass(frozen=True)
class Policy:
    """:param internal: addresses of the inside are possible (entered by staff)
    :param allowed: entries of `parse_allowed`; empty: everything that is possible
    :param plain: names of hosts that may be sent a secret without encryption
    :param folders: absolute folders of this server with repositories for everybody who
        enters addresses; None outside Odoo, where whoever counts has read them anyway
    :param private: folder of this server that no address leads into
    """

    internal: bool
    allowed: tuple = ()
    plain: tuple = ()
    folders: tuple | None = None
    private: str = ""


CUSTOMER = Policy(internal=False)
STAFF = Policy(internal=True)


def parse_allowed(text) -> tuple:
    """The entries of a list: host names, ``*.names``, networks, absolute folders.

    :raise ValueError: with the entry that is none of these
    """
    entries = []
    for entry in re.split(r"[\s,;]+", text or ""):
        if entry.startswith("/"):
            entries.append(os.path.normpath(entry))
        elif entry:
            entries.append(_parse_entry(entry.lower()))
    return tuple(entries)


def parse_hosts(text) -> tuple:
    """Names or addresses of single hosts, in lower case.

    :raise ValueError: with the entry that is none
    """
    hosts = []
    for entry in re.split(r"[\s,;]+", (text or "").lower()):
        host = entry.removeprefix("[").removesuffix("]")
        if not host:
            continue
        try:
            ipaddress.ip_address(host)
        except ValueError:
            if not _NAME.fullmatch(host) or "*" in host:
                raise ValueError(entry) from None
        hosts.append(host)
    return tuple(hosts)


def _parse_entry(entry):
    try:
        return str(ipaddress.ip_network(entry, strict=False))
    except ValueError:
        if not _NAME.fullmatch(entry):
            raise ValueError(entry) from None
    return entry


def judge(host, addresses, policy) -> tuple:
    """The addresses of a host that may be connected to, as text; all or none.

    Pure: neither resolves nor connects.

    :param host: name or address as entered
    :param addresses: what it resolves to
    :raise SourceRefused: with a sentence that says what to do
    """
    found = [ipaddress.ip_address(str(a).partition("%")[0]) for a in addresses]
    networks = _networks(policy.allowed)
    for address in found:
        real = _undisguise(address)
        if not policy.internal and not _is_public(real):
            raise SourceRefused(
                f"{host} leads to an internal address. Enter the address of a server "
                "that is reachable from the internet."
            )
        is_listed = any(real in network or address in network for network in networks)
        if not is_listed and _is_forbidden(real):
            raise SourceRefused(
                f"{host} leads to {address}, where no code is. Check the address."
            )
        if policy.allowed and not is_listed and not _is_named(host, policy.allowed):
            raise SourceRefused(
                f"{host} ({address}) is not among the allowed addresses. An "
                "administrator can add it in the settings of Support Contracts."
            )
    if not found:
        raise SourceUnreachable(f"{host} has no address. Check its name.")
    return tuple(str(address) for address in found)


def judge_folder(path, policy) -> None:
    """Whether a repository on this server may be read."""
    if not policy.internal:
        raise SourceRefused("Enter an address that begins with https:// or ssh://.")
    if policy.private and _is_inside(path, [policy.private]):
        raise SourceRefused(f"{path} is not in a folder that is allowed.")
    if policy.folders is not None and not _is_inside(path, policy.folders):
        raise SourceRefused(
            f"{path} is not in a folder that is allowed. Whoever runs the server can "
            "add its folder to support_contract_folders in Odoo's configuration."
        )
    listed = [entry for entry in policy.allowed if entry.startswith("/")]
    if policy.allowed and not _is_inside(path, listed):
        raise SourceRefused(
            f"{path} is not in a folder that is allowed. An administrator can add its "
            "folder in the settings of Support Contracts."
        )


def _is_inside(path, folders):
    """Whether a path is in one of the folders, wherever links lead."""
    real = os.path.realpath(path)
    roots = map(os.path.realpath, folders)
    return any(os.path.commonpath([real, root]) == root for root in roots)


def admit(url, policy, proxies=True) -> tuple:
    """Resolve the host of an address and judge it.

    :param proxies: whether the machine's proxies will be used

    :return: (host, port, addresses to connect to); no addresses: leave it to the
        proxy, or it is a folder
    :raise SourceRefused, SourceUnreachable:
    """
    if "://" not in url:
        host, port, scheme = url.partition("@")[2].partition(":")[0], 22, "ssh"
    else:
        parts = urlsplit(url)
        scheme, host = parts.scheme, parts.hostname or ""
        if scheme == "file":
            judge_folder(unquote(parts.path), policy)
            return "", 0, ()
        port = parts.port or _PORTS[scheme]
    if proxies and policy.internal and _has_proxy(scheme, host):
        # Our own machine may be unable to resolve it at all.
        if policy.allowed and not _is_named(host, policy.allowed):
            judge(host, resolve(host, port), policy)
        return host, port, ()
    return host, port, judge(host, resolve(host, port), policy)


def resolve(host, port) -> list:
    """Every address of a host, as the machine's resolver tells them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise SourceUnreachable(
            f"{host} cannot be found. Check the address, or try again later."
        ) from error
    return list(dict.fromkeys(entry[4][0] for entry in found))


def _has_proxy(scheme, host):
    proxies = urllib.request.getproxies_environment()
    return scheme in proxies and not urllib.request.proxy_bypass_environment(
        host, proxies
    )


@functools.lru_cache(16)
def _networks(allowed):
    return [
        ipaddress.ip_network(entry)
        for entry in allowed
        if "/" in entry and not entry.startswith("/")
    ]


def _is_named(host, allowed):
    host = host.lower().rstrip(".")
    return any(
        host == entry or (entry.startswith("*.") and host.endswith(entry[1:]))
        for entry in allowed
    )


def _undisguise(address):
    if address.version == 4:
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address.teredo:
        return address.teredo[1]
    for network, bits in _DISGUISES:
        if address in network and int(address) > 1:
            return ipaddress.IPv4Address(int(address) & (2 ** (128 - bits) - 1))
    return address


def _is_public(address):
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not getattr(address, "is_site_local", False)
        and not _is_forbidden(address)
    )


def _is_forbidden(address):
    """Whether the address is never that of a server with code, in any network.

    These are the metadata services of clouds, and addresses of a link or a group.
    """
    return (
        address in _METADATA
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    )


# === SECRETS === #

LOST = (
    "The secret of the credentials cannot be read, or was entered for another address. "
    "Enter it again."
)


@dataclass(frozen=True)
class Sealed:
    """An encrypted secret.

    :param id: of its record; with the address, what the text is bound to
    """

    id: int
    text: str = field(repr=False)


def no_opener(_text, **_belongs_to):
    """Outside Odoo there are no encrypted secrets."""
    raise AccessRefused(LOST)


_opener = no_opener


def set_opener(opener):
    """Tell how encrypted texts are opened.

    :param opener: function of the text and, by name, of all that it is bound to; raises
        :class:`AccessRefused`
    """
    global _opener
    _opener = opener


def open_secret(secret, kind, url, policy=None) -> str:
    """The secret in clear, to be sent to an address at once.

    :param secret: str, or :class:`Sealed`
    :param kind: "password", "ssh" or "api"
    :raise AccessRefused: if it cannot be opened, or belongs to another address
    :raise SourceRefused: if the network would see it
    """
    if not secret:
        return ""
    scheme, host = endpoint(url)
    check_private(scheme, host, policy)
    if isinstance(secret, Sealed):
        secret = _opener(secret.text, id=secret.id, kind=kind, scheme=scheme, host=host)
    if "\0" in secret or (kind != "ssh" and {"\r", "\n"} & set(secret)):
        raise SourceRefused("The credentials contain a line break or a NUL character.")
    return secret


def endpoint(url) -> tuple:
    """(scheme, host with its port if the address names one) of a clean address."""
    if "://" not in url:
        return "ssh", url.partition("@")[2].partition(":")[0].lower()
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.rpartition("@")[2].lower()


def check_private(scheme, host, policy=None):
    """Refuse to send a secret where everybody on the way can read it.

    :raise SourceRefused: for http to another machine that nobody has allowed
    """
    if scheme != "http":
        return
    name = urlsplit(f"//{host}").hostname or ""
    if is_loopback(name) or (policy and name in policy.plain):
        return
    raise SourceRefused(
        f"{host} is asked without encryption (http://), so everybody on the way could "
        "read the secret. Use https://. If that server has no encryption and its "
        "network is your own, an administrator can allow it in the settings of Support "
        "Contracts."
    )


def is_loopback(name) -> bool:
    """Whether a host is this machine by its very name."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


# === FORM === #

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
        never in clear, but as :class:`Sealed`
    :param known_hosts: for ssh: lines of known_hosts, the only ones that are believed
    :param protocols: what this source may use
    :param policy: which servers may be asked, see :class:`Policy`; None: any
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

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which servers may be asked for code: a guard against being sent to the inside.

An address that somebody enters is asked for by *our* server, which sees more than they
do: its own services, the neighbours in its network, the cloud's metadata. So a name is
resolved once, every address it has is judged, and the connection is made to exactly
those addresses (a second look-up could answer differently).

Two policies. What a **customer** enters leads to public addresses only. What **staff**
enter may lead inside too, as a consultancy's own Git server does, but never to cloud
metadata; with a list of what is allowed, it leads to what the list names and nowhere
else.
"""

import functools
import ipaddress
import os
import re
import socket
import urllib.request
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from .errors import SourceRefused, SourceUnreachable

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
    """

    internal: bool
    allowed: tuple = ()
    plain: tuple = ()


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
    if not policy.allowed:
        return
    # The folder itself, wherever links lead.
    real = os.path.realpath(path)
    for entry in policy.allowed:
        if entry.startswith("/"):
            folder = os.path.realpath(entry)
            if os.path.commonpath([real, folder]) == folder:
                return
    raise SourceRefused(
        f"{path} is not in a folder that is allowed. An administrator can add its "
        "folder in the settings of Support Contracts."
    )


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

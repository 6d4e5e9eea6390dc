# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Secrets that nothing but the code that sends them can open.

What reads a source is made from a record, and what hangs on a record is within reach of
everything that people may write into a database: mail templates, server actions,
computed fields. So it carries the encrypted text alone. It is opened here, by functions
of a module, which no such code can name; what they return stays in local variables.

A secret is opened for the address that it is about to be sent to, taken from the
address itself: whoever changes an address, even in the database, gets nothing sent.
"""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from .errors import AccessRefused, SourceRefused

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

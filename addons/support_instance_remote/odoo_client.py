# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Read records of another Odoo: JSON-2 for 19 and later, JSON-RPC for 14 to 18.

The other side is not trusted: it has limited time, may say a limited amount, gets the
key only over the connection that was asked for, and nothing it says is run.
"""

import json
import os
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from odoo.addons.support_instance.cloc.addresses import (
    Policy,
    Sealed,
    admit,
    open_secret,
)
from odoo.addons.support_instance.cloc.errors import (
    AccessRefused,
    SourceBroken,
    SourceRefused,
    SourceTimeout,
    SourceTooLarge,
    SourceUnreachable,
)

MAX_ANSWER = 64 * 2**20  # bytes of one answer
MAX_TOTAL = 512 * 2**20  # bytes of all of them
_PAGE = 500
_SILENCE = 60  # seconds


@dataclass(frozen=True)
class Server:
    """One database of an Odoo, and what opens it.

    :param protocol: "json2" or "jsonrpc"
    :param key: API key of a user with Settings rights; from Odoo never in clear, but as
        :class:`..support_instance.cloc.addresses.Sealed`
    """

    url: str
    protocol: str
    database: str = ""
    login: str = field(default="", repr=False)
    key: str | Sealed = field(default="", repr=False)
    policy: Policy | None = None

    def __post_init__(self):
        try:
            parts = urlsplit(self.url)
            port = parts.port
        except ValueError:
            raise SourceRefused("The address of the Odoo is malformed.") from None
        if (
            parts.scheme not in ("https", "http")
            or not parts.hostname
            or parts.username
            or parts.query
            or parts.fragment
            or any(ord(char) <= 32 or ord(char) == 127 for char in self.url)
            or "\\" in self.url
        ):
            raise SourceRefused(
                "Enter the address of the Odoo as in a browser, such as "
                "https://odoo.example.com."
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        netloc = host if port is None else f"{host}:{port}"
        path = parts.path.rstrip("/")
        for ending in ("/odoo", "/web"):
            path = path.removesuffix(ending)
        object.__setattr__(self, "url", f"{parts.scheme}://{netloc}{path}")

    @property
    def host(self):
        return urlsplit(self.url).netloc


class Client:
    """Reads records. Use as a context manager.

    :param deadline: monotonic time at which everything must be done
    """

    def __init__(self, server, deadline):
        self.server = server
        self.deadline = deadline
        self.received = 0
        self.session = requests.Session()
        # No proxy, no .netrc: what the address policy has judged is what is asked.
        self.session.trust_env = False
        # But who is believed is this machine's to say, as it is for Git.
        self.session.verify = os.environ.get("SSL_CERT_FILE") or True
        self.uid = None
        # Clients live in local variables of the process that reads: cloc/addresses.py.
        self.key = open_secret(server.key, "api", server.url, server.policy)
        self._pin()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.session.close()

    def _pin(self):
        """Connect to the addresses that were judged, and no others."""
        if not self.server.policy:
            return
        _host, _port, addresses = admit(
            self.server.url, self.server.policy, proxies=False
        )
        scheme = urlsplit(self.server.url).scheme
        self.session.mount(f"{scheme}://", _Pinned(self.server.url, addresses[0]))

    def fetch_records(self, model, domain, names):
        """Yield dicts of all records that match, archived ones too, by id."""
        last = 0
        while True:
            found = self.call(
                model,
                "search_read",
                domain=[*domain, ["id", ">", last]],
                fields=list(names),
                limit=_PAGE,
                order="id",
                context={"active_test": False},
            )
            if not isinstance(found, list):
                raise self._broken()
            for record in found:
                if not isinstance(record, dict) or not isinstance(
                    record.get("id"), int
                ):
                    raise self._broken()
                yield record
            if len(found) < _PAGE:
                return
            if found[-1]["id"] <= last:
                raise self._broken()
            last = found[-1]["id"]

    def read_records(self, model, ids, names):
        """Dicts of the records with these ids that exist.

        Finds what a search leaves out: up to 16.0 a search shows files that belong to
        no record to nobody but the superuser, whereas administrators may read them.
        """
        found = self.call(model, "read", ids=list(ids), fields=list(names))
        if not isinstance(found, list) or not all(
            isinstance(record, dict) and record.get("id") in ids for record in found
        ):
            raise self._broken()
        return found

    def call(self, model, method, ids=None, **arguments):
        """Call a method of a model, or of these of its records."""
        if self.server.protocol == "json2":
            named = arguments if ids is None else {"ids": ids, **arguments}
            return self._call_json2(model, method, named)
        if self.uid is None:
            server = self.server
            self.uid = self._call_rpc(
                "common",
                "authenticate",
                [server.database, server.login, self.key, {}],
            )
            if not isinstance(self.uid, int) or not self.uid:
                raise self._refused()
        return self._call_rpc(
            "object",
            "execute_kw",
            [
                self.server.database,
                self.uid,
                self.key,
                model,
                method,
                [] if ids is None else [ids],
                arguments,
            ],
        )

    def _call_json2(self, model, method, arguments):
        headers = {"Authorization": f"Bearer {self.key}"}
        if self.server.database:
            headers["X-Odoo-Database"] = self.server.database
        status, answer = self._post(f"/json/2/{model}/{method}", arguments, headers)
        if status in (401, 403):
            raise self._refused()
        if status == 404:
            raise SourceUnreachable(
                f"{self.server.url} has no JSON-2: it is no Odoo 19 or later, or its "
                "database is not found. Check the address, the database's name and "
                "the protocol."
            )
        if status != 200:
            raise self._broken(answer)
        return answer

    def _call_rpc(self, service, method, arguments):
        status, answer = self._post(
            "/jsonrpc",
            {
                "jsonrpc": "2.0",
                "method": "call",
                "id": 1,
                "params": {"service": service, "method": method, "args": arguments},
            },
            {},
        )
        if status != 200 or not isinstance(answer, dict):
            raise self._broken()
        if "error" in answer:
            error = answer["error"] if isinstance(answer["error"], dict) else {}
            data = error.get("data") if isinstance(error.get("data"), dict) else {}
            name = str(data.get("name", ""))
            if name.rpartition(".")[2] in ("AccessError", "AccessDenied"):
                raise self._refused()
            raise self._broken(data)
        return answer.get("result")

    def _post(self, path, body, headers):
        """(status, JSON) of one request."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise self._late()
        url = self.server.url + path
        try:
            with self.session.post(
                url,
                data=json.dumps(body).encode(),
                headers={
                    "Content-Type": "application/json",
                    "Accept-Encoding": "identity",
                    **headers,
                },
                timeout=min(_SILENCE, left),
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.is_redirect or 300 <= response.status_code < 400:
                    raise SourceUnreachable(
                        f"{self.server.url} answers with another address. Open it in a "
                        "browser and enter the address it leads to."
                    )
                data = self._receive(response)
                status = response.status_code
        except requests.exceptions.SSLError as error:
            raise SourceUnreachable(
                f"{self.server.url} has no valid certificate, so nobody knows who it "
                "is. Have its owner mend that."
            ) from error
        except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError) as error:
            raise self._late() from error
        except (
            requests.exceptions.RequestException,
            urllib3.exceptions.HTTPError,
            OSError,
            UnicodeError,
        ) as error:
            raise SourceUnreachable(
                f"{self.server.url} cannot be reached. Check the address."
            ) from error
        try:
            return status, json.loads(data)
        except (ValueError, RecursionError):
            return status, None

    def _receive(self, response):
        data = bytearray()
        # Not iter_content: it waits for a whole piece, however slowly that comes.
        while piece := response.raw.read1(2**16, decode_content=True):
            data += piece
            self.received += len(piece)
            if len(data) > MAX_ANSWER or self.received > MAX_TOTAL:
                raise SourceTooLarge(
                    f"{self.server.url} answers with too much: more than "
                    f"{MAX_ANSWER // 2**20} MB."
                )
            if time.monotonic() > self.deadline:
                raise self._late()
        return bytes(data)

    def _late(self):
        return SourceTimeout(
            f"{self.server.url} did not answer in time. Try again later, or check that "
            "the server is up."
        )

    def _refused(self):
        return AccessRefused(
            f"{self.server.url} refuses access. Check the API key (and, for JSON-RPC, "
            "database and user name). Its user needs Settings rights there."
        )

    def _broken(self, answer=None):
        """What the other side says is shown, without what we have told it."""
        said = answer.get("message", "") if isinstance(answer, dict) else ""
        said = str(said)[:200]
        if self.key:
            said = said.replace(self.key, "***")
        said = "".join(char if char.isprintable() else " " for char in said)
        message = f"{self.server.url} does not answer as an Odoo does."
        return SourceBroken(f"{message} ({said})" if said else message)


class _Pinned(HTTPAdapter):
    """Connects to one address, and insists on the certificate of the name."""

    def __init__(self, url, address):
        parts = urlsplit(url)
        self.secure = parts.scheme == "https"
        self.name, self.netloc = parts.hostname, parts.netloc
        self.target = f"[{address}]" if ":" in address else address
        if parts.port:
            self.target += f":{parts.port}"
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        if self.secure:
            options.update(server_hostname=self.name, assert_hostname=self.name)
        return super().init_poolmanager(*arguments, **options)

    def send(self, request, **options):
        parts = urlsplit(request.url)
        if parts.netloc != self.netloc:
            raise requests.exceptions.InvalidURL(request.url)
        request.url = parts._replace(netloc=self.target).geturl()
        request.headers["Host"] = self.netloc
        return super().send(request, **options)

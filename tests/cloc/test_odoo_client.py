# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The other Odoo may be anything that answers HTTP."""

import contextlib
import http.server
import json
import threading
import time

import pytest
from certificates import Authority
from standalone import load

cloc = load("support_instance.cloc")
addresses = load("support_instance.cloc.addresses")
odoo_client = load("support_instance_remote.odoo_client")
RemoteReader = load("support_instance_remote.customization").RemoteReader
CUSTOMER, STAFF, Policy = addresses.CUSTOMER, addresses.STAFF, addresses.Policy
Client, Server = odoo_client.Client, odoo_client.Server

KEY = "hemlig-nyckel-4711"


class _Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.seen.append((self.path, dict(self.headers)))
        with contextlib.suppress(OSError):
            self.server.behave(self)

    do_GET = do_POST


def answer(handler, body, status=200, **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


@contextlib.contextmanager
def serving(behave):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.behave, server.seen = behave, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def endless(handler):
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"[" * 2**20)


def drip(handler):
    handler.send_response(200)
    handler.end_headers()
    for _second in range(60):
        handler.wfile.write(b"[")
        handler.wfile.flush()
        time.sleep(0.5)


CASES = [
    (endless, cloc.SourceTooLarge),
    (drip, cloc.SourceTimeout),
    (lambda handler: time.sleep(30), cloc.SourceTimeout),
    (lambda handler: answer(handler, b"rubbish"), cloc.CountError),
    (lambda handler: answer(handler, b"[" * 100_000), cloc.CountError),
    (lambda handler: answer(handler, b"[1, 2]"), cloc.CountError),
    (lambda handler: answer(handler, b"null"), cloc.CountError),
    (lambda handler: answer(handler, b"[]"), cloc.CountError),
    (lambda handler: answer(handler, b'[{"id": "x"}]'), cloc.CountError),
    (lambda handler: answer(handler, b'{"result": [{"id": []}]}'), cloc.CountError),
    (lambda handler: answer(handler, b"{}", 401), cloc.AccessRefused),
    (lambda handler: answer(handler, b"", 500), cloc.SourceBroken),
    (
        lambda handler: answer(
            handler, json.dumps({"message": f"no\x1b[31m {KEY}"}).encode(), 422
        ),
        cloc.SourceBroken,
    ),
    (
        lambda handler: answer(
            handler,
            json.dumps(
                [{"id": 1, "name": [KEY], "state": {}, "latest_version": 7}] * 500
            ).encode(),
        ),
        cloc.CountError,
    ),
]


@pytest.mark.parametrize(("behave", "error"), CASES)
def test_what_is_no_odoo_is_refused(behave, error, monkeypatch):
    monkeypatch.setattr(odoo_client, "MAX_ANSWER", 8 * 2**20)
    with serving(behave) as server:
        for protocol in ("json2", "jsonrpc"):
            remote = Server(server.url, protocol, "db", "anna", KEY, STAFF)
            started = time.monotonic()
            with pytest.raises(cloc.CountError) as caught:
                RemoteReader(remote).count(timeout=3)
            assert time.monotonic() - started < 10
            assert KEY not in str(caught.value) and "\x1b" not in str(caught.value)
            if protocol == "json2":
                assert isinstance(caught.value, error), caught.value


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_the_key_nowhere(status):
    with serving(lambda handler: answer(handler, b"[]")) as other:

        def redirect(handler):
            answer(handler, b"", status, Location=f"{other.url}{handler.path}")

        with serving(redirect) as server:
            for protocol in ("json2", "jsonrpc"):
                remote = Server(server.url, protocol, "db", "anna", KEY)
                with pytest.raises(cloc.SourceUnreachable, match="another address"):
                    RemoteReader(remote).count(timeout=10)
        assert not other.seen


def test_it_connects_to_the_address_that_was_judged(monkeypatch):
    asked = []

    def resolve(host, port):
        asked.append((host, port))
        return ["127.0.0.1"]

    monkeypatch.setattr(addresses, "resolve", resolve)
    with serving(lambda handler: answer(handler, b'[{"id": 1}]')) as server:
        port = server.server_port
        url = f"http://rebinding.invalid:{port}"
        with Client(Server(url, "json2", policy=STAFF), time.monotonic() + 9) as client:
            assert list(client.fetch_records("res.partner", [], ["name"])) == [
                {"id": 1}
            ]
        assert asked == [("rebinding.invalid", port)]
        assert server.seen[0][1]["Host"] == f"rebinding.invalid:{port}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://odoo.example.com", "https://odoo.example.com"),
        ("https://odoo.example.com/", "https://odoo.example.com"),
        ("https://odoo.example.com:8069/web", "https://odoo.example.com:8069"),
        ("https://ODOO.example.com/odoo/", "https://odoo.example.com"),
        ("http://[::1]:8069/x", "http://[::1]:8069/x"),
    ],
)
def test_addresses_as_people_copy_them(url, expected):
    assert Server(url, "json2").url == expected


@pytest.mark.parametrize(
    "url",
    [
        *("", "odoo.example.com", "ftp://a.se", "file:///etc", "https://", "//a.se"),
        *("https://u:p@a.se", "https://a.se?x", "https://a.se#x", "https://a.se:x"),
        *("https://a b.se", "https://a.se\n", "https://a.se\\@b.se"),
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(cloc.SourceRefused):
        Server(url, "json2")


@pytest.mark.parametrize(
    "policy", [None, STAFF, CUSTOMER, Policy(True, plain=("b.se",))]
)
@pytest.mark.parametrize("host", ["a.se", "a.se:8080", "10.0.0.7", "127.0.0.1.a.se"])
def test_no_key_goes_over_plain_http(monkeypatch, policy, host):
    """It is refused before the name is even looked up."""
    monkeypatch.setattr("socket.getaddrinfo", None)
    server = Server(f"http://{host}", "json2", key="key", policy=policy)
    with pytest.raises(cloc.SourceRefused, match="without encryption"):
        Client(server, time.monotonic() + 5)


class _Listener(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass

    def do_POST(self):
        self.server.seen.append(self.headers.get("Authorization"))
        body = json.dumps([]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def authority(tmp_path, monkeypatch):
    """One that this machine believes."""
    made = Authority(tmp_path / "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made


@pytest.mark.parametrize("policy", [None, STAFF])
def test_a_running_odoo_proves_who_it_is_before_it_gets_the_key(
    authority, tmp_path, policy
):
    other = Authority(tmp_path / "other", "Authority that nobody believes")
    for tls, is_believed in (
        (authority.context("localhost"), True),
        (authority.context("odoo.example.com"), False),
        (authority.context("localhost", -30, -1), False),
        (other.context("localhost"), False),
    ):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Listener)
        server.seen = []
        server.handle_error = lambda *_arguments: None
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"https://localhost:{server.server_port}"
        try:
            remote = Server(url, "json2", key="nyckel", policy=policy)
            with Client(remote, time.monotonic() + 10) as client:
                if is_believed:
                    assert client.call("res.users", "search", domain=[]) == []
                else:
                    with pytest.raises(cloc.SourceUnreachable, match="certificate"):
                        client.call("res.users", "search", domain=[])
        finally:
            server.shutdown()
            server.server_close()
        assert server.seen == (["Bearer nyckel"] if is_believed else [])

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A real Git server over HTTP on this machine: ``git http-backend`` behind a gate."""

import base64
import contextlib
import http.server
import os
import socket
import subprocess
import threading
from urllib.parse import urlsplit


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, root, *, user="", password="", mode="", tls=None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "http"
        if tls:  # an ssl.SSLContext
            self.scheme = "https"
            # The handshake is the business of the thread that answers.
            self.socket = tls.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.root = str(root)
        login = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.wanted = f"Basic {login}" if user else ""
        # "", "cut", "hang", "drip", "redirect", "rubbish" or "dumb"
        self.mode = mode
        self.hidden = ()  # what a dumb one does not show: parts of paths
        self.released = threading.Event()  # ends "hang": the connection is closed
        self.seen = []  # (path, value of the Authorization header)

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, *_arguments):
        pass  # a client that hangs up is part of some tests


class _Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_arguments):
        pass

    def do_GET(self):
        server, parts = self.server, urlsplit(self.path)
        authorization = self.headers.get("Authorization", "")
        server.seen.append((self.path, authorization))
        if server.mode == "hang":
            self.close_connection = server.released.wait(30)
            return
        if server.mode == "rubbish":
            self.send_response(200)
            kind = "application/x-git-upload-pack-advertisement"
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(os.urandom(100_000))
            return
        if server.mode == "redirect":
            self.send_response(302)
            self.send_header("Location", f"{server.other}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if server.wanted and authorization != server.wanted:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.end_headers()
            return
        if server.mode == "dumb":
            self.send_file(parts.path)
        else:
            self.send_backend(parts)

    do_POST = do_GET

    def send_file(self, path):
        try:
            if any(part in path for part in self.server.hidden):
                raise FileNotFoundError(path)
            with open(server_path(self.server.root, path), "rb") as file:
                data = file.read()
        except OSError:
            self.send_error(404)
            return
        self.send_response(200)
        self.end_headers()
        self.wfile.write(data)

    def send_backend(self, parts):
        length = int(self.headers.get("Content-Length") or 0)
        env = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_PROJECT_ROOT": self.server.root,
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(
            ["git", "http-backend"],
            input=self.rfile.read(length),
            capture_output=True,
            env=env,
            check=False,
        )
        head, _blank, body = done.stdout.partition(b"\r\n\r\n")
        headers = [line.split(": ", 1) for line in head.decode().split("\r\n")]
        status = dict(headers).get("Status", "200").split()[0]
        self.send_response(int(status))
        for name, value in headers:
            if name != "Status":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.server.mode == "cut" and len(body) > 20_000:
            self.wfile.write(body[: len(body) // 2])
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if self.server.mode == "drip" and len(body) > 20_000:
            for start in range(0, len(body), 100):
                self.wfile.write(body[start : start + 100])
                if self.server.released.wait(0.02):
                    return
        self.wfile.write(body)


def server_path(root, path):
    return os.path.join(root, path.lstrip("/"))


@contextlib.contextmanager
def serving(root, **options):
    server = Server(root, **options)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

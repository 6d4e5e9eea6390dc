# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""An SMTP server that keeps what it gets, and can be down."""

import contextlib
import email
import email.policy
import socket
import socketserver
import threading


class _Session(socketserver.StreamRequestHandler):
    """RFC 5321, as much of it as a client needs to hand in a message."""

    def handle(self):
        self.say("220 test ESMTP")
        recipients = []
        for line in self.rfile:
            verb = line.decode("latin-1").strip()
            name = verb[:4].upper()
            if name == "EHLO":
                self.say("250-test", "250-8BITMIME", "250 SMTPUTF8")
            elif name == "DATA":
                self.say("354 go on")
                message = self.read_message()
                self.server.messages.append((tuple(recipients), message))
                self.say("250 taken")
                recipients = []
            elif name == "QUIT":
                self.say("221 bye")
                return
            else:
                if name == "RCPT":
                    recipients.append(verb.partition("<")[2].partition(">")[0])
                self.say("250 fine")

    def read_message(self):
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        return email.message_from_bytes(b"".join(lines), policy=email.policy.default)

    def say(self, *lines):
        for line in lines:
            self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, address):
        super().__init__(address, _Session)
        self.messages = []


class SmtpServer:
    """Its port is its own from the beginning, and answers inside `with up()` only."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.messages = []  # (recipients, email.message.EmailMessage)

    @contextlib.contextmanager
    def up(self):
        with _Server(("127.0.0.1", self.port)) as server:
            server.messages = self.messages
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield
            finally:
                server.shutdown()
                thread.join()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Git over ssh from a real ssh server on this machine, with a deploy key."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time

import asyncssh
import cloc
import pytest
from cloc.addresses import CUSTOMER, STAFF
from repositories import Repository


class Server:
    """Lets one public key in and runs git's half of a fetch for it."""

    def __init__(self, root, allowed):
        self.root = root
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.allowed = allowed
        self.commands = []

    async def start(self):
        self.listener = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[self.host_key],
            authorized_client_keys=asyncssh.import_authorized_keys(
                self.allowed.export_public_key().decode()
            ),
            process_factory=self.serve,
            encoding=None,
        )
        self.port = self.listener.get_port()

    async def serve(self, process):
        self.commands.append(process.command)
        verb, _blank, path = process.command.partition(" ")
        if verb != "git-upload-pack":
            process.exit(1)
            return
        git = await asyncio.create_subprocess_exec(
            "git",
            "upload-pack",
            self.root + path.strip("'"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        await process.redirect(stdin=git.stdin, stdout=git.stdout, stderr=git.stderr)
        process.exit(await git.wait())

    @property
    def known_hosts(self):
        key = self.host_key.export_public_key().decode().strip()
        return f"[127.0.0.1]:{self.port} {key}"


@contextlib.contextmanager
def serving(root, allowed):
    server = Server(root, allowed)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.start(), loop).result(30)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(server.listener.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def private(key):
    return key.export_private_key("openssh").decode()


@pytest.fixture
def key():
    return asyncssh.generate_private_key("ssh-ed25519")


@pytest.fixture
def server(tmp_path, key):
    repository = Repository(tmp_path / "srv" / "project")
    repository.module("first", a_py="a = 1\n")
    repository.commit()
    with serving(str(tmp_path / "srv"), key) as server:
        server.url = f"ssh://git@127.0.0.1:{server.port}/project/.git"
        yield server


@pytest.fixture
def cache(tmp_path):
    return str(tmp_path / "cache")


def fetch(server, cache, key, **options):
    source = cloc.Source(server.url, "main", secret=private(key), **options)
    revision = cloc.fetch(source, cache, timeout=60)
    return cloc.count_revision(revision.repo_path, revision.commit)


def kept(cache):
    """What lies in the cache folder, in bytes."""
    found = b""
    for folder, _dirs, names in os.walk(cache):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                found += file.read()
    return found


def test_a_deploy_key_opens_a_repository(server, cache, key):
    for policy in (None, STAFF):
        assert fetch(server, cache, key, policy=policy).code == 1
    assert all(cmd.startswith("git-upload-pack") for cmd in server.commands)
    # Nothing of the key is left.
    assert private(key).splitlines()[1].encode() not in kept(cache)


def test_another_key_does_not(server, cache):
    other = asyncssh.generate_private_key("ssh-ed25519")
    with pytest.raises(cloc.AccessRefused) as caught:
        fetch(server, cache, other)
    assert private(other).splitlines()[1] not in str(caught.value)
    source = cloc.Source(server.url, "main", secret="no key at all")
    with pytest.raises(cloc.AccessRefused):
        cloc.fetch(source, cache, timeout=60)
    assert not server.commands


def test_only_the_host_key_that_was_entered_is_believed(server, cache, key):
    for policy in (None, STAFF):
        known = server.known_hosts
        options = {"known_hosts": known, "policy": policy}
        assert fetch(server, cache, key, **options).code == 1
        seen = len(server.commands)
        stranger = asyncssh.generate_private_key("ssh-ed25519")
        other = stranger.export_public_key().decode().strip()
        options["known_hosts"] = f"{known.split()[0]} {other}"
        with pytest.raises(cloc.AccessRefused, match="host key"):
            fetch(server, cache, key, **options)
        # Nor one that the entered lines do not name.
        options["known_hosts"] = f"git.example.com {known.partition(' ')[2]}"
        with pytest.raises(cloc.AccessRefused, match="host key"):
            fetch(server, cache, key, **options)
        assert len(server.commands) == seen


def test_a_host_key_that_changes_after_the_first_visit_is_refused(server, cache, key):
    assert fetch(server, cache, key).code == 1
    path = os.path.join(cache, "known_hosts")
    stranger = asyncssh.generate_private_key("ssh-ed25519")
    with open(path, "w") as file:
        public = stranger.export_public_key().decode().strip()
        file.write(f"[127.0.0.1]:{server.port} {public}\n")
    seen = len(server.commands)
    with pytest.raises(cloc.AccessRefused, match="host key"):
        fetch(server, cache, key)
    assert len(server.commands) == seen


def test_a_customer_s_ssh_address_does_not_lead_inside(server, cache, key):
    with pytest.raises(cloc.SourceRefused):
        fetch(server, cache, key, policy=CUSTOMER)
    assert not server.commands


FETCH = """
import sys
import cloc
url, cache = sys.argv[1:]
cloc.fetch(cloc.Source(url, "main", secret=sys.stdin.read()), cache, timeout=60)
"""


def private_folders(cache):
    if not os.path.isdir(cache):
        return []
    return [name for name in os.listdir(cache) if name.startswith("private-")]


def test_the_key_of_a_killed_fetch_goes_with_the_next_one(server, cache, key):
    secret = private(key).splitlines()[1].encode()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"ssh://git@127.0.0.1:{silent.getsockname()[1]}/project/.git"
        process = subprocess.Popen(
            [sys.executable, "-c", FETCH, url, cache],
            stdin=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.path.dirname(cloc.__path__[0])},
        )
        process.stdin.write(private(key).encode())
        process.stdin.close()
        deadline = time.monotonic() + 30
        while secret not in kept(cache) and time.monotonic() < deadline:
            time.sleep(0.05)
        # ssh is there: from now on it waits for the silent server.
        silent.settimeout(30)
        connection, _address = silent.accept()
        with connection:
            # While it runs, nobody else takes the key away, however old it is.
            time.sleep(11)
            assert fetch(server, cache, key).code == 1
            assert len(private_folders(cache)) == 1
            process.kill()
            process.wait(10)
            assert secret in kept(cache)
            assert fetch(server, cache, key).code == 1
        assert private_folders(cache) == []
        assert secret not in kept(cache)

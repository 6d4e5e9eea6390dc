# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A PostgreSQL server of a test's own, which can be stopped without harm to others."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from tooling import console, paths, postgres

SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
# As in production: what is committed survives the server's crash.
SETTINGS = {
    **postgres.SETTINGS,
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_wal_size": "1GB",
}


class OwnPostgres:
    def __init__(self, folder):
        self.cluster = folder / "cluster"
        self.socket = folder / "socket"
        self.log = paths.LOGS / "test-own-postgresql.log"
        self.process = None
        self.environment = {
            "PGHOST": str(self.socket),
            "PGPORT": postgres.PORT,
            "PGUSER": postgres.ROLE,
        }

    def make(self):
        """The data folder, empty."""
        capability = postgres._capability()
        for folder in (self.cluster, self.socket):
            postgres._own_folder(folder)
        with postgres._reachable_binaries(capability) as binaries:
            initdb = [binaries / "initdb", "--pgdata", self.cluster]
            initdb += ["--username", postgres.ROLE, "--auth=trust", "--no-sync"]
            console.run(
                postgres.as_server_user(
                    [*initdb, "--encoding=UTF8", "--locale=C"], capability
                ),
                log=self.log,
                what="Making the data folder failed",
                env=postgres._environment_of_server(),
                cwd="/",
            )
        options = {**SETTINGS, "unix_socket_directories": f"'{self.socket}'"}
        (self.cluster / "postgresql.auto.conf").write_text(
            "".join(f"{name} = {value}\n" for name, value in options.items())
        )

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                postgres.as_server_user(
                    ["./postgres", "-D", self.cluster], postgres._capability()
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=postgres.binary("postgres").parent,
                env=postgres._environment_of_server(),
                start_new_session=True,
            )
        deadline = time.monotonic() + 120
        while not self.answers():
            assert self.process.poll() is None, self.log.read_text()[-4000:]
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            time.sleep(0.05)

    def answers(self):
        command = [postgres.binary("pg_isready"), "--quiet", "--timeout=3"]
        env = {**os.environ, **self.environment}
        return subprocess.run(command, env=env).returncode == 0

    def stop(self, mode):
        """`fast` cuts the connections; `immediate` is a crash."""
        self.process.send_signal(SIGNALS[mode])
        self.process.wait(60)

    def copy(self, pg, name):
        """Copy a database of another server, under the same name."""
        env = {**os.environ, **self.environment}
        subprocess.run([postgres.binary("createdb"), name], env=env, check=True)
        dump = [postgres.binary("pg_dump"), "--no-owner", name]
        psql = [postgres.binary("psql"), "--quiet", "--no-psqlrc", "--dbname", name]
        with subprocess.Popen(
            dump, env={**os.environ, **pg}, stdout=subprocess.PIPE
        ) as source:
            subprocess.run(
                [*psql, "--set", "ON_ERROR_STOP=1"],
                env=env,
                stdin=source.stdout,
                stdout=subprocess.DEVNULL,
                check=True,
            )
        assert source.returncode == 0


@contextlib.contextmanager
def own_postgres():
    """The server runs inside, as long as nobody stops it."""
    # Where the server's user can go, and short enough for the name of a socket.
    folder = Path(tempfile.mkdtemp(prefix="support-contract-"))
    folder.chmod(0o711)
    server = OwnPostgres(folder)
    try:
        server.make()
        server.start()
        yield server
    finally:
        if server.process and server.process.poll() is None:
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)

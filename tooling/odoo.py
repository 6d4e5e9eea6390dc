# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Odoo's processes in this environment: a command, a shell, a server."""

import base64
import contextlib
import os
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

from . import locks, measuring, odoo_log, paths
from .console import Failure, run
from .steps import write_atomically

# What would bring another environment's packages into ours, or slow it down.
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE")

# What is asked for and what that depends on, and no add-on that Odoo would add.
ALONE = "--skip-auto-install"


def environment(pg=None):
    """The environment of every process we start.

    `pg` is what postgres.running() gave; without it the caller only needs Python.
    """
    env = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    # Compiled code is kept, and kept in our folder: reading Odoo's sources anew takes
    # seconds at every start, and an Odoo of the person's own stays as it is.
    env["PYTHONPYCACHEPREFIX"] = str(paths.BUILD / "pycache")
    env["PATH"] = f"{paths.VENV_BIN}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["ODOO_RC"] = str(configuration())
    env.setdefault("SUPPORT_CONTRACT_KEY", encryption_key())
    # Where tests, benches and demonstrations make their repositories.
    folders = (tempfile.gettempdir(), str(paths.ROOT))
    env.setdefault("SUPPORT_CONTRACT_FOLDERS", ",".join(folders))
    env.update(measuring.environment())
    env.update(pg or {})
    return env


def encryption_key():
    """The key that credentials are encrypted with here; made when first asked for.

    It is in no database, nor in odoo.conf: see the add-on's readme/CONFIGURE.md.
    """
    path = paths.BUILD / "support_contract.key"
    if path.exists():
        return path.read_text(encoding="ascii")
    with contextlib.suppress(FileExistsError):
        paths.BUILD.mkdir(parents=True, exist_ok=True)
        key = base64.urlsafe_b64encode(os.urandom(32))
        draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(key)
        try:
            os.link(draft, path)  # whole, and only if there is none
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")


def configuration():
    """odoo.conf, or a copy with absolute paths when we are not in its folder.

    Odoo reads relative paths from where it is started.
    """
    if Path.cwd() == paths.ROOT:
        return paths.CONFIG
    lines = []
    for line in paths.CONFIG.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if name.strip() in ("addons_path", "data_dir", "screenshots"):
            parts = [str(paths.ROOT / part.strip()) for part in value.split(",")]
            line = f"{name}{equals} {','.join(parts)}"
        lines.append(line)
    absolute = paths.BUILD / "odoo.conf"
    text = "\n".join(lines) + "\n"
    if not absolute.exists() or absolute.read_text(encoding="utf-8") != text:
        write_atomically(absolute, text)
    return absolute


def command(*arguments):
    return [str(paths.PYTHON), "-m", "odoo", *map(str, arguments)]


def run_odoo(arguments, pg, **options):
    """Run Odoo to its end; returns subprocess.CompletedProcess."""
    return subprocess.run(
        command(*arguments),
        env=environment(pg),
        pass_fds=tuple(locks.INHERITED),
        **options,
    )


def install(pg, database, modules, log):
    """Install add-ons on a database; a warning in Odoo's log is a failure."""
    names = ",".join(modules)
    arguments = ["--database", database, "--init", names]
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_bytes(b"")
    run(
        command(*arguments, "--stop-after-init", "--no-http"),
        log=log,
        what=f"Installing {names} on {database} failed",
        env=environment(pg),
        cwd=paths.ROOT,
    )
    refuse_complaints(log.read_text(encoding="utf-8", errors="replace"), log)


def shell(pg, database, code, *arguments):
    """Run Python code in `odoo shell`; returns what it printed.

    `env` is there; the transaction is rolled back unless the code commits. An
    exception, or a warning in Odoo's log, is a Failure.
    """
    result = run_odoo(
        ["shell", "--database", database, "--no-http", *arguments],
        pg,
        input=code,
        text=True,
        capture_output=True,
        cwd=paths.ROOT,
    )
    if result.returncode:
        raise Failure(f"odoo shell on {database} failed:\n{result.stderr[-8000:]}")
    refuse_complaints(result.stderr)
    return result.stdout


def refuse_complaints(text, log=None):
    if complaints := odoo_log.complaints(text):
        where = f" in {paths.relative(log)}" if log else ""
        listed = "\n".join(map(str, complaints))
        raise Failure(f"Odoo's log has warnings or errors{where}:\n{listed}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(pg, database, port=None, log=None, arguments=()):
    """A server for one database in the background; gives its address.

    Its scheduled actions do not run (pass --max-cron-threads to change that).
    """
    port = port or free_port()
    log = log or paths.LOGS / f"serving-{database}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    asked = ["--database", database, "--db-filter", f"^{database}$"]
    asked += ["--http-port", port, "--gevent-port", free_port()]
    asked += ["--max-cron-threads", "0", *arguments]
    with open(log, "wb") as stream:
        process = subprocess.Popen(
            command(*asked),
            env=environment(pg),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            cwd=paths.ROOT,
            pass_fds=tuple(locks.INHERITED),
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(f"{address}/web/health", process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_for(url, process, log, patience=120):
    # No proxy: the address is this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), opener.open(url, timeout=10):
            return
        time.sleep(0.2)
    raise Failure("Odoo's server did not start", log=log)

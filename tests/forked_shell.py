# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""`odoo shell` without its start: processes that have loaded Odoo, and fork.

Loading Odoo takes longer than most of what tests do in it. One process for each
database that others are copied from loads it and keeps no connection; what runs on a
copy is a fork with connections of its own. It sees what others have changed meanwhile,
as workers of a server do. For databases whose add-ons stay as they are.
"""

import fcntl
import json
import os
import subprocess
import tempfile
import time
from pathlib import Path

from tooling import odoo
from tooling.console import Failure

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 600

PARENT = """
import json, os, signal, sys, threading, traceback
from contextlib import closing
from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry

registry = env.registry
env.cr.close()
sql_db.close_all()


def run(job):
    name, code = job["database"], job["code"]
    # Connections of before are not ours to use, nor to close.
    sql_db._Pool = sql_db._Pool_readonly = None
    threading.current_thread().dbname = registry.db_name = name
    registry._db = sql_db.db_connect(name)
    Registry.registries[name] = registry
    current = registry.check_signaling()
    with closing(current.cursor()) as cr:
        context = api.Environment(cr, SUPERUSER_ID, {})["res.users"].context_get()
        own = api.Environment(cr, SUPERUSER_ID, context)
        cr.rollback()
        # As `odoo shell` has it.
        names = {"odoo": odoo, "env": own, "self": own.user}
        exec(code, names)
        cr.rollback()


def answer(job):
    for descriptor, path in ((1, job["stdout"]), (2, job["stderr"])):
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, descriptor)
    pid, status = os.fork(), 1
    if not pid:
        try:
            run(job)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    _pid, status = os.waitpid(pid, 0)
    with open(job["status"] + "_new", "w") as file:
        file.write(str(os.waitstatus_to_exitcode(status)))
    os.rename(job["status"] + "_new", job["status"])
    os._exit(0)


sys.stdout.flush()
with open({path!r}) as jobs:
    print("LOADED", flush=True)
    for job in jobs:
        if not os.fork():
            answer(json.loads(job))
try:
    while True:
        os.wait()
except ChildProcessError:
    os._exit(0)
"""
GATE = """
def gate():
    import fcntl
    print("READY", flush=True)
    with open({path!r}) as file:
        fcntl.flock(file, fcntl.LOCK_SH)

"""


class Job:
    """One piece of code that runs, or has run."""

    def __init__(self, folder, merged=False):
        self.stdout = Path(folder) / "stdout"
        self.stderr = self.stdout if merged else Path(folder) / "stderr"
        self.status = Path(folder) / "status"
        self.stdout.touch()
        self.stderr.touch()

    def wait(self, ready=None):
        """Until it has ended, or has printed that it is ready."""
        deadline = time.monotonic() + PATIENCE
        while not self.status.exists():
            if ready and ready in self.stdout.read_text():
                return
            assert time.monotonic() < deadline, f"{PATIENCE} s: {self.stdout}"
            time.sleep(0.02)


class ForkedShells:
    def __init__(self, pg):
        self.pg = pg
        self.origins = {}  # name of a copy: name of what it was copied from
        self.parents = {}  # name of the latter: (process, file that takes jobs)
        self.folder = tempfile.TemporaryDirectory(prefix="support-contract-shells-")

    def run(self, name, code):
        """As `tooling.odoo.shell`: what it prints; a complaint in the log fails."""
        job = self._start(name, code)
        job.wait()
        log = job.stderr.read_text()
        if job.status.read_text() != "0":
            raise Failure(f"odoo shell on {name} failed:\n{log[-8000:]}")
        odoo.refuse_complaints(log)
        return job.stdout.read_text()

    def run_at_once(self, name, scripts):
        """Each in a process of its own, which wait for each other at their `gate()`;
        returns what each wrote, its log included.
        """
        gate = Path(self._make_folder()) / "gate"
        gate.touch()
        before = GATE.format(path=str(gate))
        with open(gate) as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            jobs = [self._start(name, before + code, merged=True) for code in scripts]
            for job in jobs:
                job.wait(ready="READY")
        outputs = []
        for job in jobs:
            job.wait()
            outputs.append(job.stdout.read_text())
            assert "READY" in outputs[-1], f"it ended before the gate:\n{outputs[-1]}"
        return outputs

    def close(self):
        for process, jobs in self.parents.values():
            jobs.close()
            process.wait(60)
        self.folder.cleanup()

    def _make_folder(self):
        return tempfile.mkdtemp(dir=self.folder.name)

    def _start(self, name, code, merged=False):
        job = Job(self._make_folder(), merged)
        asked = {"database": name, "code": code}
        for attribute in ("stdout", "stderr", "status"):
            asked[attribute] = str(getattr(job, attribute))
        _process, jobs = self._get_parent(self.origins.get(name, name))
        jobs.write(json.dumps(asked) + "\n")
        jobs.flush()
        return job

    def _get_parent(self, origin):
        if origin not in self.parents:
            folder = Path(self._make_folder())
            path = folder / "jobs"
            os.mkfifo(path)
            log = folder / "log"
            with open(log, "wb") as stream:
                process = subprocess.Popen(
                    odoo.command(
                        "shell", "-d", origin, "--no-http", "--log-level=info"
                    ),
                    env=odoo.environment(self.pg),
                    stdin=subprocess.PIPE,
                    stdout=stream,
                    stderr=stream,
                    text=True,
                    cwd=ROOT,
                )
            process.stdin.write(PARENT.replace("{path!r}", repr(str(path))))
            process.stdin.close()
            # Opening waits for the other end, which may have failed.
            descriptor = os.open(path, os.O_RDWR)
            self.parents[origin] = (process, open(descriptor, "w"))
            deadline = time.monotonic() + PATIENCE
            while "LOADED" not in log.read_text():
                assert process.poll() is None, log.read_text()[-8000:]
                assert time.monotonic() < deadline, log.read_text()[-8000:]
                time.sleep(0.05)
        return self.parents[origin]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Odoo's own command line in this environment."""

import os
import signal
import subprocess
from pathlib import Path

from . import odoo_home, paths, postgres
from .steps import write_atomically

HELP = """\
Odoo's own command line in this environment, set up and with its database running.
All arguments are Odoo's:

  bin/odoo -d demo                     serve the database demo
  bin/odoo -d demo -u support_contract update an add-on
  bin/odoo shell -d demo               a Python prompt with `env`
  bin/odoo help                        Odoo's commands
  bin/odoo server --help               the server's options

The configuration is odoo.conf; for another one: bin/odoo -c FILE
"""


def environment(pg=None):
    """The environment of every process we start.

    `pg` is what postgres.running() gave; without it the caller only needs Python.
    """
    env = {
        name: value
        for name, value in os.environ.items()
        # What would bring another environment's packages into ours.
        if name not in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    }
    env["PATH"] = f"{paths.VENV_BIN}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["ODOO_RC"] = str(configuration())
    env.update(pg or {})
    return env


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
    return subprocess.run(command(*arguments), env=environment(pg), **options)


def in_foreground(arguments, env):
    """Run a command as if we were it: its terminal, its signals, its exit status."""
    # Ctrl-C goes to both of us; Odoo shuts down cleanly and we wait for it.
    process = None

    def forward(number, frame):
        # A terminal's Ctrl-C has reached the child already.
        if process and number != signal.SIGINT:
            process.send_signal(number)

    previous = {
        number: signal.signal(number, forward)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        process = subprocess.Popen(arguments, env=env)
        code = process.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 128 - code if code < 0 else code


def main(arguments):
    from . import setup

    if arguments in (["--help"], ["-h"]):
        print(HELP, end="")
        return 0
    setup.ensure()
    with postgres.running() as pg:
        return in_foreground(command(*arguments), environment(pg))


def version():
    return odoo_home.version()

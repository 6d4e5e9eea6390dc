# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/shots: pictures of every main screen, on a computer and on a telephone."""

import argparse
import json
import os

from . import databases, demo, odoo, paths, postgres, setup, shots_screens, system
from .console import Failure, run, say
from .locks import FileLock

HELP = """\
Take pictures of every main screen of the demo, in English and in Swedish, on a
computer and on a telephone, into .build/shots. The database `demo` is copied first, so
nothing in it changes; if there is none, it is made.

  bin/shots                    everything
  bin/shots contract invoice   only screens whose name begins so
"""

FOLDER = paths.BUILD / "shots"


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/shots",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", help="beginnings of screens' names")
    parser.add_argument(
        "--view",
        action="append",
        choices=list(shots_screens.VIEWS),
        help="language and device (default: all)",
    )
    parser.add_argument(
        "--docs", action="store_true", help="make the pictures of README.md anew"
    )
    options = parser.parse_args(arguments)
    setup.ensure()
    browser = system.needed_browser()
    database = f"shots_{os.getpid()}"
    port = odoo.free_port()
    address = f"http://127.0.0.1:{port}"
    wanted = vars(options) | {
        "address": address,
        "browser": str(browser),
        "folder": str(FOLDER),
    }
    with postgres.running() as pg:
        try:
            _copy_demo(pg, database, address)
            say("Entering what the demo has none of ...")
            folder = str(paths.BUILD / "shots-repositories")
            call = f"import sys; sys.path.insert(0, {str(paths.ROOT)!r})\n"
            call += f"from tooling.shots_fill import fill; fill(env, {folder!r})\n"
            odoo.shell(pg, database, call)
            with odoo.serving(pg, database, port, paths.LOGS / "shots-server.log"):
                _shoot(pg, wanted)
        finally:
            databases.drop_database(pg, database)
    return 0


def _copy_demo(pg, database, address):
    lock = FileLock(paths.BUILD / "demo" / "lock")
    if not lock.try_exclusive():
        raise Failure(
            "The demo is in use, so it cannot be copied",
            "Stop bin/demo with Ctrl-C first.",
        )
    try:
        if not databases.exists(pg, demo.DATABASE):
            demo.make(pg)
        databases.copy_database(pg, demo.DATABASE, database, address)
    finally:
        lock.release()


def _shoot(pg, wanted):
    log = paths.LOGS / "shots.log"
    log.write_bytes(b"")
    say(f"Taking pictures into {paths.relative(FOLDER)} ...")
    run(
        [paths.PYTHON, "-m", "tooling.shots_browser", json.dumps(wanted)],
        log=log,
        what="Taking pictures failed",
        env=odoo.environment(pg),
        cwd=paths.ROOT,
    )
    say(log.read_text(encoding="utf-8").strip().splitlines()[-1])

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/trace: the files that run between a repository and the invoice line."""

import argparse
import json
import os
import shutil
import time
from pathlib import Path

from . import databases, odoo, paths, postgres, setup
from .console import Failure, say
from .demo_repositories import copy_module, git

HELP = """\
Count and bill one contract with one instance in Git, and print which files of the
add-ons run on the way, in the order of their first use and with the number of calls:
functions only, what is merely imported is not there. Processes that count are watched
as well. Only billing and what it stands on are installed.

The way begins when the repository is fetched and ends when the invoice is posted.
`--all` lists what runs before (to choose and to fetch) and afterwards, too.
"""

TRACED = Path(__file__).with_name("traced_billing.py")
WORKER = Path(__file__).with_name("traced_worker.py")
MODULES = ("partner_firstname", "web_dialog_size")
BEFORE, ON_THE_WAY, AFTERWARDS = range(3)


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/trace",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--all", action="store_true", help="also what runs before and afterwards"
    )
    options = parser.parse_args(arguments)
    setup.ensure()
    with postgres.running() as pg:
        phases = trace(pg)
    way = phases[ON_THE_WAY]
    if options.all:
        _show("Before: what to count, and fetching it", phases[BEFORE])
        _show("From the fetched repository to the posted invoice", way)
        _show("Afterwards", phases[AFTERWARDS])
    else:
        _show("From the fetched repository to the posted invoice", way)
    say(f"{len(way)} files")
    return 0


def _show(title, calls):
    say(title)
    for number, (name, times) in enumerate(calls.items(), 1):
        say(f"{number:5}  {times:7}  {name}")
    say()


def trace(pg):
    """Three dicts {file: calls}, in the order of first use: before, on the way, after.

    On a copy of a database with nothing of ours but billing and what it stands on.
    """
    folder = paths.BUILD / f"trace-{os.getpid()}"
    name = f"trace_{os.getpid()}"
    template = databases.installed_database(
        pg, ("support_contract_billing", "l10n_se"), alone=True
    )
    try:
        repository = make_repository(folder)
        databases.copy_database(pg, template, name)
        databases.start_billing(pg, name)
        code = TRACED.read_text(encoding="utf-8")
        call = f"trace({repository.as_uri()!r}, {str(paths.ADDONS)!r}, {str(WORKER)!r})"
        output = odoo.shell(pg, name, f"{code}\n{call}\n")
    finally:
        databases.drop_database(pg, name)
        shutil.rmtree(folder, ignore_errors=True)
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    if not lines:
        raise Failure(f"Nothing was traced:\n{output}")
    return json.loads(lines[0].removeprefix("RESULT "))


def make_repository(folder):
    for module in MODULES:
        copy_module(module, folder / "code" / module)
        # What was parsed once is known: a file of today has to be parsed.
        new = folder / "code" / module / "new.py"
        new.write_text(f"at = {time.time()!r}\n", encoding="utf-8")
    work = folder / "code"
    git("init", "--quiet", "--initial-branch=main", work)
    git("add", "--all", cwd=work)
    git("commit", "--quiet", "--message=Customer's code", cwd=work)
    return work

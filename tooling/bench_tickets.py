# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/bench tickets: tickets that know contract, verdict and clause, beside plain ones.

N tickets of 100 customers are created, a hundred in a transaction: in OCA
`helpdesk_mgmt` with `helpdesk_mgmt_project` alone, and with contracts, where each of
them finds its contract and instance and is judged. Each runs in a fresh process on a
fresh copy of its database; both are repeated in turns and the best time of each is
taken.

- vs_plain_helpdesk: our time over that of plain tickets
- queries: per ticket, ours over plain
"""

import argparse
import contextlib
import json
import os
from pathlib import Path

from . import databases, odoo, postgres, setup
from .bench import figure, progress
from .console import Failure

TIMED = Path(__file__).with_name("timed_tickets.py")
ADDONS = {
    "plain": ("helpdesk_mgmt", "helpdesk_mgmt_project"),
    "ours": ("support_helpdesk_scope",),
}


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/bench tickets",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--tickets", type=int, default=1000, help="N (default: %(default)s)"
    )
    parser.add_argument(
        "--repeat", type=int, default=3, help="rounds (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    setup.ensure()
    with postgres.running() as pg, contextlib.ExitStack() as stack:
        within = _measure(pg, stack, options.tickets, options.repeat)
    return 0 if all(within) else 1


def _measure(pg, stack, number, rounds):
    """Print the figures; returns whether each is within its limit."""
    templates = {name: _prepare(pg, stack, name) for name in ADDONS}
    runs = {name: [] for name in ADDONS}
    for turn in range(1, rounds + 1):
        for name, template in templates.items():
            runs[name].append(_run(pg, template, number, name == "ours"))
        taken = (f"{name} {done[-1]['seconds']:.2f} s" for name, done in runs.items())
        progress(f"Round {turn} of {rounds}: {', '.join(taken)}")
    if {run["tickets"] for done in runs.values() for run in done} != {number}:
        raise Failure(f"Not every run made {number} tickets")
    ours, plain = (
        min(runs[name], key=lambda run: run["seconds"]) for name in ("ours", "plain")
    )
    return [
        figure("vs_plain_helpdesk", ours["seconds"], "s", plain["seconds"], 1.5),
        figure(
            "queries",
            ours["queries"] / number,
            "per ticket",
            plain["queries"] / number,
            1.5,
        ),
    ]


def _prepare(pg, stack, name):
    """A database with customers; copied for each run."""
    progress(f"Customers: {name} ...")
    template = databases.installed_database(pg, (*ADDONS[name], "l10n_se"), quiet=True)
    database = f"bench_{os.getpid()}_{name}"
    databases.copy_database(pg, template, database)
    databases.start_billing(pg, database)
    stack.callback(databases.drop_database, pg, database)
    _shell(pg, database, f"prepare_{name}()")
    databases.sql(pg, "VACUUM ANALYZE", database)
    return database


def _run(pg, template, number, ours):
    """What it took in a fresh process on a fresh copy."""
    database = f"{template}_run"
    databases.copy_database(pg, template, database)
    try:
        output = _shell(pg, database, f"run({number}, {ours})")
    finally:
        databases.drop_database(pg, database)
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    return json.loads(lines[0].removeprefix("RESULT "))


def _shell(pg, database, call):
    code = f"{TIMED.read_text(encoding='utf-8')}\n{call}\n"
    return odoo.shell(pg, database, code)

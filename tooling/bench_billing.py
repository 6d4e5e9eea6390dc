# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/bench billing: a whole billing run beside plain Odoo and OCA `contract`.

N contracts with three services each, whose lines were counted, are billed and posted.
It is their second month, on tables that the first has filled. (In the first month after
an import five times as many contracts take 5.2 to 5.4 times as long: PostgreSQL still
takes the tables for empty.)
Plain Odoo, on a database without our add-ons, creates and posts the same invoices,
line for line, in batches of 100; OCA `contract`, without our add-ons too, generates
them from contracts of its own and they are posted in the same way. Each runs in a fresh
process on a fresh copy of its database, in which the first month is invoiced; all are
repeated in turns and the best time of each is taken, so that what else the machine does
weighs on none of them. The sums of all three are compared: a difference is a failure.

- vs_plain_odoo, vs_oca_contract: our time over theirs
- scale_5x: the time of five times as many contracts over the time of N
- queries: per contract, of five times as many over those of N
- peak_mb: memory of our process with five times as many contracts, over that with N
"""

import argparse
import contextlib
import json
import os
from pathlib import Path

from . import databases, odoo, paths, postgres, setup
from .bench import figure, progress
from .console import Failure

TIMED = Path(__file__).with_name("timed_billing.py")
FOLDER = paths.BUILD / "bench"
FACTOR = 5


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/bench billing",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--contracts", type=int, default=500, help="N (default: %(default)s)"
    )
    parser.add_argument(
        "--repeat", type=int, default=3, help="rounds (default: %(default)s)"
    )
    parser.add_argument(
        "--no-scale", action="store_true", help="leave out five times as many"
    )
    options = parser.parse_args(arguments)
    setup.ensure()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with postgres.running() as pg, contextlib.ExitStack() as stack:
        bench = Bench(pg, options.contracts, stack)
        return 0 if all(bench.measure(options.repeat, not options.no_scale)) else 1


class Bench:
    """The databases of one measurement; they are dropped with `stack`."""

    def __init__(self, pg, number, stack):
        self.pg = pg
        self.number = number
        self.stack = stack
        self.invoices = FOLDER / f"invoices-{os.getpid()}.json"
        stack.callback(self.invoices.unlink, missing_ok=True)

    def measure(self, rounds, scale):
        """Print the figures; returns whether each is within its limit."""
        progress("The second month is measured, on tables that the first has filled.")
        ours = self.prepare("ours", "support_contract_billing", self.number)
        progress("A run to learn the invoices from ...")
        first = self.run(ours, "run_ours()", f"show_invoices({str(self.invoices)!r})")
        plain = self.prepare("plain", "account", self.number)
        contract = self.prepare("contract", "contract", self.number)
        times = {"ours": [], "plain": [], "contract": []}
        for number in range(1, rounds + 1):
            times["plain"].append(self.run(plain, f"run_plain({self.loading})"))
            times["ours"].append(self.run(ours, "run_ours()"))
            times["contract"].append(self.run(contract, "run_contract()"))
            taken = (
                f"{name} {runs[-1]['seconds']:.2f} s" for name, runs in times.items()
            )
            progress(f"Round {number} of {rounds}: {', '.join(taken)}")
        for runs in times.values():
            self.compare(first, runs)
        best = {name: fastest(runs) for name, runs in times.items()}
        seconds = {name: run["seconds"] for name, run in best.items()}
        within = [
            figure("vs_plain_odoo", seconds["ours"], "s", seconds["plain"], 1.15),
            figure("vs_oca_contract", seconds["ours"], "s", seconds["contract"], 1),
        ]
        if scale:
            within += self.measure_scale(rounds, times["ours"])
        return within

    def measure_scale(self, rounds, few):
        many = self.prepare("many", "support_contract_billing", FACTOR * self.number)
        runs = []
        for number in range(1, rounds + 1):
            runs.append(self.run(many, "run_ours()"))
            progress(f"Round {number} of {rounds}: {runs[-1]['seconds']:.2f} s")
        small, large = fastest(few), fastest(runs)
        if large["posted"] != FACTOR * self.number:
            raise Failure(f"{large['posted']} invoices were posted")
        queries = [run["queries"] / run["posted"] for run in (large, small)]
        return [
            figure("scale_5x", large["seconds"], "s", small["seconds"], 5.25),
            figure("queries", queries[0], "per contract", queries[1], 1.05),
            figure("peak_mb", large["peak"], "MB", small["peak"], 1.1),
        ]

    @property
    def loading(self):
        return f"json.load(open({str(self.invoices)!r}, encoding='utf-8'))"

    def prepare(self, name, addon, number):
        """A database with `number` contracts of that kind; copied for each run."""
        progress(f"{number} contracts: {name} ...")
        template = databases.installed_database(self.pg, (addon, "l10n_se"), quiet=True)
        database = f"bench_{os.getpid()}_{name}"
        databases.copy_database(self.pg, template, database)
        databases.start_billing(self.pg, database)
        self.stack.callback(databases.drop_database, self.pg, database)
        call = {
            "ours": f"prepare_ours({number})",
            "many": f"prepare_ours({number})",
            "plain": f"prepare_plain({number}, {self.loading})",
            "contract": f"prepare_contracts({number}, {self.loading})",
        }[name]
        self.shell(database, call)
        # As autovacuum does in the weeks between two months.
        databases.sql(self.pg, "VACUUM ANALYZE", database)
        return database

    def run(self, template, *calls):
        """What a call in a fresh process on a fresh copy took."""
        database = f"{template}_run"
        databases.copy_database(self.pg, template, database)
        try:
            output = self.shell(database, *calls)
        finally:
            databases.drop_database(self.pg, database)
        lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
        return json.loads(lines[0].removeprefix("RESULT "))

    def shell(self, database, *calls):
        code = TIMED.read_text(encoding="utf-8") + "\n" + "\n".join(calls) + "\n"
        return odoo.shell(self.pg, database, code)

    def compare(self, first, runs):
        """Everybody has to have made the same invoices."""
        for run in runs:
            for name in ("posted", "lines", "total"):
                if run[name] != first[name] or run["posted"] != self.number:
                    raise Failure(f"The invoices differ: {first} and {run}")


def fastest(runs):
    return min(runs, key=lambda run: run["seconds"])

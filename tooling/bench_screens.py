# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/bench screens: what people wait for, beside a billing run and Odoo's own list.

N contracts with three services each were billed for a month, and the next one is due;
then the same with five times as many. Each screen is opened once as a manager of
contracts, in a fresh process; the overview after the billing run of the second month,
and its month before too, in which every contract was new. The lists are opened again
and again: the median of ten openings after the first.

- preview, reconciliation, earned, forecast, price_run, overview: seconds, over those of
  the billing run of the same contracts
- portal_...: seconds of a page of the customer's portal, over Odoo's own page of an
  invoice there
- list_...: seconds of the first page, over Odoo's own list of invoices there
- ..._5x: with five times as many contracts, over those with N
- ..._queries: the same of the queries, which no limit is for: the tests compare them
"""

import argparse
import contextlib
import http.cookiejar
import json
import os
import re
import statistics
import time
import urllib.parse
import urllib.request
from pathlib import Path

from . import databases, odoo, postgres, setup
from .bench import figure, progress

FACTOR = 5
# Of the billing run.
SCREENS = {
    "preview": 0.05,
    "reconciliation": 0.05,
    "earned": 0.05,
    "forecast": 0.25,
    "price_run": 0.25,
    "overview": 0.02,
}
# Of Odoo's own list of invoices.
LIST = 6
# Of Odoo's own page of an invoice.
PAGE = 1.5
OPENINGS = 10
GROWTH = 5.5
LIST_GROWTH = 1.2


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/bench screens",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--contracts", type=int, default=500, help="N (default: %(default)s)"
    )
    parser.add_argument(
        "--no-scale", action="store_true", help="leave out five times as many"
    )
    options = parser.parse_args(arguments)
    setup.ensure()
    with postgres.running() as pg, contextlib.ExitStack() as stack:
        small = _measure(pg, stack, options.contracts)
        within = list(_compare(small))
        if not options.no_scale:
            large = _measure(pg, stack, options.contracts * FACTOR)
            within += _compare_growth(small, large)
    return 0 if all(within) else 1


def _measure(pg, stack, number):
    """{figure: seconds and queries} with so many contracts."""
    progress(f"{number} contracts ...")
    template = databases.installed_database(
        pg, ("support_contract_billing", "l10n_se"), quiet=True
    )
    database = f"bench_{os.getpid()}_{number}"
    databases.copy_database(pg, template, database)
    databases.start_billing(pg, database)
    stack.callback(databases.drop_database, pg, database)
    _shell(pg, database, f"prepare_screens({number})")
    # As autovacuum does in the weeks between two months.
    databases.sql(pg, "VACUUM ANALYZE", database)
    result = {}
    progress("Screens and lists ...")
    result |= _shell(pg, database, "measure_lists()")
    result |= _measure_pages(pg, database)
    for name in SCREENS:
        if name not in ("overview", "price_run"):
            result |= _shell(pg, database, f"measure_screens({name!r})")
    result["billing"] = _shell(pg, database, "run_ours()")
    result |= _shell(pg, database, "measure_screens('overview')")
    # It writes down what it found.
    result |= _shell(pg, database, "measure_screens('price_run')")
    return result


def _shell(pg, database, call):
    code = "\n".join(
        Path(__file__).with_name(f"timed_{name}.py").read_text(encoding="utf-8")
        for name in ("billing", "screens")
    )
    output = odoo.shell(pg, database, f"{code}\n{call}\n")
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    return json.loads(lines[0].removeprefix("RESULT ")) if lines else {}


def _measure_pages(pg, database):
    """{figure: seconds} of the pages that somebody of a customer opens."""
    prepared = _shell(pg, database, "prepare_pages()")
    with odoo.serving(pg, database) as address:
        browser = urllib.request.build_opener(
            # No proxy: the address is this machine.
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

        def get(path, data=None):
            data = data and urllib.parse.urlencode(data).encode()
            with browser.open(f"{address}{path}", data) as answer:
                return answer.read().decode()

        token = re.search(r'name="csrf_token"\s+value="(\w+)"', get("/web/login"))[1]
        login = {"login": prepared["login"], "password": prepared["login"]}
        get("/web/login", login | {"csrf_token": token})
        result = {}
        for name, (path, mark) in prepared["pages"].items():
            if mark not in get(path):
                raise RuntimeError(f"{path} is not what is to be measured")
            result[name] = {"seconds": statistics.median(_time(get, path))}
    return result


def _time(get, path):
    for _turn in range(OPENINGS):
        start = time.monotonic()
        get(path)
        yield time.monotonic() - start


def _compare(result):
    """Print the figures of one number of contracts; yields whether each is within."""
    for name, limit in SCREENS.items():
        seconds = result[name]["seconds"]
        yield figure(name, seconds, "s", result["billing"]["seconds"], limit)
    for name in _lists(result):
        seconds = result[name]["seconds"]
        yield figure(name, seconds, "s", result["invoices"]["seconds"], LIST)
    for name in _pages(result):
        seconds = result[name]["seconds"]
        yield figure(name, seconds, "s", result["odoo_invoice"]["seconds"], PAGE)


def _compare_growth(small, large):
    """Print how the figures grow; returns whether each is within its limit."""
    within = []
    for name, limit in [
        *((name, GROWTH) for name in SCREENS),
        *((name, LIST_GROWTH) for name in _lists(small) + _pages(small)),
    ]:
        few, many = small[name], large[name]
        within.append(figure(f"{name}_5x", many["seconds"], "s", few["seconds"], limit))
        if "queries" not in few:
            continue
        figure(f"{name}_queries", many["queries"], "queries", few["queries"], None)
    return within


def _lists(result):
    return [name for name in result if name.startswith("list_")]


def _pages(result):
    return [name for name in result if name.startswith("portal_")]

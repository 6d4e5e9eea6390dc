# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""bin/demo: from nothing to posted invoices, and a server to look around."""

import argparse
import contextlib
import json
import socket
import textwrap
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from . import (
    databases,
    demo_check,
    demo_data,
    demo_report,
    manifests,
    odoo,
    paths,
    postgres,
    setup,
)
from .console import Failure, in_foreground, say
from .demo_repositories import Repositories
from .locks import FileLock

HELP = """\
Set up, make the database `demo` anew and show the main job on real code: an invented
Swedish consultancy bills two months of support to its customers.

Their code lies in Git repositories made on the spot from add-ons that are installed
here. The scheduled action counts it, tells on 24 September 2026 whose fee becomes
another one because code has grown, and posts the invoices on 1 October and on
1 November. The numbers are read back from the database, and every counted module is
compared with `odoo cloc`.

Then the database is served on this machine until Ctrl-C. Run it again whenever you
like: it begins anew, and what you changed in the database is gone.
"""

DATABASE = "demo"
PORT = 8069
LOGS = paths.LOGS


def main(arguments):
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--no-serve", action="store_true", help="stop after the table of invoices"
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"where to serve (default: {PORT})"
    )
    options = parser.parse_args(arguments)
    started = time.monotonic()
    if not options.no_serve:
        _refuse_taken(options.port)
    setup.ensure()
    lock = FileLock(paths.BUILD / "demo" / "lock")
    if not lock.try_exclusive():
        raise Failure(
            "Another bin/demo is running in this folder",
            "Stop it with Ctrl-C, or wait until it is done.",
        )
    with postgres.running() as pg:
        make(pg, base_url=f"http://127.0.0.1:{options.port}")
        equal = show(pg)
        say(f"\nReady after {time.monotonic() - started:.0f} s.")
        if not equal:
            return 1
        if not options.no_serve:
            return serve(pg, options.port)
    say(f"Look around: bin/odoo -d {DATABASE}, or bin/demo to begin anew and serve.")
    return 0


def make(pg, database=DATABASE, base_url=None):
    """A fresh database with two months of invoices in it."""
    folder = paths.BUILD / database
    repositories = Repositories(folder / "repositories")
    addons = sorted(manifests.own())
    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(repositories.make)
        template = databases.installed_database(pg, addons, ["sv_SE"])
        say(f"Making the database {database} with {', '.join(addons)} ...")
        databases.drop_database(pg, database)
        databases.copy_database(pg, template, database, base_url)
        say(f"Making repositories in {paths.relative(repositories.folder)} ...")
        making.result()
    say("Entering the consultancy, its customers and their contracts ...")
    in_odoo(pg, database, "fill", f"fill(env, {str(repositories.folder)!r})")
    for number, nights in enumerate(demo_data.NIGHTS):
        if number:
            say("Consultants answer tickets and log their time ...")
            in_odoo(pg, database, "work", "work(env)")
            pushed = repositories.push(number)
            say(f"Customers push new code: {len(pushed)} branches ...")
        days = ", ".join(moment[:10] for moment in nights)
        say(f"{days}: the scheduled action counts lines and posts invoices ...")
        in_odoo(pg, database, f"night-{number + 1}", f"pass_nights(env, {nights})")
    say("The accountant looks at October ...")
    in_odoo(pg, database, "review", "review(env)")


def show(pg, database=DATABASE):
    """Print what is in the database; says whether `odoo cloc` agrees."""
    answer = in_odoo(pg, database, "read", "print('\\n' + json.dumps(read_back(env)))")
    data = json.loads(answer.strip().splitlines()[-1])
    say()
    for line in demo_report.table(data["invoices"]):
        say(line)
    currencies = sorted({invoice["currency"] for invoice in data["invoices"]})
    say(f"Amounts in {', '.join(currencies)}. Lines as of the count that was billed.")
    say()
    problems = [f"Not billed: {failure}" for failure in data["failures"]]
    problems += [f"Without any invoice: {name}" for name in data["not_invoiced"]]
    problems += [
        f"Not posted: {invoice['customer']}, {invoice['number']}"
        for invoice in data["invoices"]
        if invoice["state"] != "posted"
    ]
    compared, differences = demo_check.compare(
        data["counts"], paths.BUILD / database / "checkouts"
    )
    verdict = f"{len(differences)} differences" if differences else "equal"
    say(f"{compared} modules compared with odoo cloc: {verdict}")
    for sentence in [*differences, *problems]:
        say(f"- {sentence}")
    return bool(compared) and not differences and not problems


def in_odoo(pg, database, name, call):
    """Run a function of demo_fill in an Odoo process of its own; gives its output.

    A warning in Odoo's log is a failure; the log is kept.
    """
    code = textwrap.dedent(
        f"""
        import json, sys
        sys.path.insert(0, {str(paths.ROOT)!r})
        from tooling.demo_fill import fill, pass_nights, read_back
        from tooling.demo_review import review
        from tooling.demo_work import work
        {call}
        """
    )
    log = LOGS / f"{database}-{name}.log"
    log.write_bytes(b"")
    try:
        output = odoo.shell(pg, database, code, "--logfile", log)
    except Failure as failure:
        # The traceback goes to the log, whose end is shown.
        with open(log, "a", encoding="utf-8") as stream:
            stream.write(f"{failure.what}\n")
        raise Failure(f"`{call}` failed in Odoo", failure.advice, log) from failure
    odoo.refuse_complaints(log.read_text(encoding="utf-8", errors="replace"), log)
    return output


# -- serving -------------------------------------------------------------------


def _refuse_taken(port):
    with socket.socket() as probe:
        # As Odoo's server does: a port that was just left can be used again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Failure(
                f"Port {port} of this machine cannot be used: {error.strerror}",
                "Choose another one: bin/demo --port 8070",
            ) from error


def serve(pg, port, database=DATABASE):
    """Serve until Ctrl-C; Odoo's log goes to a file."""
    log = LOGS / f"{database}-server.log"
    log.write_bytes(b"")
    address = f"http://127.0.0.1:{port}"
    stopped = threading.Event()
    greeter = threading.Thread(target=_greet, args=(address, log, stopped))
    greeter.start()
    arguments = ["--database", database, "--db-filter", f"^{database}$"]
    arguments += ["--http-port", port, "--gevent-port", odoo.free_port()]
    try:
        code = in_foreground(
            odoo.command(*arguments, "--logfile", log), odoo.environment(pg)
        )
    finally:
        stopped.set()
        greeter.join()
    if code:
        raise Failure(f"Odoo's server ended with exit status {code}", log=log)
    say("\nStopped.")
    return 0


def _greet(address, log, stopped):
    """Print the address as soon as the server answers."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while not stopped.wait(0.3):
        with contextlib.suppress(OSError):
            with opener.open(f"{address}/web/health", timeout=10):
                break
    if stopped.is_set():
        return
    say(f"\n{address}\n")
    for user in demo_data.USERS:
        say(f"  login {user.login:12} password {user.login:12} {user.role}")
    say("\nThese passwords are for this demo only; it can be reached from this machine")
    say(f"alone. Odoo's log: {paths.relative(log)}. Ctrl-C stops it.")

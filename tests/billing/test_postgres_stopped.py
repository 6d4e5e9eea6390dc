# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""PostgreSQL is stopped and started while Odoo's scheduler bills.

The scheduler is Odoo's own, in a server with worker processes, on the real clock.
"""

import contextlib
import subprocess
import time

import psycopg2
import pytest
from own_postgres import own_postgres
from reports import CODE, read_report

from tooling import odoo, paths

CONTRACTS = 150
PATIENCE = 240

# Contracts that began with the last month, so that it is due today, whenever that is.
# Nothing but the billing action is scheduled.
PREPARE = """
from datetime import timedelta
last = (date.today().replace(day=1) - timedelta(days=1)).replace(day=1)
prepare({contracts}, last)
env.cr.execute("UPDATE ir_cron SET active = false")
cron = env.ref("support_contract_billing.ir_cron_count_and_bill")
cron.write({{"active": True, "nextcall": "2020-01-01 00:00:00"}})
env.cr.commit()
"""


@pytest.fixture
def own(pg, database, odoo_shell):
    """(server of the test's own, name of the database with contracts there)"""
    name = database("support_contract_billing", "l10n_se")
    code = PREPARE.format(contracts=CONTRACTS)
    odoo_shell(name, f"{CODE}\n{code}")
    with own_postgres() as server:
        server.copy(pg, name)
        yield server, name


class Scheduler:
    """Odoo with a worker for scheduled actions, kept up as an init system does."""

    def __init__(self, server, name):
        self.server = server
        self.name = name
        self.log = paths.LOGS / "test-postgres-stopped.log"
        self.log.write_bytes(b"")
        self.process = None

    def keep_up(self):
        """Start it, again if it has ended: without a database it does."""
        if self.process and self.process.poll() is None:
            return
        with open(self.log, "ab") as stream:
            self.process = subprocess.Popen(
                odoo.command(
                    *("--database", self.name, "--db-filter", f"^{self.name}$"),
                    *("--no-http", "--workers", "1", "--max-cron-threads", "1"),
                ),
                env=odoo.environment(self.server.environment),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd=paths.ROOT,
            )

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def wait_for(self, query, enough):
        """Ask the database again until there is enough; asks nothing of Odoo."""
        deadline = time.monotonic() + PATIENCE
        with self._cursor(self.name) as cursor, self._cursor("postgres") as bell:
            woken = 0
            while True:
                self.keep_up()
                cursor.execute(query)
                (number,) = cursor.fetchone()
                if number >= enough:
                    return number
                now = time.monotonic()
                assert now < deadline, f"{number} after {PATIENCE} s, see {self.log}"
                if now - woken > 2:
                    # As a trigger does: a worker that begins looks after a minute.
                    bell.execute("SELECT pg_notify('cron_trigger', %s)", [self.name])
                    woken = now
                time.sleep(0.02)

    @contextlib.contextmanager
    def _cursor(self, database):
        connection = psycopg2.connect(
            dbname=database,
            host=self.server.environment["PGHOST"],
            port=self.server.environment["PGPORT"],
            user=self.server.environment["PGUSER"],
        )
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            yield cursor


@pytest.fixture
def scheduler(own):
    scheduler = Scheduler(*own)
    scheduler.keep_up()
    yield scheduler
    scheduler.stop()


INVOICED = "SELECT count(*) FROM account_move WHERE move_type = 'out_invoice'"
FINISHED = "SELECT count(*) FROM support_billing_run WHERE state = 'done'"


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_the_next_run_finishes_what_was_cut_off(own, scheduler, check_report, mode):
    server, name = own
    done = scheduler.wait_for(INVOICED, 1)
    server.stop(mode)
    time.sleep(2)
    server.start()
    scheduler.wait_for(FINISHED, 1)
    scheduler.stop()
    assert done < CONTRACTS, "it was stopped too late to show anything"
    code = f"{CODE}\nreport(1)\n"
    check_report(read_report(odoo.shell(server.environment, name, code)), CONTRACTS)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Runs inside `odoo shell`: billing in processes that are killed, or meet each other.

Each child is a fork of a process that has loaded Odoo, with connections of its own to
PostgreSQL. `env` is the shell's; the last line of the script calls a function.
"""

# The shell's own name.
# ruff: noqa: F821

import json
import logging
import os
import random
import resource
import signal
import sys
import time
import traceback
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command, api, sql_db
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from odoo.addons.support_contract_billing import stamp
from odoo.addons.support_contract_billing.models import support_billing_run

NAME = env.cr.dbname
# What PostgreSQL refuses because another process was quicker is begun anew. Odoo writes
# the refusal into the log all the same; everything else there still fails the test.
logging.getLogger("odoo.sql_db").addFilter(
    lambda record: "could not serialize access" not in record.getMessage()
)


def prepare(contracts, first=date(2026, 9, 1)):
    """Contracts of a fixed price, so that nothing has to be counted.

    :param first: the first day of their services, the first of a month
    """
    terms = env.ref("support_contract.terms_default", raise_if_not_found=False)
    if not terms:
        # Sweden's example, which is in kronor, has taken its place.
        swedish = env.ref("l10n_se_support.terms_se")
        terms = swedish.copy({"currency_id": env.company.currency_id.id})
    if terms.state == "draft":
        terms.action_publish()
    types = {kind.code: kind for kind in env["support.service.type"].search([])}
    country = env.ref("base.se").id
    customers = env["res.partner"].create(
        [{"name": f"C {number}", "country_id": country} for number in range(contracts)]
    )
    records = env["support.contract"].create(
        [
            {
                "partner_id": customers[number].id,
                "terms_id": terms.id,
                "date_signed": first - timedelta(days=10),
                "billed_through": first - timedelta(days=1),
                "service_ids": [
                    Command.create(
                        {
                            "type_id": types[code].id,
                            "date_start": first,
                            "price_unit": price,
                        }
                    )
                    for code, price in (("operations", 2400.0), ("patch", 495.0))
                ],
            }
            for number in range(contracts)
        ]
    )
    records.action_activate()
    env["res.users"].create(
        {
            "name": "Accountant",
            "login": "accountant",
            "group_ids": [
                Command.link(env.ref("support_contract.group_support_billing").id)
            ],
        }
    )
    env.cr.commit()


def child(day, work):
    """Start a process that does `work(env)` on that day; returns its id."""
    env.cr.commit()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        # The parent's connections are not ours to use, nor to close.
        sql_db._Pool = sql_db._Pool_readonly = None
        registry = Registry(NAME)
        registry._db = sql_db.db_connect(NAME)
        with freeze_time(f"{day} 03:00:00", tick=True), registry.cursor() as cr:
            work(api.Environment(cr, SUPERUSER_ID, {}))
            cr.commit()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def bill(child_env):
    child_env["support.contract"]._cron_count_and_bill()


def press(child_env):
    """A person: the menu, then the button on a number of contracts, as the web does."""
    user = child_env["res.users"].search([("login", "=", "accountant")])
    child_env = child_env(user=user.id)
    contracts = child_env["support.contract"].search([])
    retrying(contracts.action_run_billing, child_env)
    child_env.cr.commit()
    for contract in random.Random(1).sample(list(contracts), min(20, len(contracts))):
        try:
            retrying(contract.action_bill, child_env)
            child_env.cr.commit()
        except UserError as error:
            child_env.cr.rollback()
            # The only thing that they may be told.
            assert "Nothing is due" in str(error), error


def without_disk(child_env):
    """Every file is full: nothing can be written but to PostgreSQL."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # It says so in the log, which the test would take for a failure.
    logging.getLogger(support_billing_run.__name__).disabled = True
    before = stamp.read(NAME)
    bill(child_env)
    assert stamp.read(NAME) == before


def wait(pid, seconds=None, until=None):
    """The child's exit status, or None if it still runs after some seconds, or when
    `until` says so.
    """
    if seconds is not None:
        deadline = time.monotonic() + seconds

        def until():
            return time.monotonic() > deadline

    while True:
        done, status = os.waitpid(pid, os.WNOHANG if until else 0)
        if done:
            return os.waitstatus_to_exitcode(status)
        if until():
            return None
        time.sleep(0.002)


def bill_to_the_end(day):
    assert wait(child(day, bill)) == 0


def killed(kills, seed):
    """Kill it so many times at random moments, month after month.

    A moment is a random number of contracts that are done and some time after it, so
    that kills are spread over the work however fast the machine is. The next process
    goes on where the last one was.
    """
    generator = random.Random(seed)
    contracts = env["support.contract"].search_count([])
    started = time.monotonic()
    bill_to_the_end("2026-10-01")
    whole = time.monotonic() - started
    months, number, half_way = ["2026-10-01", "2026-11-01"], 0, 0
    while number < kills:
        pid = child(months[-1], bill)
        # One in five is killed before anything is done.
        done = generator.randint(-contracts // 4, contracts)
        status = wait(pid, until=lambda done=done: count_done() >= done)
        if status is None:
            status = wait(pid, generator.uniform(0.01, 0.15) * whole)
        if status is None:
            os.kill(pid, signal.SIGKILL)
            wait(pid)
            number += 1
            half_way += 0 < count_done() < contracts
        else:
            assert status == 0
            year, month, _day = map(int, months[-1].split("-"))
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
            months.append(f"{year}-{month:02}-01")
    bill_to_the_end(months[-1])
    report(len(months), half_way=half_way)


def count_done():
    """How many contracts the run that goes on has done; 0 if none does."""
    env.cr.commit()
    env.cr.execute(
        "SELECT count(*) FROM support_billing_run_line AS line"
        " JOIN support_billing_run AS run ON run.id = line.run_id"
        " WHERE run.state = 'running' AND line.state != 'todo'"
    )
    return env.cr.fetchone()[0]


def at_once(processes):
    """Several scheduled actions, and a person, at the same moment."""
    pids = [child("2026-10-01", bill) for _number in range(processes)]
    pids.append(child("2026-10-01", press))
    statuses = [wait(pid) for pid in pids]
    assert not any(statuses), statuses
    bill_to_the_end("2026-10-01")  # what was left because another had it
    report(1)


def clock_jumps():
    """A month ahead and back, and then the month itself."""
    bill_to_the_end("2026-10-01")
    bill_to_the_end("2026-11-01")
    bill_to_the_end("2026-10-02")
    bill_to_the_end("2026-11-01")
    bill_to_the_end("2026-11-02")
    report(2)


def disk_full():
    bill_to_the_end("2026-10-01")
    assert wait(child("2026-11-01", without_disk)) == 0
    report(2)
    bill_to_the_end("2026-12-01")
    report(3)


def report(months, **more):
    """What the database says, for the test to judge."""
    env.cr.commit()
    env.invalidate_all()

    def rows(query):
        env.cr.execute(query)
        return env.cr.fetchall()

    contracts = rows("SELECT count(*) FROM support_contract")[0][0]
    result = {
        "months": months,
        "contracts": contracts,
        "charges": rows("SELECT count(*) FROM support_charge")[0][0],
        # How often each contract and month is on how many invoices.
        "invoices": rows(
            "SELECT invoices, count(*) FROM ("
            " SELECT count(DISTINCT move_id) AS invoices FROM support_charge"
            " GROUP BY contract_id, date_trunc('month', period_start)) AS found"
            " GROUP BY invoices"
        ),
        "moves": rows(
            "SELECT state, count(*) FROM account_move"
            " WHERE move_type = 'out_invoice' GROUP BY state"
        ),
        "without_line": rows(
            "SELECT count(*) FROM support_charge"
            " WHERE move_line_id IS NULL OR state != 'invoiced'"
        )[0][0],
        "without_charge": rows(
            "SELECT count(*) FROM account_move_line AS line"
            " JOIN account_move AS move ON move.id = line.move_id"
            " WHERE move.move_type = 'out_invoice' AND line.display_type = 'product'"
            " AND NOT EXISTS (SELECT 1 FROM support_charge"
            " WHERE move_line_id = line.id)"
        )[0][0],
        "gaps": rows(
            "SELECT count(*) FROM (SELECT sequence_prefix FROM account_move"
            " WHERE move_type = 'out_invoice' GROUP BY sequence_prefix"
            " HAVING max(sequence_number) != count(*)) AS gaps"
        )[0][0],
        "errors": rows(
            "SELECT billing_error FROM support_contract"
            " WHERE billing_error IS NOT NULL LIMIT 3"
        ),
        "open_runs": rows(
            "SELECT count(*) FROM support_billing_run WHERE state != 'done'"
        )[0][0],
        "switched_off": rows(
            "SELECT count(*) FROM ir_cron AS cron JOIN ir_model_data AS data"
            " ON data.model = 'ir.cron' AND data.res_id = cron.id"
            " WHERE data.name = 'ir_cron_count_and_bill' AND NOT cron.active"
        )[0][0],
        **more,
    }
    print("RESULT", json.dumps(result))

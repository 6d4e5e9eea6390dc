# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two people, programs or scheduled actions change the same contracts at once."""

import threading
from datetime import date

import pytest
import requests
from reports import CODE, read_report

CONTRACTS = 12


@pytest.fixture
def contracts(contracts_database, odoo_shell):
    """A database with some contracts, two managers and customers who read e-mail."""
    name = contracts_database(CONTRACTS)
    odoo_shell(
        name,
        """
for contract in env["support.contract"].search([]):
    contract.partner_id.email = f"customer{contract.id}@example.com"
group = env.ref("support_contract.group_support_manager")
env["res.users"].create([
    {"name": login, "login": login, "group_ids": [(4, group.id)]}
    for login in ("first", "second")
])
env.cr.commit()
""",
    )
    return name


def _check_outputs(outputs):
    """Nobody has an error but those of PostgreSQL, after which Odoo begins anew."""
    for output in outputs:
        assert "DONE" in output, output
        assert "Traceback" not in output, output
        errors = [line for line in output.splitlines() if " ERROR " in line]
        assert all("odoo.sql_db: bad query" in line for line in errors), output


# -- a change of prices ---------------------------------------------------------------

PREPARE_PRICES = """
from freezegun import freeze_time
manager = env["res.users"].search([("login", "=", "first")])
with freeze_time("2026-10-10 12:00:00", tick=True):
    run = env["support.price.run"].with_user(manager).create({
        "date_effective": "2027-01-01", "percent": 5.0, "reason": "Costs have risen",
    })
    run.action_simulate()
    run.action_apply()
    env.cr.commit()
"""
APPLY_PRICES = """
from freezegun import freeze_time
with freeze_time("2026-10-10 13:00:00", tick=True):
    env["support.price.run.line"].search([]).mapped("contract_id.name")
    env.cr.commit()
    gate()
    env["support.price.run"]._cron_apply()
    env.cr.commit()
print("DONE", flush=True)
"""
READ_PRICES = """
import json
from datetime import date
run = env["support.price.run"].search([])
contracts = env["support.contract"].search([])
day = date(2027, 1, 1)
print("RESULT", json.dumps({
    "state": run.state,
    "lines": sorted(run.line_ids.mapped("state")),
    "amendments": sorted(len(c.amendment_ids) for c in contracts),
    "prices": sorted({
        (s.type_id.code, s._get_agreed("price", day).value)
        for s in contracts.service_ids
    }),
    "letters": sorted(
        env["mail.mail"].search([("model", "=", "support.price.run.line")])
        .mapped("recipient_ids.email")
    ),
}))
"""


def test_price_run_in_two_processes_raises_once(contracts, at_once, odoo_shell):
    odoo_shell(contracts, PREPARE_PRICES)
    _check_outputs(at_once(contracts, [APPLY_PRICES] * 2))
    # What one had to leave because the other held it comes next time.
    _check_outputs(at_once(contracts, [APPLY_PRICES]))
    result = read_report(
        odoo_shell(contracts, f"from datetime import date{READ_PRICES}")
    )
    assert result == {
        "state": "done",
        "lines": ["applied"] * CONTRACTS,
        "amendments": [1] * CONTRACTS,
        # 2,400 and 495 and five per cent, once.
        "prices": [["operations", 2520.0], ["patch", 519.75]],
        "letters": sorted(set(result["letters"])),
    }
    assert len(result["letters"]) == CONTRACTS


# -- two managers ---------------------------------------------------------------------

AMEND = """
from datetime import date
from freezegun import freeze_time
from odoo.service.model import retrying

user = env["res.users"].search([("login", "=", {login!r})])
contracts = env(user=user.id)["support.contract"].search([], order="id")
same, other, ending, fresh = contracts[:4]

def service(contract, code):
    return contract.service_ids.filtered(lambda one: one.type_id.code == code)

def amend(contract, *changes, day=date(2026, 12, 1)):
    retrying(lambda: contract._amend(day, "Agreed by " + {login!r}, list(changes)), env)
    env.cr.commit()

with freeze_time("2026-11-10 12:00:00", tick=True):
    contracts.service_ids.mapped("price_unit")
    gate()
    # Both know what was so far, and only that.
    {work}
print("DONE", flush=True)
"""
WORK = {
    "first": """
    amend(same, (service(same, "operations"), {"price_unit": 2600.0}))
    amend(other, (service(other, "operations"), {"price_unit": 2600.0}))
    amend(ending, (service(ending, "operations"), {"price_unit": 2600.0}))
    amend(fresh, (fresh.condition_ids.browse(), {
        "contract_id": fresh.id, "key": "discount", "value": 5.0,
        "date_start": "2026-12-01",
    }))
""",
    "second": """
    amend(same, (service(same, "operations"), {"price_unit": 2700.0}))
    amend(other, (service(other, "patch"), {"price_unit": 500.0}))
    retrying(lambda: ending._give_notice(ending.service_ids, date(2026, 11, 10)), env)
    env.cr.commit()
    amend(fresh, (service(fresh, "patch"), {"price_unit": 500.0}))
""",
}
READ_AMENDMENTS = """
import json
from datetime import date
same, other, ending, fresh = env["support.contract"].search([], order="id")[:4]
day = date(2026, 12, 1)

def prices(contract):
    return {s.type_id.code: s._get_agreed("price", day).value
            for s in contract.service_ids}

chain = [
    [line.before, line.after]
    for line in same.amendment_ids.sorted("id").line_ids
    if line.model == "support.contract.condition" and line.field_name == "value"
]
print("RESULT", json.dumps({
    "same": prices(same), "other": prices(other), "ending": prices(ending),
    "fresh": prices(fresh),
    "reasons": [sorted(c.amendment_ids.mapped("reason"))
                for c in (same, other, ending, fresh)],
    "last": same.amendment_ids.sorted("id")[-1:].reason,
    "chain": chain,
    "overlaps": len(same.condition_ids.filtered(
        lambda one: one.key == "price" and one._holds_on(day))),
    "state": ending.state,
    "ends": sorted(set(map(str, ending.service_ids.mapped("date_end")))),
}))
"""


def test_two_managers_amend_one_contract_at_once(contracts, at_once, odoo_shell):
    scripts = [
        AMEND.format(login=login, work=work.strip()) for login, work in WORK.items()
    ]
    _check_outputs(at_once(contracts, scripts))
    result = read_report(odoo_shell(contracts, READ_AMENDMENTS))
    both = ["Agreed by first", "Agreed by second"]
    assert result["reasons"] == [both, both, ["Agreed by first", "Notice given"], both]
    # One after the other: the later one changed what the earlier one had left.
    last = {"Agreed by first": 2600.0, "Agreed by second": 2700.0}[result["last"]]
    first = 2600.0 + 2700.0 - last
    assert result["same"] == {"operations": last, "patch": 495.0}
    assert result["overlaps"] == 1
    assert [str(first), str(last)] in result["chain"], result["chain"]
    # Neither undoes what the other did.
    assert result["other"] == {"operations": 2600.0, "patch": 500.0}
    assert result["ending"] == {"operations": 2600.0, "patch": 495.0}
    assert (result["state"], result["ends"]) == ("notice", ["2026-11-30"])
    assert result["fresh"] == {"operations": 2400.0, "patch": 500.0}


# -- an end that is agreed while the month is billed ----------------------------------

BILL = """
from freezegun import freeze_time
env["support.contract"].search([]).mapped("service_ids.type_id.name")
env.cr.commit()
gate()
with freeze_time("2026-10-{day:02} 03:00:00", tick=True):
    env["support.contract"]._cron_count_and_bill()
print("DONE", flush=True)
"""
END = """
from datetime import date
from freezegun import freeze_time
from odoo.service.model import retrying

user = env["res.users"].search([("login", "=", {login!r})])
contracts = env(user=user.id)["support.contract"].search([], order="id")
contracts.service_ids.mapped("price_unit")
with freeze_time("2026-10-{day:02} 03:00:00", tick=True):
    env.cr.commit()
    gate()
    for contract in contracts:
        patch = contract.service_ids.filtered(lambda one: one.type_id.code == "patch")
        retrying(lambda: contract._amend(
            date(2026, 10, 1), "Ended before", [(patch, {{"date_end": {end!r}}})]
        ), env)
        env.cr.commit()
print("DONE", flush=True)
"""
READ_ENDS = """
import json
charges = env["support.charge"].search([("service_id.type_id.code", "=", "patch")])
print("RESULT", json.dumps([
    [round(sum(own.filtered(lambda one: one.state != "waived").mapped("amount")), 2),
     len(own.filtered(lambda one: one.kind == "recurring")),
     sorted(set(own.mapped("state")))]
    for own in charges.grouped("contract_id").values()
]))
"""


def test_end_while_the_month_is_billed_gives_back_once(contracts, at_once, odoo_shell):
    """Patch, 495.00, ended on 20 September: 20/30 → 330.00, whoever came first."""
    end = END.format(login="first", day=1, end="2026-09-20")
    _check_outputs(at_once(contracts, [BILL.format(day=1), end]))
    _check_outputs(at_once(contracts, [BILL.format(day=2)] * 2))
    before = read_report(odoo_shell(contracts, READ_ENDS))
    assert [row[:2] for row in before] == [[330.0, 1]] * CONTRACTS
    assert {state for row in before for state in row[2]} <= {"invoiced", "pending"}
    # Two people move the end again, each elsewhere: the later one has the last word.
    ends = [
        END.format(login=login, day=3, end=day)
        for login, day in (("first", "2026-09-10"), ("second", "2026-09-25"))
    ]
    _check_outputs(at_once(contracts, ends))
    _check_outputs(at_once(contracts, [BILL.format(day=4)] * 2))
    totals = [row[0] for row in read_report(odoo_shell(contracts, READ_ENDS))]
    # 10/30 → 165.00, 25/30 → 412.50.
    assert len(totals) == CONTRACTS
    assert set(totals) <= {165.0, 412.5}, totals


# -- metered usage --------------------------------------------------------------------

PREPARE_USAGE = """
from datetime import datetime
from odoo.addons.support_usage.controllers.usage import SCOPE

# Servers go by the real clock: it began with the last month, whenever that is.
prepare(1, (date.today().replace(day=1) - timedelta(days=1)).replace(day=1))
kind = env["support.service.type"].search([("basis", "=", "usage")], limit=1)
contract = env["support.contract"].search([], order="id", limit=1)
contract._amend(date.today(), "A price for scans", [(contract.condition_ids.browse(), {
    "contract_id": contract.id, "type_id": kind.id, "key": "price", "value": 2.5,
})])
user = env["res.users"].search([("login", "=", "accountant")])
keys = env["res.users.apikeys"].with_user(user).sudo()
key = keys._generate(SCOPE, "Meter", datetime.now() + timedelta(days=30))
env.cr.commit()
print("RESULT", json.dumps([contract.name, kind.code, key]))
"""
READ_USAGE = """
import json
usages = env["support.usage"].search([], order="reference")
print("RESULT", json.dumps([[one.reference, one.quantity] for one in usages]))
"""


def test_usage_sent_at_once_through_two_servers_is_recorded_once(
    database, odoo_shell, odoo_server, tmp_path
):
    name = database("support_usage", "l10n_se")
    prepared = odoo_shell(name, f"{CODE}\n{PREPARE_USAGE}")
    contract, kind, key = read_report(prepared)
    rows = [
        {
            "contract": contract,
            "kind": kind,
            "date": date.today().isoformat(),
            "quantity": number,
            "reference": f"scan-{number}",
        }
        for number in range(1, 31)
    ]
    answers = []

    def send(address, barrier=None):
        if barrier:
            barrier.wait()
        answers.append(
            requests.post(
                f"{address}/support/usage",
                json={"usage": rows},
                headers={"Authorization": f"Bearer {key}"},
                timeout=120,
            )
        )

    log = tmp_path / "second.log"
    with odoo_server(name) as one, odoo_server(name, log=log) as two:
        barrier = threading.Barrier(6)
        threads = [
            threading.Thread(target=send, args=(address, barrier))
            for address in (one, two) * 3
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # Whoever got no answer sends it again.
        send(one)
        send(two)
    assert [answer.status_code for answer in answers] == [200] * 8, [
        answer.text for answer in answers
    ]
    usage = [answer.json()["usage"] for answer in answers]
    recorded = [all(row["status"] == "recorded" for row in rows) for rows in usage]
    known = [all(row["status"] == "known" for row in rows) for rows in usage]
    assert (sum(recorded), sum(known)) == (1, 7)
    assert not any(recorded[6:])
    # The same records, whoever is answered.
    assert len({tuple(row["id"] for row in rows) for rows in usage}) == 1
    assert sorted(read_report(odoo_shell(name, READ_USAGE))) == sorted(
        [f"scan-{number}", float(number)] for number in range(1, 31)
    )

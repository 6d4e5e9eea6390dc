# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Our scheduled action and the one of recurring contracts at the same moment."""

import json
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from tooling import odoo

CONTRACTS = 12
SUPPORT = 2400.0 + 495.0
OWN = 100.0

PREPARE = """
from datetime import date

terms = env.ref("support_contract.terms_default")
if terms.state == "draft":
    terms.action_publish()
types = {{kind.code: kind for kind in env["support.service.type"].search([])}}
item = env["product.product"].create({{"name": "E-mail box", "list_price": {own}}})
for number in range({contracts}):
    customer = env["res.partner"].create({{"name": f"Customer {{number}}"}})
    carrier = env["contract.contract"].create({{
        "name": f"E-mail {{number}}",
        "partner_id": customer.id,
        "company_id": env.company.id,
        "contract_line_ids": [(0, 0, {{
            "product_id": item.id,
            "name": "E-mail boxes",
            "quantity": 1,
            "price_unit": {own},
            "recurring_rule_type": "monthly",
            "date_start": date(2026, 10, 1),
            "recurring_next_date": date(2026, 10, 1),
        }})],
    }})
    contract = env["support.contract"].create({{
        "partner_id": customer.id,
        "terms_id": terms.id,
        "date_signed": date(2026, 8, 20),
        "billed_through": date(2026, 8, 31),
        "carrier_contract_id": carrier.id,
        # Both ways are due on the same day.
        "carrier_grace_days": 0,
        "service_ids": [
            (0, 0, {{
                "type_id": types[code].id,
                "date_start": date(2026, 9, 1),
                "price_unit": price,
            }})
            for code, price in (("operations", 2400.0), ("patch", 495.0))
        ],
    }})
    contract.action_activate()
env.cr.commit()
"""

# All processes are ready before any begins: each waits for a line of input.
RUN = """
from freezegun import freeze_time
env["support.contract"].search([]).mapped("service_ids.type_id.name")
env["contract.contract"].search([]).mapped("contract_line_ids.name")
env.cr.commit()
print("READY", flush=True)
open({gate!r}).read()
with freeze_time({now!r}, tick=True):
    {call}
env.cr.commit()
print("DONE", flush=True)
"""
OURS = 'env["support.contract"]._cron_count_and_bill()'
THEIRS = 'env["contract.contract"].cron_recurring_create_invoice()'

READ = """
import json
contracts = env["support.contract"].search([])
charges = env["support.charge"].search([])
print("RESULT", json.dumps({
    "errors": [text for text in contracts.mapped("billing_error") if text]
    + [t for t in env["contract.contract"].search([]).mapped(
        "invoice_generation_error") if t],
    "charges": [
        [c.contract_id.name, c.key, c.state, c.amount, c.move_line_id.price_subtotal]
        for c in charges
    ],
    "lines": len(charges.move_line_id),
    "total": sum(env["account.move"].search([]).mapped("amount_untaxed")),
    "carried": len(charges.filtered(
        lambda c: c.move_id.invoice_line_ids.contract_line_id)),
}))
"""


@pytest.fixture
def contracts(database, odoo_shell):
    name = database("support_contract_oca_contract", "l10n_se")
    odoo_shell(name, PREPARE.format(contracts=CONTRACTS, own=OWN))
    return name


def _read(odoo_shell, name):
    lines = odoo_shell(name, READ).splitlines()
    return json.loads(next(ln for ln in lines if ln.startswith("RESULT"))[7:])


def _run_at_once(odoo_env, name, calls, now, tmp_path):
    """Run the calls in a process each; returns what each wrote."""
    gates = [tmp_path / f"gate{number}-{now[:10]}" for number in range(len(calls))]
    running = []
    for gate, call in zip(gates, calls, strict=True):
        subprocess.run(["mkfifo", str(gate)], check=True)
        process = subprocess.Popen(
            odoo.command("shell", "-d", name, "--no-http", "--log-level=info"),
            env=odoo_env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        process.stdin.write(RUN.format(gate=str(gate), now=now, call=call))
        process.stdin.close()
        running.append(process)
    seen = [[] for _process in running]
    for process, lines in zip(running, seen, strict=True):
        for line in process.stdout:
            lines.append(line)
            if "READY" in line:
                break
    for gate in gates:
        gate.write_text("")

    def finish(process):
        text = process.stdout.read()
        process.wait(timeout=300)
        return text

    with ThreadPoolExecutor(len(calls)) as pool:
        rest = list(pool.map(finish, running))
    return ["".join(lines) + text for lines, text in zip(seen, rest, strict=True)]


@pytest.mark.parametrize("ours", [1, 2])
def test_each_charge_is_on_one_invoice(contracts, odoo_env, odoo_shell, tmp_path, ours):
    """Whoever is first has a contract's charges; nobody loses any or has an error."""
    calls = [*[OURS] * ours, THEIRS]
    outputs = _run_at_once(odoo_env, contracts, calls, "2026-10-01 03:00:00", tmp_path)
    for output in outputs:
        assert "DONE" in output, output
        assert "Traceback" not in output, output
        # PostgreSQL's refusals of what another process did are part of it.
        errors = [ln for ln in output.splitlines() if " ERROR " in ln]
        assert all("odoo.sql_db: bad query" in line for line in errors), output
    # What one of them left because the other held it comes with the next run, which
    # finds nothing else.
    again = _run_at_once(odoo_env, contracts, [OURS], "2026-10-02 03:00:00", tmp_path)
    assert "DONE" in again[0], again[0]
    result = _read(odoo_shell, contracts)
    _check(result, periods=1)
    # A month later the recurring contracts are first, and have all of it.
    for call in (THEIRS, OURS):
        _run_at_once(odoo_env, contracts, [call], "2026-11-01 03:00:00", tmp_path)
        for gate in tmp_path.glob("gate*-2026-11-01"):
            gate.unlink()
    result = _read(odoo_shell, contracts)
    _check(result, periods=2)
    assert result["carried"] >= 2 * CONTRACTS


def _check(result, periods):
    assert result["errors"] == []
    charges = result["charges"]
    assert len(charges) == len({key for _name, key, *_rest in charges})
    assert len(charges) == result["lines"] == 2 * periods * CONTRACTS
    assert {state for _name, _key, state, *_rest in charges} == {"invoiced"}
    assert all(amount == line for *_rest, amount, line in charges)
    # To the öre: what was charged, and the recurring contracts' own lines.
    assert result["total"] == periods * CONTRACTS * (SUPPORT + OWN)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Our scheduled action and the one of recurring contracts at the same moment."""

import json

import pytest

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

RUN = """
from freezegun import freeze_time
env["support.contract"].search([]).mapped("service_ids.type_id.name")
env["contract.contract"].search([]).mapped("contract_line_ids.name")
env.cr.commit()
gate()
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


@pytest.mark.parametrize("ours", [1, 2])
def test_each_charge_is_on_one_invoice(contracts, at_once, odoo_shell, ours):
    """Whoever is first has a contract's charges; nobody loses any or has an error."""

    def run(day, *calls):
        now = f"{day} 03:00:00"
        return at_once(contracts, [RUN.format(now=now, call=call) for call in calls])

    outputs = run("2026-10-01", *[OURS] * ours, THEIRS)
    for output in outputs:
        assert "DONE" in output, output
        assert "Traceback" not in output, output
        # PostgreSQL's refusals of what another process did are part of it.
        errors = [ln for ln in output.splitlines() if " ERROR " in ln]
        assert all("odoo.sql_db: bad query" in line for line in errors), output
    # What one of them left because the other held it comes with the next run, which
    # finds nothing else.
    again = run("2026-10-02", OURS)
    assert "DONE" in again[0], again[0]
    result = _read(odoo_shell, contracts)
    _check(result, periods=1)
    # A month later the recurring contracts are first, and have all of it.
    for call in (THEIRS, OURS):
        run("2026-11-01", call)
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

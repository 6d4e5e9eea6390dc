# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two processes run the scheduled action on one database at the same moment."""

import json

import pytest

CONTRACTS = 12

PREPARE = """
import tempfile
from datetime import date
from odoo.addons.support_instance.tests.repository import Repository, module_files

repository = Repository(tempfile.mkdtemp(dir={folder!r}))
repository.commit(module_files("acme_base", 1234))
terms = env.ref("support_contract.terms_default")
if terms.state == "draft":
    terms.action_publish()
types = {{kind.code: kind for kind in env["support.service.type"].search([])}}
for number in range({contracts}):
    contract = env["support.contract"].create({{
        "partner_id": env["res.partner"].create({{"name": f"Customer {{number}}"}}).id,
        "terms_id": terms.id,
        "date_signed": date(2026, 8, 20),
        "billed_through": date(2026, 8, 31),
        "service_ids": [
            (0, 0, {{"type_id": types[code].id, "date_start": date(2026, 9, 1)}})
            for code in ("maintenance", "patch")
        ],
        "instance_ids": [(0, 0, {{
            "name": "Production",
            "source_ids": [(0, 0, {{"url": repository.url, "branch": "main"}})],
        }})],
    }})
    contract.action_activate()
env.cr.commit()
"""

RUN = """
from freezegun import freeze_time
env["support.contract"].search([]).mapped("service_ids.type_id.name")
env.cr.commit()
gate()
with freeze_time("2026-10-01 03:00:00", tick=True):
    env["support.contract"]._cron_count_and_bill()
print("DONE", flush=True)
"""

READ = """
import json
contracts = env["support.contract"].search([])
print("RESULT", json.dumps({
    "errors": [text for text in contracts.mapped("billing_error") if text],
    "invoices": [
        [contract.name, move.name, move.state, move.amount_untaxed]
        for contract in contracts for move in contract.invoice_ids
    ],
    "charges": [
        [charge.key, charge.state, charge.move_id.name]
        for charge in env["support.charge"].search([])
    ],
    "counts": env["support.count"].search_count([]),
    "numbers": sorted(env["account.move"].search([]).mapped("sequence_number")),
}))
"""


@pytest.fixture
def contracts(database, odoo_shell, tmp_path):
    name = database("support_contract_billing", "l10n_se")
    odoo_shell(name, PREPARE.format(folder=str(tmp_path), contracts=CONTRACTS))
    return name


def _read(odoo_shell, name):
    lines = odoo_shell(name, READ).splitlines()
    return json.loads(next(ln for ln in lines if ln.startswith("RESULT"))[7:])


@pytest.mark.parametrize("processes", [2, 3])
def test_at_once_and_again_gives_one_invoice_per_month(
    contracts, at_once, odoo_shell, processes
):
    outputs = at_once(contracts, [RUN] * processes)
    for output in outputs:
        assert "DONE" in output, output
        assert "Traceback" not in output, output
    # Who comes last may find everything done; that nobody did it twice shows below.
    assert any("billed with" in output for output in outputs), outputs
    first = _read(odoo_shell, contracts)
    # What one process had to leave because another held it, nobody holds now.
    odoo_shell(
        contracts,
        "from freezegun import freeze_time\n"
        "with freeze_time('2026-10-01 04:00:00', tick=True):\n"
        "    env['support.contract']._cron_count_and_bill()\n",
    )
    second = _read(odoo_shell, contracts)

    assert second == first, "the run afterwards found something to do"
    assert first["errors"] == []
    # 1,234 lines are 13 started hundreds: 13 × 180 + 495 = 2,835.
    assert len(first["invoices"]) == CONTRACTS
    assert len({contract for contract, *_rest in first["invoices"]}) == CONTRACTS
    assert all(row[2:] == ["posted", 2835.0] for row in first["invoices"])
    assert len(first["charges"]) == 2 * CONTRACTS
    assert {state for _key, state, _move in first["charges"]} == {"invoiced"}
    assert first["counts"] == CONTRACTS
    assert first["numbers"] == list(range(1, CONTRACTS + 1)), "a gap in the numbers"

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two processes announce the same fees, and put the same charges right, at once."""

import json

import pytest
from test_two_runs import PREPARE

CONTRACTS = 6

DAY = """
from freezegun import freeze_time
env["support.contract"].search([]).mapped("service_ids.type_id.name")
env.cr.commit()
{gate}
with freeze_time("{day} 03:00:00", tick=True):
    env["support.contract"]._cron_count_and_bill()
print("DONE", flush=True)
"""

PUSH = """
from pathlib import Path
from odoo.addons.support_instance.tests.repository import Repository, module_files

folder = next(path for path in Path({folder!r}).iterdir() if (path / "work").is_dir())
bare, gone = folder / "bare.git", folder / "gone.git"
if {revive}:
    gone.rename(bare)
repository = Repository.__new__(Repository)
repository.bare, repository.work = bare, folder / "work"
if {lines}:
    repository.commit(module_files("acme_more", {lines}))
else:
    bare.rename(gone)
"""

READ = """
import json
told = env["support.fee.announcement"].search([])
corrections = env["support.charge"].search([("kind", "=", "correction")])
print("RESULT", json.dumps({
    "told": [[one.contract_id.id, str(one.period_start), one.fee_before, one.fee_after]
             for one in told],
    "mails": env["mail.mail"].search(
        [("model", "=", "support.fee.announcement")]).mapped("state"),
    "notes": env["mail.message"].search_count(
        [("model", "=", "support.contract"), ("body", "like", "the monthly fee is")]),
    "events": env["support.event"].search_count([("kind", "=", "fee")]),
    "corrected": [[one.contract_id.id, one.amount] for one in corrections],
    "provisional": env["support.charge"].search_count([("provisional", "=", True)]),
    "errors": [text for contract in env["support.contract"].search([])
               for text in (contract.billing_error, contract.count_day_error) if text],
}))
"""


@pytest.fixture
def contracts(database, odoo_shell, tmp_path):
    name = database("support_contract_billing", "l10n_se")
    odoo_shell(
        name,
        PREPARE.format(folder=str(tmp_path), contracts=CONTRACTS)
        + "for partner in env['support.contract'].search([]).partner_id:\n"
        "    partner.email = f'{partner.id}@customer.example.com'\n"
        "env.cr.commit()\n",
    )
    return name


def test_one_announcement_and_one_correction_each(
    contracts, at_once, odoo_shell, tmp_path
):
    def push(lines, revive=False):
        code = PUSH.format(folder=str(tmp_path), lines=lines, revive=revive)
        odoo_shell(contracts, code)

    def days(*days):
        odoo_shell(contracts, "".join(DAY.format(day=day, gate="") for day in days))

    def both(day):
        outputs = at_once(contracts, [DAY.format(day=day, gate="gate()")] * 2)
        for output in outputs:
            assert "DONE" in output, output
            assert "Traceback" not in output, output
        days(day)  # what one had to leave because the other held it

    def read():
        lines = odoo_shell(contracts, READ).splitlines()
        return json.loads(next(ln for ln in lines if ln.startswith("RESULT"))[7:])

    days("2026-09-01")
    push(200)
    both("2026-09-24")
    found = read()
    # 1,234 and 1,434 lines: 13 and 15 × 180, and 495 for patch.
    assert sorted(row[1:] for row in found["told"]) == [
        ["2026-10-01", 2835.0, 3195.0]
    ] * len(found["told"])
    assert len({row[0] for row in found["told"]}) == len(found["told"]) == CONTRACTS
    assert found["mails"] == ["outgoing"] * CONTRACTS
    assert found["notes"] == found["events"] == CONTRACTS

    push(0)  # nobody can read it any more
    days("2026-10-01", "2026-11-01", "2026-12-01")
    assert read()["provisional"] == CONTRACTS
    push(400, revive=True)
    both("2026-12-05")
    found = read()
    # 1,634 lines: 17 × 180 instead of 15 × 180.
    assert sorted(amount for _id, amount in found["corrected"]) == [360.0] * CONTRACTS
    assert len({contract for contract, _amount in found["corrected"]}) == CONTRACTS
    assert found["provisional"] == 0
    assert found["errors"] == []

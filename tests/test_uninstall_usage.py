# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Without the add-on that records usage the rest of a contract is billed."""

import subprocess

import pytest

from tooling import odoo, paths

pytestmark = pytest.mark.long

BEGIN = """
from datetime import date
from freezegun import freeze_time

kind = env.ref("support_contract_billing.service_type_ocr")
operations = env.ref("support_contract.service_type_operations")
(kind | operations).product_id.taxes_id = env.company.account_sale_tax_id
terms = env.ref("support_contract.terms_default").copy()
terms.price_ids.filtered(lambda price: price.type_id == kind).unlink()
terms.price_ids = [(0, 0, {"type_id": kind.id, "price_unit": 1.5})]
terms.action_publish()
contract = env["support.contract"].create({
    "partner_id": env["res.partner"].create({"name": "Fjällglass AB"}).id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
    "service_ids": [
        (0, 0, {"type_id": operations.id, "date_start": date(2026, 9, 1)}),
        (0, 0, {"type_id": kind.id, "date_start": date(2026, 9, 1)}),
    ],
})

def record(day, reference):
    env["support.usage"].create({
        "contract_id": contract.id, "type_id": kind.id, "date": day,
        "quantity": 10, "reference": reference,
    })

with freeze_time("2026-09-01 12:00:00"):
    contract.action_activate()
with freeze_time("2026-10-01 03:00:00"):
    record(date(2026, 9, 5), "September")
    assert contract._bill().state == "posted"
assert contract.charge_ids.filtered("usage_ids").amount == 15.0
assert not contract.held_services
env.cr.commit()
"""

TAKE_BACK = """
from datetime import date
from freezegun import freeze_time

contract = env["support.contract"].search([("partner_id.name", "=", "Fjällglass AB")])
contract.invoice_ids.button_draft()
contract.invoice_ids.unlink()
with freeze_time("2026-10-20 12:00:00"):
    env["support.usage"].create({
        "contract_id": contract.id,
        "type_id": env.ref("support_contract_billing.service_type_ocr").id,
        "date": date(2026, 10, 5), "quantity": 10, "reference": "October",
    })
env.cr.commit()
"""

GO_ON = """
from freezegun import freeze_time

assert "support.usage" not in env
contract = env["support.contract"].search([("partner_id.name", "=", "Fjällglass AB")])
assert "OCR scans is charged by usage, and no installed" in contract.held_services
with freeze_time("2026-11-01 03:00:00"):
    invoice = contract._bill()
assert invoice.state == "posted"
# September again, its usage with it, and what is not metered of October.
charges = contract.charge_ids
assert charges.move_id == invoice
assert sorted(charges.mapped("kind")) == ["recurring", "recurring", "usage"]
assert charges.filtered(lambda charge: charge.kind == "usage").amount == 15.0
assert not contract.billing_error
with freeze_time("2026-11-02 03:00:00"):
    overview = env["support.billing.overview"].create({})
    held = [name for name, records, _sum in overview._get_waiting_work() if records]
assert "Services that are held" in held, held
env.cr.commit()
"""


def _uninstall(pg, name):
    return odoo.run_odoo(
        ["module", "uninstall", "--database", name, "support_usage"],
        pg,
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_usage_that_waits_goes_and_everything_else_is_billed(pg, database, odoo_shell):
    name = database("support_usage", "l10n_se")
    odoo_shell(name, BEGIN)
    refused = _uninstall(pg, name)
    assert refused.returncode
    assert "cannot be uninstalled: its records prove" in refused.stdout
    odoo_shell(name, TAKE_BACK)
    result = _uninstall(pg, name)
    assert not result.returncode, result.stdout
    odoo_shell(name, GO_ON)

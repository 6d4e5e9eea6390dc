# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A new basis is one registered method: the example add-on bills by it."""

import subprocess
from pathlib import Path

from tooling import odoo, paths

ADDONS = Path(__file__).resolve().parent / "addons"

BILL = """
from datetime import date
from freezegun import freeze_time

Type = env["support.service.type"]
assert dict(Type._selection_basis())["delivery_address"] == "Delivery addresses"
kind = Type.create({
    "name": "Shops",
    "code": "shops",
    "basis": "delivery_address",
    "step": 2,
    "product_id": env.ref("support_contract.product_other").id,
})
terms = env.ref("support_contract.terms_default").copy()
terms.price_ids = [(0, 0, {"type_id": kind.id, "price_unit": 300.0})]
terms.action_publish()
customer = env["res.partner"].create({"name": "Fjällglass AB"})
contract = env["support.contract"].create({
    "partner_id": customer.id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
    "service_ids": [(0, 0, {"type_id": kind.id, "date_start": date(2026, 9, 1)})],
})
with freeze_time("2026-09-01 12:00:00"):
    contract.action_activate()
with freeze_time("2026-10-01 03:00:00"):
    try:
        with env.cr.savepoint():
            contract._bill()
    except Exception as error:
        print("REFUSED", error)
    customer.child_ids = [
        (0, 0, {"name": town, "type": "delivery"})
        for town in ("Åre", "Malung", "Idre", "Sälen", "Funäsdalen")
    ]
    contract._bill()
charge = contract.charge_ids
print("CHARGED", charge.amount, charge.calculation)
"""


def test_example_add_on_bills_by_its_own_basis(pg, database, odoo_shell):
    """5 delivery addresses are 3 started pairs: 3 × 300.00 = 900.00."""
    name = database("support_contract_billing", "l10n_se")
    # Where Odoo finds add-ons: ours, and the one of this test.
    addons = f"--addons-path={paths.ADDONS},{ADDONS}"
    result = odoo.run_odoo(
        [
            *("--database", name, addons),
            *("--init", "support_contract_example_basis"),
            *("--stop-after-init", "--no-http"),
        ],
        pg,
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not result.returncode, result.stdout
    odoo.refuse_complaints(result.stdout)
    printed = odoo_shell(name, BILL, addons)
    assert "REFUSED Add the delivery addresses of Fjällglass AB." in printed
    assert (
        "CHARGED 900.0 5 delivery addresses → 3 started blocks of 2 × 300.00 = 900.00"
        in printed
    )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A new basis is one registered method: the example add-on bills by it."""

from pathlib import Path

from tooling import paths

ADDONS = Path(__file__).resolve().parent / "addons"
# Where Odoo finds add-ons: ours, and the one of this test.
ADDONS_PATH = f"--addons-path={paths.ADDONS},{ADDONS}"

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
kind.product_id.taxes_id = env.company.account_sale_tax_id
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

BEGIN = """
from datetime import date
from freezegun import freeze_time

operations = env.ref("support_contract.service_type_operations")
operations.product_id.taxes_id = env.company.account_sale_tax_id
kind = env["support.service.type"].create({
    "name": "Shops",
    "code": "shops",
    "basis": "delivery_address",
    "product_id": operations.product_id.id,
})
terms = env.ref("support_contract.terms_default").copy()
terms.price_ids = [(0, 0, {"type_id": kind.id, "price_unit": 300.0})]
terms.action_publish()
contract = env["support.contract"].create({
    "partner_id": env["res.partner"].create({
        "name": "Fjällglass AB",
        "child_ids": [(0, 0, {"name": "Idre", "type": "delivery"})],
    }).id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
    "service_ids": [
        (0, 0, {"type_id": operations.id, "date_start": date(2026, 9, 1)}),
        (0, 0, {"type_id": kind.id, "date_start": date(2026, 9, 1)}),
    ],
})
with freeze_time("2026-09-01 12:00:00"):
    contract.action_activate()
with freeze_time("2026-10-01 03:00:00"):
    contract._bill()
    assert not contract.held_services
assert len(contract.charge_ids) == 2
env.cr.commit()
"""

UNINSTALL = """
env.ref("base.module_support_contract_example_basis").button_immediate_uninstall()
"""

GO_ON = """
from freezegun import freeze_time

contract = env["support.contract"].search([("partner_id.name", "=", "Fjällglass AB")])
operations, shops = contract.service_ids
assert "Shops is charged by something that no installed" in contract.held_services
assert "Operations" not in contract.held_services
with freeze_time("2026-11-01 03:00:00"):
    # The night finds what lists show of it.
    env["support.contract"]._cron_keep()
    contract.invalidate_recordset()
    assert contract.monthly_fee == operations.price_unit
    invoice = contract._bill()
assert invoice.state == "posted"
assert len(invoice.invoice_line_ids.support_charge_ids) == 1
assert len(operations.charge_ids) == 2
assert len(shops.charge_ids) == 1
assert not contract.billing_error
"""


def _install(run_odoo, name):
    run_odoo(
        *("--database", name, ADDONS_PATH),
        *("--init", "support_contract_example_basis"),
        *("--stop-after-init", "--no-http"),
    )


def test_example_add_on_bills_by_its_own_basis(run_odoo, database, odoo_shell):
    """5 delivery addresses are 3 started pairs: 3 × 300.00 = 900.00."""
    name = database("support_contract_billing", "l10n_se")
    _install(run_odoo, name)
    printed = odoo_shell(name, BILL, ADDONS_PATH)
    assert "REFUSED Add the delivery addresses of Fjällglass AB." in printed
    assert (
        "CHARGED 900.0 5 delivery addresses → 3 started blocks of 2 × 300.00 = 900.00"
        in printed
    )


def test_service_of_a_basis_that_is_gone_is_held(run_odoo, database, odoo_shell):
    """Everything else of its contract goes on being billed."""
    name = database("support_contract_billing", "l10n_se")
    _install(run_odoo, name)
    odoo_shell(name, BEGIN, ADDONS_PATH)
    odoo_shell(name, UNINSTALL, ADDONS_PATH)
    odoo_shell(name, GO_ON)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Recorded usage is in the report of earned income until it is invoiced.

Neither add-on knows the other: what is metered reaches the report through billing.
"""

TRY = """
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

def earned(day):
    report = env["support.earned"].create({"day": day}).action_show()
    lines = env[report["res_model"]].search(report["domain"])
    metered = lines.filtered(lambda line: line.name.startswith(kind.name))
    return [
        (line.accrued, line.deferred, line.estimated, bool(line.charge_id))
        for line in metered
    ]

with freeze_time("2026-09-01 12:00:00"):
    contract.action_activate()
with freeze_time("2026-09-30 20:00:00"):
    env["support.usage"].create([
        {
            "contract_id": contract.id, "type_id": kind.id, "date": day,
            "quantity": quantity, "reference": str(day),
        }
        for day, quantity in ((date(2026, 9, 5), 20), (date(2026, 9, 30), 100))
    ])
    assert earned(date(2026, 9, 4)) == []
    assert earned(date(2026, 9, 15)) == [(30.0, 0.0, True, False)]
    assert earned(date(2026, 9, 30)) == [(180.0, 0.0, True, False)]
with freeze_time("2026-10-01 03:00:00"):
    assert contract._bill().state == "posted"
assert contract.charge_ids.filtered("usage_ids").amount == 180.0
with freeze_time("2026-10-02 12:00:00"):
    # The books of September stay as they were, and October has nothing left.
    assert earned(date(2026, 9, 30)) == [(180.0, 0.0, False, True)]
    assert earned(date(2026, 10, 1)) == []
print("RESULT done")
"""


def test_r06_usage_is_earned_when_used_and_gone_when_invoiced(database, odoo_shell):
    name = database("support_usage", "support_billing_report", "l10n_se")
    assert "RESULT done" in odoo_shell(name, TRY)

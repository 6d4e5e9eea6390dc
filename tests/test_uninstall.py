# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Nothing of ours stays in a database that the add-ons were taken from."""

import json

import pytest

pytestmark = pytest.mark.long

COUNT = """
import contextlib
import io
from datetime import date

from odoo.tools.cloc import Cloc

# Evidence, which its triggers keep from being deleted.
contract = env["support.contract"].create({
    "partner_id": env["res.partner"].create({"name": "Fjällglass AB"}).id,
    "terms_id": env.ref("support_contract.terms_default").id,
    "date_signed": date(2026, 8, 20),
})
contract.action_cancel()
instance = env["support.instance"].create({
    "name": "Production",
    "contract_id": contract.id,
    "source_ids": [(0, 0, {"kind": "report"})],
})
cloc, text = Cloc(), io.StringIO()
cloc.book("acme_base")
cloc.book("acme_base", "/srv/acme_base/models.py", (120, 150))
with contextlib.redirect_stdout(text):
    cloc.report(verbose=True)
env["support.cloc.report.add"].create({
    "instance_id": instance.id, "odoo_version": "17.0", "text": text.getvalue(),
}).action_add()
assert instance.count_ids.state == "approved"
env.cr.commit()
"""

LEFT = """
import json
env.cr.execute('''
    SELECT proname FROM pg_proc
     WHERE pronamespace = current_schema::regnamespace AND proname LIKE 'support%'
     UNION ALL SELECT tgname FROM pg_trigger WHERE tgname LIKE 'support%'
     UNION ALL SELECT relname FROM pg_class
     WHERE relnamespace = current_schema::regnamespace AND relname LIKE 'support%'
''')
print("RESULT", json.dumps(sorted(name for name, in env.cr.fetchall())))
"""


def _left(text):
    (line,) = (line for line in text.splitlines() if line.startswith("RESULT "))
    return json.loads(line.removeprefix("RESULT "))


def _uninstall(run_odoo, name, *addons):
    run_odoo("module", "uninstall", "--database", name, *addons, may_complain=True)


def test_uninstalling_leaves_no_functions_triggers_or_tables(
    run_odoo, database, odoo_shell
):
    name = database("support_contract_billing")
    odoo_shell(name, COUNT)
    assert "support_evidence_guard" in _left(odoo_shell(name, LEFT))
    # Odoo's log complains: it tries to delete records before what refers to them.
    _uninstall(run_odoo, name, "support_contract")
    assert _left(odoo_shell(name, LEFT)) == []


CHANGE_PRICES = """
from datetime import date
from freezegun import freeze_time

env["ir.cron"].search([]).active = False
customer = env["res.partner"].create({"name": "Fjällglass AB"})
operations = env["support.service.type"].search([("code", "=", "operations")])
sales_tax = env["account.tax"].search([("type_tax_use", "=", "sale")], limit=1)
operations.product_id.taxes_id = sales_tax
terms = env.ref("support_contract.terms_default").copy()
terms.action_publish()
contract = env["support.contract"].create({
    "partner_id": customer.id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
    "service_ids": [
        (0, 0, {"type_id": operations.id, "date_start": date(2026, 12, 1)})
    ],
})
with freeze_time("2026-11-10 12:00:00"):
    contract.action_activate()
    run = env["support.price.run"].create({
        "date_effective": "2027-01-01", "percent": 5.0, "reason": "Costs have risen",
    })
    run.action_simulate()
    run.action_apply()
    env["support.price.run"]._cron_apply()
    assert run.line_ids.state == "applied", run.line_ids.note
    contract.action_forecast()
env.cr.commit()
"""

BILL = """
from freezegun import freeze_time
assert not {"support.price.run", "support.forecast"} & set(env.registry)
contract = env["support.contract"].search([])
print("AMENDED", contract.amendment_ids.mapped("reason"))
for day in ("2027-01-01", "2027-02-01"):
    with freeze_time(f"{day} 03:00:00"):
        contract._bill()
december, january = contract.charge_ids.sorted("period_start").mapped("amount")
print("RAISED", january / december)
"""


def test_what_leaves_did_stays_when_they_go(run_odoo, database, odoo_shell):
    name = database("support_contract_billing", "l10n_se")
    odoo_shell(name, CHANGE_PRICES)
    _uninstall(run_odoo, name, "support_price_change", "support_billing_report")
    printed = odoo_shell(name, BILL)
    assert "AMENDED ['Costs have risen']" in printed
    assert "RAISED 1.05" in printed

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Without the add-on of upgrades the rest is billed, and what is on record is read."""

import subprocess

import pytest

from tooling import odoo, paths

pytestmark = pytest.mark.long

BEGIN = """
import contextlib
import io
from datetime import date

from freezegun import freeze_time
from odoo.addons.support_contract.ending import open_checklist
from odoo.tools.cloc import Cloc

operations = env.ref("support_contract.service_type_operations")
fee = env.ref("support_contract.product_upgrade")
tax = env["account.tax"].search([("type_tax_use", "=", "sale")], limit=1)
(operations.product_id | fee).taxes_id = tax
terms = env.ref("support_contract.terms_default").copy()
terms.action_publish()
contract = env["support.contract"].create({
    "partner_id": env["res.partner"].create({"name": "Fjällglass AB"}).id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
    "service_ids": [
        (0, 0, {"type_id": operations.id, "date_start": date(2026, 9, 1)}),
    ],
})
instance = env["support.instance"].create({
    "name": "Production", "contract_id": contract.id, "series": "17.0",
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
with freeze_time("2026-09-01 12:00:00"):
    contract.action_activate()
with freeze_time("2026-09-05 12:00:00"):
    upgrade = env["support.upgrade"].create({
        "contract_id": contract.id, "to_series": "19.0",
    })
    upgrade.action_accept()
    env["support.upgrade.approval"].create({
        "upgrade_id": upgrade.id, "kind": "extra", "given_by": "Head of finance",
        "how": "phone", "note": "Agreed on the phone",
    })
    upgrade.action_start()
    instance.count_ids.growth_ids.origin_ref = upgrade
    contract._amend(
        date(2026, 9, 5), "Told later", [(contract, {"upgrades_used_before": 1})]
    )
    open_checklist(contract)
with freeze_time("2026-10-01 03:00:00"):
    invoice = contract._bill()
assert invoice.state == "posted"
assert upgrade.charge_ids.move_id == invoice
assert "upgrade" in contract.checklist_ids.mapped("code")
env.cr.commit()
"""

TAKE_BACK = """
contract = env["support.contract"].search([("partner_id.name", "=", "Fjällglass AB")])
contract.invoice_ids.button_draft()
contract.invoice_ids.unlink()
env.cr.commit()
"""

GO_ON = """
from freezegun import freeze_time
from odoo.exceptions import UserError

assert "support.upgrade" not in env
contract = env["support.contract"].search([("partner_id.name", "=", "Fjällglass AB")])
# The fee that was due, and the service.
with freeze_time("2026-10-01 03:00:00"):
    invoice = contract._bill()
assert invoice.state == "posted"
charges = contract.charge_ids
assert charges.move_id == invoice
assert sorted(charges.mapped("kind")) == ["fee", "recurring"]
assert charges.filtered(lambda charge: charge.kind == "fee").amount == 9900.0

# What happened.
events = contract.event_ids.filtered(lambda event: event.kind == "upgrade")
assert "Accepted → Started" in events.mapped("summary")
assert dict(events._fields["kind"]._description_selection(env))["upgrade"]
events.read()
events.web_read({name: {} for name in events._fields})
[line] = contract.amendment_ids.line_ids
assert (line.field_label, line.after_text) == ("upgrades_used_before", "1")
line.read()
growth = contract.count_ids.growth_ids
assert growth.ordered and "UPG" in growth.origin_note, growth.origin_note
assert "upgrade" not in contract.checklist_ids.mapped("code")
contract.checklist_ids.read()

# What was changed is gone: it cannot be undone.
wizard = env["support.contract.amend"].create({
    "contract_id": contract.id, "change": "undo", "undoes_id": line.amendment_id.id,
    "reason": "Test",
})
try:
    wizard.action_confirm()
except UserError as error:
    assert "upgrades_used_before" in str(error), error
else:
    raise AssertionError("undone")

# A right that nobody counts is that of the service.
assert contract._right("upgrade").reason == "No service of the contract includes it."
view = contract.get_views([(False, "form")])["views"]["form"]["arch"]
assert "action_request_upgrade" not in view
env.cr.commit()
"""


def _uninstall(pg, name):
    return odoo.run_odoo(
        ["module", "uninstall", "--database", name, "support_upgrade"],
        pg,
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_upgrades_go_and_everything_else_stays(pg, database, odoo_shell):
    name = database("support_upgrade", "l10n_se")
    odoo_shell(name, BEGIN)
    refused = _uninstall(pg, name)
    assert refused.returncode
    assert "cannot be uninstalled: its records prove" in refused.stdout
    odoo_shell(name, TAKE_BACK)
    result = _uninstall(pg, name)
    assert not result.returncode, result.stdout
    odoo_shell(name, GO_ON)

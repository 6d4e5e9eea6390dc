# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two add-ons that extend the same sets are both in force, whichever is loaded last."""

import json
from pathlib import Path

import pytest

from tooling import paths

ADDONS = Path(__file__).resolve().parent / "addons"
BOTH = ("support_contract_example_left", "support_contract_example_right")

TRY = """
import json
from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

def refused(error, action):
    try:
        with env.cr.savepoint():
            action()
    except error:
        return True
    return False

SIDES = ("left", "right")
company = env["res.partner"].create({"name": "Fjällglass AB", "is_company": True})
payer, user = (
    env["res.partner"].create({"name": name, "parent_id": company.id})
    for name in ("Payer", "User")
)
manager = new_test_user(
    env, "support_manager", groups="support_contract.group_support_manager"
)
rights = env["support.right"].create(
    [{"name": side.title(), "code": side} for side in SIDES]
)
kind = env.ref("support_contract.service_type_operations")
terms = env.ref("support_contract.terms_default").copy()
terms.action_publish()
contract = env["support.contract"].create({
    "partner_id": company.id,
    "terms_id": terms.id,
    "date_signed": date.today(),
    "service_ids": [Command.create({"type_id": kind.id, "date_start": date.today()})],
    "left_promise": "left is promised",
    "right_promise": "right is promised",
    "contact_ids": [
        Command.create({"partner_id": payer.id, "role": "finance"}),
        Command.create({"partner_id": user.id, "role": "key_user"}),
    ],
})
Condition = env["support.contract.condition"]
result = {"choices": [key for key, _label in Condition._selection_key()]}
standard = {side: contract._get_agreed(f"{side}_fee").value for side in SIDES}
Condition.create([
    {"contract_id": contract.id, "key": f"{side}_fee", "value": 5.0} for side in SIDES
])
contract.action_activate()
portal = {
    who.name: new_test_user(
        env, who.name, groups="base.group_portal", partner_id=who.id
    )
    for who in (payer, user)
}
for side in SIDES:
    name = f"{side}_promise"
    page = contract._prepare_portal_overview(
        contract._get_visible_cards(portal["Payer"])
    )
    html = str(env["ir.qweb"]._render("support_contract.portal_today", {
        # Forms need a request.
        "support_contract": contract, "overview": page | {"forms": []},
        "cards": frozenset(),
        "access_token": "", "message": "",
    }))
    result[side] = {
        "guarded": refused(
            UserError, lambda: contract.with_user(manager).write({name: "else"})
        ),
        "system": refused(
            AccessError,
            lambda: contract.with_user(manager).write({f"{side}_state": "else"}),
        ),
        "sees": sorted(
            who for who, login in portal.items()
            if side in contract._get_visible_cards(login)
        ),
        "on the page": contract[name] in html,
        "right": contract._right(side).reason,
        "standard": standard[side],
        "agreed": contract._get_agreed(f"{side}_fee").value,
    }
    contract._amend(date.today(), "Agreed anew", [(contract, {name: f"{side} anew"})])
    result[side]["amended"] = contract.amendment_ids.line_ids.filtered(
        lambda line: line.field_name == name
    ).mapped("after")
print("RESULT", json.dumps(result))
"""


@pytest.mark.parametrize("order", [BOTH, BOTH[::-1]], ids=["left-right", "right-left"])
def test_additions_of_both_are_in_force(run_odoo, database, odoo_shell, order):
    name = database("support_contract")
    addons = f"--addons-path={paths.ADDONS},{ADDONS}"
    for addon in order:
        run_odoo(
            *("--database", name, addons, "--init", addon),
            *("--stop-after-init", "--no-http"),
        )
    printed = odoo_shell(name, TRY, addons)
    (line,) = (each for each in printed.splitlines() if each.startswith("RESULT "))
    found = json.loads(line.removeprefix("RESULT "))
    assert {"price", "left_fee", "right_fee"} <= set(found.pop("choices"))
    assert found == {
        side: {
            "guarded": True,
            "system": True,
            "sees": ["Payer"],
            "on the page": True,
            "right": f"{side} is promised",
            "standard": fee,
            "agreed": 5.0,
            "amended": [json.dumps(f"{side} anew")],
        }
        for side, fee in (("left", 12.0), ("right", 34.0))
    }

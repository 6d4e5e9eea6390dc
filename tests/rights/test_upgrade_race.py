# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two people start an upgrade of one customer at the same moment. Clause R8."""

import json

import pytest

# One customer, two requests of a year in which a third one has the right. Both wait
# for the next year's right.
PREPARE = """
from datetime import date
from freezegun import freeze_time

terms = env["support.terms"].search([], limit=1)
if terms.state == "draft":
    terms.action_publish()
with freeze_time("2027-03-01 12:00:00"):
    contract = env["support.contract"].create({
        "partner_id": env["res.partner"].create({"name": "Customer"}).id,
        "terms_id": terms.id,
        "date_signed": date(2026, 8, 20),
        "billed_through": date(2027, 2, 28),
        "service_ids": [(0, 0, {
            "type_id": env.ref("support_contract.service_type_maintenance").id,
            "date_start": date(2026, 9, 1),
        })],
        # One for each, so that it is the right alone that they compete for.
        "instance_ids": [
            (0, 0, {"name": name, "series": "17.0"})
            for name in ("Production", "Production B", "Production C")
        ],
    })
    contract.action_activate()
    for instance in contract.instance_ids.sorted("id"):
        env["support.upgrade"].create({
            "contract_id": contract.id,
            "instance_id": instance.id,
            "to_series": "19.0",
        }).action_accept()
env.cr.commit()
"""

# Both have seen the same state before either begins. Then they do what a click does,
# with Odoo's own second try after a conflict.
RUN = """
from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.service.model import retrying

upgrade = env["support.upgrade"].search([], order="id")[{number}]
with freeze_time("2027-09-01 12:00:00", tick=True):
    env.cr.commit()
    upgrade.contract_id._right("upgrade")
    gate()
    try:
        retrying({action}, env)
        env.cr.commit()
        print("DONE", flush=True)
    except UserError as error:
        print("REFUSED", str(error).replace(chr(10), " "), flush=True)
"""

READ = """
import json
upgrades = env["support.upgrade"].search([], order="id")
print("RESULT", json.dumps([
    [one.state, one.right_no, str(one.period_start or ""),
     len(one.upgrade_instance_ids)]
    for one in upgrades
]))
"""


@pytest.fixture
def prepared(database, odoo_shell):
    name = database("support_upgrade")
    odoo_shell(name, PREPARE)
    return name


def _read(odoo_shell, name):
    lines = odoo_shell(name, READ).splitlines()
    return json.loads(next(ln for ln in lines if ln.startswith("RESULT"))[7:])


def test_r08_two_starts_at_once_use_one_right(prepared, at_once, odoo_shell):
    scripts = [
        RUN.format(number=number, action="upgrade.action_start") for number in (1, 2)
    ]
    outputs = at_once(prepared, scripts)
    done = [output for output in outputs if "DONE" in output]
    refused = [output for output in outputs if "REFUSED" in output]
    assert (len(done), len(refused)) == (1, 1), outputs
    # The one who came second is told when there is a right again.
    assert "09/01/2028" in refused[0], refused
    states = _read(odoo_shell, prepared)
    assert states[0] == ["accepted", 1, "2026-09-01", 0]
    assert sorted(states[1:]) == [
        ["accepted", 0, "", 0],
        ["started", 1, "2027-09-01", 2],
    ]


def test_r08_two_requests_at_once_reserve_one_right(prepared, at_once, odoo_shell):
    create = (
        'lambda: env["support.upgrade"].create({"to_series": "19.0", '
        '"contract_id": upgrade.contract_id.id, "instance_id": upgrade.instance_id.id})'
    )
    outputs = at_once(prepared, [RUN.format(number=0, action=create)] * 2)
    # Nobody is refused: a request without a right waits for the next one.
    assert all("DONE" in output for output in outputs), outputs
    states = _read(odoo_shell, prepared)
    assert sorted(states[3:]) == [
        ["requested", 0, "", 0],
        ["requested", 1, "2027-09-01", 0],
    ]


def test_r08_two_people_start_the_same_upgrade(prepared, at_once, odoo_shell):
    script = RUN.format(number=0, action="upgrade.action_start")
    outputs = at_once(prepared, [script] * 2)
    assert sum("DONE" in output for output in outputs) == 1, outputs
    [refused] = [output for output in outputs if "REFUSED" in output]
    assert "is Started" in refused
    assert _read(odoo_shell, prepared)[0] == ["started", 1, "2026-09-01", 2]

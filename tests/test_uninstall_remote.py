# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Without the add-on that reads a running Odoo its sources and counts stay readable."""

import pytest

pytestmark = pytest.mark.long

BEGIN = """
import os
from datetime import date
from cryptography.fernet import Fernet
from freezegun import freeze_time
from odoo.addons.support_instance import vault
from odoo.addons.support_instance.cloc.odoo_report import count_of
from odoo.addons.support_instance.cloc.parse.rules import rules

os.environ[vault.VARIABLE] = Fernet.generate_key().decode()
maintenance = env.ref("support_contract.service_type_maintenance")
terms = env.ref("support_contract.terms_default").copy()
terms.action_publish()
contract = env["support.contract"].create({
    "partner_id": env["res.partner"].create({"name": "Fjällglass AB"}).id,
    "terms_id": terms.id,
    "date_signed": date(2026, 8, 20),
    "service_ids": [
        (0, 0, {"type_id": maintenance.id, "date_start": date(2026, 9, 1)})
    ],
})
key = env["support.credential"].create({
    "name": "Key", "kind": "api", "host": "odoo.example.com", "login": "admin",
    "secret": "hemligt",
})
instance = env["support.instance"].create({
    "name": "Production",
    "contract_id": contract.id,
    "source_ids": [
        (0, 0, {
            "kind": "remote",
            "url": "https://odoo.example.com",
            "protocol": "jsonrpc",
            "database": "fjallglass",
            "credential_id": key.id,
        }),
        (0, 0, {"url": "https://git.example.com/a.git", "active": False}),
    ],
})
source = instance.source_ids
figures = rules().module.Cloc()
figures.book("odoo/studio", "ir.actions.server/7: Act", (120, 150), False)
count = count_of(figures, rules().ruleset, {})
with freeze_time("2026-08-25 12:00:00"):
    assert instance._record_count([(source, count)]).state == "approved"
with freeze_time("2026-09-01 12:00:00"):
    contract.action_activate()
with freeze_time("2026-10-01 12:00:00"):
    contract._amend(
        date(2026, 10, 1), "Renamed", [(source, {"database": "fjallglass2"})]
    )
    contract._amend(
        date(2027, 10, 1), "Renamed again", [(source, {"database": "fjallglass3"})]
    )
env.cr.commit()
"""

GO_ON = """
from datetime import date
from freezegun import freeze_time
from odoo.exceptions import UserError
from odoo.tests import Form

contract = env["support.contract"].search([("partner_id.name", "=", "Fjällglass AB")])
instance = contract.instance_ids
source = instance.source_ids
count = instance.count_ids

# The source is as it was, and readable.
assert source.read(["kind", "display_name"])[0]["kind"] == "remote"
assert source.display_name == "remote https://odoo.example.com", source.display_name
assert source.credential_id.sudo().kind == "api"
assert not source.is_readable
form = Form(source, "support_instance.support_source_view_form")
assert form.url == "https://odoo.example.com" and form.kind == "remote"
note = str(instance.message_ids.filtered(lambda m: "not read any more" in m.body).body)
assert "Running Odoo https://odoo.example.com is not read" in note, note
assert "Odoo 14 to 18" in note and "fjallglass2" in note, note

# What was agreed of it, too.
lines = contract.amendment_ids.line_ids.sorted("id")
assert lines.mapped("before_text") == ['"fjallglass"', '"fjallglass2"']
assert lines.mapped("after_text") == ['"fjallglass2"', '"fjallglass3"']
assert source._describe_on(source._values_on(date(2026, 9, 1))) == source.display_name

# The count proves what it proved.
assert count.module_ids.source_name == "Running Odoo https://odoo.example.com"
assert not count._get_contradictions()

def refused(function, *arguments):
    try:
        with env.cr.savepoint():
            function(*arguments)
    except UserError as error:
        return str(error)
    raise AssertionError(function)

# Nobody reads it, and that is said.
sentence = "No installed add-on reads code sources of the kind “remote”"
assert sentence in refused(instance.action_count)
assert sentence in refused(instance.copy)
with freeze_time("2026-10-02 03:00:00"):
    env["support.instance"]._cron_count()
assert sentence in instance.count_error, instance.count_error
assert instance.status == "failed"
assert instance.last_count_id == count

# What was to be written next year is held.
(waiting,) = contract.amendment_ids.filtered(lambda a: a.state == "scheduled")
assert waiting._apply() == waiting.line_ids and waiting.line_ids.held
assert waiting.state == "scheduled"

# Other code is chosen by an amendment.
other = instance.all_source_ids - source
with freeze_time("2026-11-01 12:00:00"):
    contract._amend(
        date(2026, 11, 1),
        "Moved",
        [(source, {"active": False}), (other, {"active": True})],
    )
assert instance.source_ids == other
env.cr.commit()
"""

AGAIN = """
source = env["support.source"].with_context(active_test=False).search(
    [("kind", "=", "remote")]
)
assert source.is_readable
assert source.display_name == "Running Odoo https://odoo.example.com"
"""


def _run(run_odoo, name, command):
    run_odoo(
        "module",
        command,
        "--database",
        name,
        "support_instance_remote",
        may_complain=True,
    )


def test_sources_and_counts_stay_when_the_reader_goes(run_odoo, database, odoo_shell):
    name = database("support_instance_remote")
    odoo_shell(name, BEGIN)
    _run(run_odoo, name, "uninstall")
    odoo_shell(name, GO_ON)
    _run(run_odoo, name, "install")
    odoo_shell(name, AGAIN)

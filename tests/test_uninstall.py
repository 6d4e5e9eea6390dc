# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Nothing of ours stays in a database that the add-ons were taken from."""

import json
import subprocess

from tooling import odoo, paths

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
env["support.report.add"].create({
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


def test_uninstalling_leaves_no_functions_triggers_or_tables(pg, database, odoo_shell):
    name = database("support_contract_billing")
    odoo_shell(name, COUNT)
    assert "support_evidence_guard" in _left(odoo_shell(name, LEFT))
    # Odoo's log complains: it tries to delete records before what refers to them.
    result = odoo.run_odoo(
        ["module", "uninstall", "--database", name, "support_contract"],
        pg,
        cwd=paths.ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not result.returncode, result.stdout
    assert _left(odoo_shell(name, LEFT)) == []

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

from odoo.addons.support_contract.evidence_guard import drop_guard
from odoo.addons.support_contract_billing.retention import (
    drop_functions,
    drop_triggers,
)

KEPT = {"account_analytic_line": SQL("DELETE")}
# Who has charged time is not deleted: its guard refuses to empty the link.
NAMING = {"hr_employee": SQL("UPDATE")}


def uninstall_hook(env):
    """Leave Odoo's own tables as they were: the guards ask for charges."""
    drop_guard(env.cr, env["account.analytic.line"]._table)
    drop_triggers(env.cr, [*KEPT, *NAMING])
    drop_functions(env.cr, [*KEPT, "support_work_approval"])

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

# What keeps evidence as it is (evidence_guard.py).
FUNCTIONS = (
    "support_evidence_guard",
    "support_evidence_guard_truncate",
    "support_until",
)


def uninstall_hook(env):
    """Take along what Odoo does not know of: functions of the database.

    With them go the triggers that call them; their tables are dropped right after.
    """
    for name in FUNCTIONS:
        function = SQL.identifier(name)
        env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", function))

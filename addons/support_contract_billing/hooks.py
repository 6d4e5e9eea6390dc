# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tools import SQL

from .retention import KEPT, NAMING, drop_functions, drop_triggers

# What all tables share, in the order in which one needs the other (retention.sql).
SHARED = (
    "support_name_guard",
    "support_retention_guard",
    "support_is_named",
    "support_until_charges",
    "support_retention_day",
)


def uninstall_hook(env):
    """Leave Odoo's own tables as they were."""
    drop_triggers(env.cr, [*KEPT, *NAMING])
    drop_functions(
        env.cr,
        [
            *KEPT,
            "support_charge",
            "support_count",
            "support_count_growth",
            "support_former_name",
        ],
    )
    for name in SHARED:
        function = SQL.identifier(name)
        env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", function))

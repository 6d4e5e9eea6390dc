# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from .retention import KEPT, NAMING, drop_functions, drop_triggers


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

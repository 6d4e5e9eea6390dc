# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class IrCron(models.Model):
    _name = "ir.cron"
    _inherit = ["ir.cron", "support.history.mixin"]

    @api.model
    def _get_history_fields(self):
        return super()._get_history_fields() | {
            "active",
            "interval_number",
            "interval_type",
        }

    def _filter_history(self):
        """Those that bill and count."""
        return (
            super()
            ._filter_history()
            .filtered(lambda cron: (cron.model_id.model or "").startswith("support."))
        )

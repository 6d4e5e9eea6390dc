# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class SupportDeadline(models.Model):
    _inherit = "support.deadline"
    _depends = {
        "support.contract": ["date_upgrade_until"],
        "support.upgrade": ["contract_id", "date_planned", "state"],
    }

    kind = fields.Selection(
        selection_add=[
            ("upgrade", "Planned Go-Live"),
            ("upgrade_period", "Upgrade Right Lapses"),
        ]
    )

    @api.model
    def _get_parts(self):
        return super()._get_parts() | {
            "upgrade": (
                8,
                SQL(
                    "SELECT id, contract_id, date_planned, NULL::integer"
                    " FROM support_upgrade WHERE state NOT IN ('done', 'cancelled')"
                ),
            ),
            "upgrade_period": (
                9,
                SQL(
                    "SELECT id, id, date_upgrade_until, NULL::integer"
                    " FROM support_contract"
                ),
            ),
        }

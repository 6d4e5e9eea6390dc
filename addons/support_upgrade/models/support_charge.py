# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportCharge(models.Model):
    _inherit = "support.charge"

    upgrade_id = fields.Many2one(
        "support.upgrade",
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )

    @api.model
    def _get_evidence_domains(self):
        """That the work had started, or that the customer approved an extra."""
        return super()._get_evidence_domains() | {
            "support_upgrade": [("upgrade_id", "!=", False)]
        }

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportUpgradePartMixin(models.AbstractModel):
    """Something that belongs to an upgrade and stays as it is once that is over."""

    _name = "support.upgrade.part.mixin"
    _description = "Part of an Upgrade"
    _inherit = ["support.protected.mixin"]

    upgrade_id = fields.Many2one(
        "support.upgrade",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="upgrade_id.company_id", store=True)

    @api.model
    def _get_parent_links(self):
        return super()._get_parent_links() | {"upgrade_id": "write"}

    def _check_editable(self, operation):
        self.upgrade_id._check_work_open()

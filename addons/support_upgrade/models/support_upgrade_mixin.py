# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportUpgradeMixin(models.AbstractModel):
    """Something that belongs to an upgrade and stays as it is once that is over."""

    _name = "support.upgrade.mixin"
    _description = "Part of an Upgrade"

    upgrade_id = fields.Many2one(
        "support.upgrade", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(related="upgrade_id.company_id", store=True)

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.upgrade_id._check_work_open()
        return parts

    def write(self, vals):
        self.upgrade_id._check_work_open()
        result = super().write(vals)
        # Nor may a part be moved into an upgrade that is over.
        self.upgrade_id._check_work_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_over(self):
        self.upgrade_id._check_work_open()

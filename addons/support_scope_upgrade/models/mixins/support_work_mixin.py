# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SupportWorkMixin(models.AbstractModel):
    """Work on a version upgrade: its right covers it, or it is an extra. R5, R8."""

    _inherit = "support.work.mixin"

    upgrade_id = fields.Many2one(
        "support.upgrade",
        string="Version Upgrade",
        domain="[('contract_id', '=', support_contract_id)]",
        ondelete="restrict",
        index="btree_not_null",
        groups="base.group_user",
        help="The upgrade that the work belongs to: its right covers the work, and its "
        "fee the instances that it needs.",
    )

    @api.constrains("upgrade_id", "support_contract_id")
    def _check_upgrade(self):
        for work in self.sudo():
            contract = work.upgrade_id.contract_id
            if contract and contract != work.support_contract_id:
                raise ValidationError(
                    self.env._(
                        "%(upgrade)s belongs to another contract than “%(work)s”.",
                        upgrade=work.upgrade_id.name,
                        work=work.display_name,
                    )
                )

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | {"upgrade_id"}

    def _get_upgrade_use(self):
        # sudo: who works on a task need not see upgrades.
        upgrade = self.sudo().upgrade_id
        if not upgrade:
            return super()._get_upgrade_use()
        return "right" if upgrade.right_no else "extra"

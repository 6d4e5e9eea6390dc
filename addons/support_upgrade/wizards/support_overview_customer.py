# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportOverviewCustomer(models.TransientModel):
    """How many upgrades are left, beside the right to one."""

    _inherit = "support.overview.customer"

    @api.model
    def _describe_right(self, right, contract, day):
        if right.code != "upgrade":
            return super()._describe_right(right, contract, day)
        left = contract._get_upgrade_ledger().left(day)
        return self.env._("%s left", left)

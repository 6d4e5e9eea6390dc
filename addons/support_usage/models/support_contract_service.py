# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.support_contract.periods import calendar_month


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_usage(self, day):
        usages = self.contract_id._get_usages(self.type_id, calendar_month(day))
        return sum(usages.mapped("quantity")) if usages else super()._get_usage(day)

    def _get_held_reason(self):
        """Usage is recorded here, so that what is metered can be charged."""
        if self.type_id.basis == "usage":
            return ""
        return super()._get_held_reason()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..agreement_differences import adjust_charges


class SupportContractAmendment(models.Model):
    _inherit = "support.contract.amendment"

    def _apply(self):
        result = super()._apply()
        adjust_charges(self)
        return result

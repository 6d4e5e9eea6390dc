# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportContractAmendment(models.Model):
    _inherit = "support.contract.amendment"

    def _apply(self):
        held = super()._apply()
        self.contract_id._evaluate_work()
        return held

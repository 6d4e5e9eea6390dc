# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportContractChecklist(models.Model):
    _inherit = "support.contract.checklist"

    @api.model
    def _selection_code(self):
        return [
            *super()._selection_code(),
            ("upgrade", self.env._("Finish or stop the upgrade in progress")),
        ]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportContractChecklist(models.Model):
    """What is to do about code when a contract has ended."""

    _inherit = "support.contract.checklist"

    @api.model
    def _selection_code(self):
        return [
            *super()._selection_code(),
            ("cache", self.env._("Delete the cached code")),
        ]

    def write(self, vals):
        result = super().write(vals)
        if vals.get("done"):
            for item in self.filtered(lambda item: item.code == "cache"):
                item.contract_id._delete_cached_code()
        return result

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportInstanceModule(models.Model):
    _inherit = "support.instance.module"

    @api.model_create_multi
    def create(self, vals_list):
        modules = super().create(vals_list)
        modules.instance_id.contract_id._evaluate_work()
        return modules

    def write(self, vals):
        result = super().write(vals)
        # An amendment has work judged itself, once it is on record.
        if not {"covered", "origin"}.isdisjoint(vals) and not self._has_permission():
            self.instance_id.contract_id._evaluate_work()
        return result

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

# What verdicts follow from, on work that names an instance and on work that names none.
FACT_FIELDS = frozenset(
    {"hosted_by", "in_vm_pool", "date_moved", "series", "active", "date_end"}
)


class SupportInstance(models.Model):
    _inherit = "support.instance"

    def write(self, vals):
        result = super().write(vals)
        # An amendment has work judged itself, once it is on record.
        if not FACT_FIELDS.isdisjoint(vals) and not self._has_permission():
            self.contract_id._evaluate_work()
        return result

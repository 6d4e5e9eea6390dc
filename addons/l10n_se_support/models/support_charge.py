# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportCharge(models.Model):
    _inherit = "support.charge"

    def _prepare_invoice_line_vals(self):
        """Say the period of the service on the line.

        The invoice has to state it (mervärdesskattelagen 2023:200, 17 kap.), and
        accrual tools of the ecosystem read it from these two fields.
        """
        vals = super()._prepare_invoice_line_vals()
        if self.period_start and self.period_end:
            vals |= {"start_date": self.period_start, "end_date": self.period_end}
        return vals

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportCharge(models.Model):
    _inherit = "support.charge"

    def _prepare_invoice_line_vals(self):
        """Say the period of the service on the line, of a fee its day.

        The invoice has to state it (mervärdesskattelagen 2023:200, 17 kap.), and
        accrual tools of the ecosystem read it from these two fields.
        """
        vals = super()._prepare_invoice_line_vals()
        if self.period_start and self.period_end:
            vals |= {"start_date": self.period_start, "end_date": self.period_end}
        else:
            day = (self._get_corrected_charges()[:1] or self).date
            vals |= {"start_date": day, "end_date": day}
        return vals

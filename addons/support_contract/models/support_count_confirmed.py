# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportCount(models.Model):
    _inherit = "support.count"

    def _mark_confirmed(self, day):
        """The code was seen on ``day``, and was still what this count says."""
        for count in self:
            # A later day stays, unless it comes from a clock that was wrong.
            today = count.company_id._support_today()
            seen = count.date_confirmed
            if not (seen and day <= seen <= today):
                count.date_confirmed = day

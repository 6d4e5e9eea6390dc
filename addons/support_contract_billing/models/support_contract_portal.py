# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_date


class SupportContract(models.Model):
    """What the customer's page says of fees to come. Clause R7."""

    _inherit = "support.contract"

    def _get_portal_cost_rows(self):
        """After the fee of today: the one that was announced, and why."""
        today = self.company_id._support_today()
        coming = self.announcement_ids.filtered(lambda one: one.period_start > today)
        return super()._get_portal_cost_rows() + [
            {
                "sequence": 15,
                "name": self.env._(
                    "From %s: all services, a whole month",
                    format_date(self.env, announcement.period_start),
                ),
                "amount": self._format_portal_money(announcement.fee_after),
                "note": self.env._(
                    "instead of %(before)s, because: %(reason)s",
                    before=self._format_portal_money(announcement.fee_before),
                    reason="; ".join(announcement._get_reasons()),
                ),
            }
            for announcement in coming.sorted("period_start")
        ]

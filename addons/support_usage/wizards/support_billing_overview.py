# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportBillingOverview(models.TransientModel):
    _inherit = "support.billing.overview"

    def _get_waiting_work(self):
        """Also usage of months that are over, and on no charge."""
        usages = self.env["support.usage"].search(
            [
                ("charge_id", "=", False),
                ("company_id", "in", self.env.companies.ids),
                ("date", "<", self.env.company._support_today().replace(day=1)),
            ]
        )
        name = self.env._("Usage that is not charged yet")
        return [*super()._get_waiting_work(), (name, usages, {})]

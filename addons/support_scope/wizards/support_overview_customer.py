# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..timekeeping import format_minutes


class SupportOverviewCustomer(models.TransientModel):
    """How much was done for the customer this month."""

    _inherit = "support.overview.customer"

    time_month = fields.Char("This Month", compute="_compute_time_month")

    @api.depends("contract_id")
    def _compute_time_month(self):
        first = self.env.company._support_today().replace(day=1)
        # sudo: who serves a customer may know how much colleagues did, not what.
        minutes = dict(
            self.env["account.analytic.line"]
            .sudo()
            ._read_group(
                [
                    ("support_contract_id", "in", self.contract_id.ids),
                    ("date", ">=", first),
                ],
                ["support_contract_id"],
                ["support_minutes:sum"],
            )
        )
        for customer in self:
            done = minutes.get(customer.contract_id, 0)
            customer.time_month = format_minutes(self.env, done) if done else ""

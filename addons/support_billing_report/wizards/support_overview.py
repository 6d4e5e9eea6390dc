# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..revenue import RevenueYear

ACCOUNTANT = "support_contract.group_support_billing"


class SupportOverview(models.TransientModel):
    """Monthly revenue on the manager's first page: now, and for twelve months."""

    _inherit = "support.overview"

    revenue = fields.Char(
        "Monthly Revenue",
        compute="_compute_revenue",
        groups=ACCOUNTANT,
        help="Of the last whole month, in the company's currency.",
    )
    revenue_change = fields.Char(compute="_compute_revenue", groups=ACCOUNTANT)
    revenue_graph = fields.Text(compute="_compute_revenue", groups=ACCOUNTANT)
    revenue_words = fields.Text(compute="_compute_revenue", groups=ACCOUNTANT)

    @api.depends_context("allowed_company_ids")
    def _compute_revenue(self):
        year = RevenueYear(self.env)
        for overview in self:
            overview.revenue = year.describe_now()
            overview.revenue_change = year.describe_change()
            overview.revenue_graph = year.render_graph()
            overview.revenue_words = year.describe_year()

    def action_view_revenue(self):
        """The graph of monthly revenue; a button."""
        self.check_access("read")
        return self.env["ir.actions.act_window"]._for_xml_id(
            "support_billing_report.support_revenue_report_action"
        )

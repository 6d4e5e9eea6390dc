# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..public_holidays import enter_holidays


class ResCompany(models.Model):
    _inherit = "res.company"

    support_scope_category_id = fields.Many2one(
        "support.scope.category",
        string="Default Category of Work",
        groups="base.group_user",
        help="What new work under a contract begins as, until somebody sorts it.",
    )
    support_project_id = fields.Many2one(
        "project.project",
        string="Project for Time Without Contract",
        domain="[('allow_timesheets', '=', True), ('company_id', 'in', (id, False))]",
        groups="base.group_user",
        help="Takes the time on work whose contract has no project, is not chosen yet "
        "or does not exist.",
    )

    support_holidays = fields.Boolean(
        "Public Holidays",
        default=True,
        help="Enter the public holidays of the company's country in its working hours, "
        "each year anew. What you change there afterwards stays.",
        groups="base.group_user",
    )
    support_holidays_year = fields.Integer(
        "Holidays Entered Until Year",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )

    @api.constrains("support_project_id")
    def _check_support_project(self):
        self.support_project_id._check_hides_time()

    @api.model
    def _cron_enter_holidays(self):
        """Companies whose next year has come near get its holidays."""
        for company in self.search([("support_holidays", "=", True)]):
            enter_holidays(company)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    support_scope_category_id = fields.Many2one(
        related="company_id.support_scope_category_id", readonly=False
    )
    support_holidays = fields.Boolean(
        related="company_id.support_holidays", readonly=False
    )
    support_project_id = fields.Many2one(
        related="company_id.support_project_id",
        readonly=False,
        check_company=True,
        domain="[('allow_timesheets', '=', True)]",
    )

    def action_open_work_setup(self):
        """What is missing so that time is billed; a button."""
        return self.env["support.work.setup"].action_open()

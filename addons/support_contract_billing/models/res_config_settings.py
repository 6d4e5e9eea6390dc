# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    support_sales_journal_id = fields.Many2one(
        related="company_id.support_sales_journal_id",
        readonly=False,
        check_company=True,
        domain="[('type', '=', 'sale')]",
    )
    support_billing_policy = fields.Selection(
        related="company_id.support_billing_policy", readonly=False, required=True
    )
    support_email_instead = fields.Boolean(
        related="company_id.support_email_instead", readonly=False
    )
    support_retention_years = fields.Integer(
        related="company_id.support_retention_years", readonly=False
    )
    support_rate_days = fields.Integer(
        related="company_id.support_rate_days", readonly=False
    )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    l10n_se_f_tax = fields.Boolean(related="company_id.l10n_se_f_tax", readonly=False)
    l10n_se_late_interest = fields.Float(
        related="company_id.l10n_se_late_interest", readonly=False
    )
    l10n_se_rate_day = fields.Selection(
        related="company_id.l10n_se_rate_day", readonly=False
    )
    l10n_se_round_totals = fields.Boolean(
        related="company_id.l10n_se_round_totals", readonly=False
    )
    l10n_se_seat = fields.Char(related="company_id.l10n_se_seat", readonly=False)

    def action_l10n_se_support_setup(self):
        """Check the Swedish set-up of the company."""
        return (
            self.env["l10n_se.support.setup"]
            .with_company(self.company_id)
            .action_open()
        )

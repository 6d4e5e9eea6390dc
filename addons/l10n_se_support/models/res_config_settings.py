# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    def action_l10n_se_support_setup(self):
        """Check the Swedish set-up of the company."""
        return (
            self.env["l10n_se.support.setup"]
            .with_company(self.company_id)
            .action_open()
        )

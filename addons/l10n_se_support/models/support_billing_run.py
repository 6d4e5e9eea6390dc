# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportBillingRun(models.Model):
    _inherit = "support.billing.run"

    @api.model
    def _get_foreseen_limits(self, companies):
        """Journals whose payment references are nearly used up."""
        journals = companies.support_journal_id
        return super()._get_foreseen_limits(companies) + [
            warning
            for journal in journals
            if (warning := journal._l10n_se_warn_ocr_limit())
        ]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.support_contract.transactions import work_alone

from ..eu_deadline import MissingInvoices


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

    def _on_finished(self):
        """What is still missing to the EU is known now."""
        result = super()._on_finished()
        for company in self.company_ids:
            if company._l10n_se_has_bas_chart():
                missing = MissingInvoices(company.with_company(company))
                work_alone(
                    company,
                    missing.update_to_do,
                    lambda _error: None,
                    "missing EU invoices are not told",
                )
        return result

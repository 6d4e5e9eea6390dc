# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.support_contract_billing.invoice_checks import get_invoice_journal
from odoo.addons.support_contract_billing.models.support_contract import BILLING_FAILED

from .account_journal import OcrTooShort


class SupportContract(models.Model):
    _inherit = "support.contract"

    def _check_invoiceable(self, products, known):
        """Before an invoice is made whose payment reference Odoo refuses."""
        result = super()._check_invoiceable(products, known)
        get_invoice_journal(self)._l10n_se_check_ocr(self.partner_id)
        return result

    def _record_billing_failure(self, error):
        """The same journal stops many contracts, and is one to-do."""
        result = super()._record_billing_failure(error)
        if isinstance(error, OcrTooShort):
            others = self.search(
                [("billing_error", "=", str(error)), ("id", "!=", self.id)]
            )
            if others.activity_search([BILLING_FAILED]):
                self.activity_unlink([BILLING_FAILED])
        return result

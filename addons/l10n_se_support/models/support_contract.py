# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.support_contract_billing.invoice_checks import get_invoice_journal
from odoo.addons.support_contract_billing.models.support_contract import BILLING_FAILED

from ..payment_terms import LONGEST, get_longest_days
from .account_journal import OcrTooShort


class SupportContract(models.Model):
    _inherit = "support.contract"

    def _check_invoiceable(self, products, known):
        """Before an invoice is made whose payment reference Odoo refuses."""
        result = super()._check_invoiceable(products, known)
        get_invoice_journal(self)._l10n_se_check_ocr(self.partner_id)
        self._l10n_se_check_public_terms()
        return result

    def _l10n_se_check_public_terms(self):
        """A public body has at most 30 days (2 a § räntelagen)."""
        customer = self.partner_id.commercial_partner_id.with_company(self.company_id)
        term = customer.property_payment_term_id
        if (
            customer.support_public_customer
            and self.company_id._l10n_se_has_bas_chart()
            and get_longest_days(term) > LONGEST
        ):
            raise UserError(
                self.env._(
                    "%(customer)s is a public customer and may have at most 30 days to "
                    "pay. Choose shorter payment terms than “%(terms)s” on the "
                    "contact.",
                    customer=customer.name,
                    terms=term.name,
                )
            )

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

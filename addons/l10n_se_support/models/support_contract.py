# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.support_contract_billing.invoice_checks import get_invoice_journal
from odoo.addons.support_contract_billing.models.support_contract import BILLING_FAILED
from odoo.addons.support_contract_billing.taxation import get_customer_position

from ..eu_sales import are_of_eu_businesses, is_of_other_member_state
from ..eu_sales import clean as clean_number
from .account_journal import OcrTooShort


class SupportContract(models.Model):
    _inherit = "support.contract"

    def _check_invoiceable(self, products, known):
        """Before an invoice is made whose payment reference Odoo refuses."""
        result = super()._check_invoiceable(products, known)
        get_invoice_journal(self)._l10n_se_check_ocr(self.partner_id)
        if self.company_id._l10n_se_has_bas_chart():
            self._l10n_se_check_buyer()
        return result

    def _l10n_se_check_buyer(self):
        """What VAT depends on: where the customer is, and their number.

        :raise UserError: with what to enter
        """
        customer = self.partner_id.commercial_partner_id
        position = get_customer_position(self.partner_id, self.company_id)
        if not customer.country_id and not position:
            raise UserError(
                self.env._(
                    "%s has no country, which decides on the VAT. Enter the address on "
                    "the contact.",
                    customer.name,
                )
            )
        number = clean_number(customer.vat)
        if number and are_of_eu_businesses(position.tax_ids, self.company_id):
            if not is_of_other_member_state(number):
                raise UserError(
                    self.env._(
                        "“%(number)s” of %(customer)s is no VAT number of another EU "
                        "country, so the invoice cannot be without VAT. Correct it on "
                        "the contact, or empty it to invoice with Swedish VAT.",
                        number=customer.vat,
                        customer=customer.name,
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

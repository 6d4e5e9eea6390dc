# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from stdnum import luhn

from odoo import api, fields, models

from ..eu_sales import clean as clean_number
from ..eu_sales import is_of_other_member_state, is_reported_by_buyer, note_late
from ..giro import BANKGIRO, PLUSGIRO

# In the order in which one is chosen: a giro takes kronor from Sweden alone.
DOMESTIC = (BANKGIRO, PLUSGIRO)
FOREIGN = ("iban",)


class AccountMove(models.Model):
    """A Swedish company is paid by giro at home, and by IBAN from abroad."""

    _inherit = "account.move"

    l10n_se_buyer_vat = fields.Char(
        "Buyer's VAT Number",
        readonly=True,
        copy=False,
        help="As it was when the invoice was posted; the EU sales list has it.",
    )

    @api.depends("commercial_partner_id.country_id")
    def _compute_partner_bank_id(self):
        result = super()._compute_partner_bank_id()
        for move in self.filtered(
            lambda move: move.company_id.country_code == "SE" and move.is_inbound()
        ):
            # An account that was chosen by a way of payment stays.
            if not move._l10n_se_has_payment_account():
                move.partner_bank_id = move._l10n_se_choose_account()
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("peppol_move_state") == "error":
            self._l10n_se_note_refusal()
        return result

    def _l10n_se_note_refusal(self):
        """Peppol tells hours later that the customer did not get an invoice of ours."""
        refused = self.filtered("support_charge_count")
        if not refused:
            return
        refused.write(
            {
                "is_move_sent": False,
                "support_sending_error": self.env._(
                    "The customer's access point did not accept it; the messages of "
                    "the invoice say why. Put that right and send it again."
                ),
            }
        )
        self.env["support.contract"]._ask_for_sending_check()

    def _l10n_se_has_payment_account(self):
        method = (
            self.preferred_payment_method_line_id
            or self.bank_partner_id.property_inbound_payment_method_line_id
        )
        return bool(method.journal_id)

    def _l10n_se_choose_account(self):
        """The account that this customer can pay to; else the one Odoo chose."""
        self.ensure_one()
        accounts = self.bank_partner_id.bank_ids.filtered(
            lambda one: (
                one.company_id in (one.company_id.browse(), self.company_id)
                and one.currency_id in (one.currency_id.browse(), self.currency_id)
            )
        )
        domestic = self.currency_id.name == "SEK" and (
            self.commercial_partner_id.country_code in (False, "SE")
        )
        for kind in DOMESTIC if domestic else FOREIGN:
            if found := accounts.filtered(lambda one, kind=kind: one.acc_type == kind):
                return found[0]
        return self.partner_bank_id

    # === SALES TO OTHER EU COUNTRIES === #

    def _post(self, soft=True):
        posted = super()._post(soft=soft)
        for move in posted:
            if move.is_sale_document() and move.company_id._l10n_se_has_bas_chart():
                move._l10n_se_note_eu_sale()
        return posted

    def _l10n_se_note_eu_sale(self):
        """Keep the buyer's VAT number; a to-do where it is issued too late."""
        if not is_reported_by_buyer(self):
            return
        moves = self._l10n_se_get_corrected_moves() | self
        numbers = [one._l10n_se_get_buyer_number() for one in moves]
        # What corrects belongs to the buyer of what it corrects.
        self.l10n_se_buyer_vat = next(filter(is_of_other_member_state, numbers), False)
        note_late(self)

    def _l10n_se_get_buyer_number(self):
        """The VAT number that this sale is reported under; may be wrong or empty."""
        self.ensure_one()
        return self.l10n_se_buyer_vat or clean_number(self.commercial_partner_id.vat)

    # === E-INVOICE === #

    def _l10n_se_get_buyer_reference(self):
        """Who at the customer it concerns, or None."""
        self.ensure_one()
        first = self.reversed_entry_id
        reference = self.support_customer_reference or first.support_customer_reference
        return (reference or "").strip() or None

    def _l10n_se_get_order_number(self):
        """The customer's order number, or None.

        A credit note's reference says what it credits: the order number is that of the
        invoice.
        """
        self.ensure_one()
        if self.move_type == "out_refund":
            orders = self._l10n_se_get_corrected_moves().mapped("ref")
            return next((order.strip() for order in orders if order), None)
        return (self.ref or "").strip() or None

    def _l10n_se_get_corrected_moves(self):
        """The invoices that this one puts right, by a rise or a cut.

        17 kap. 22 § mervärdesskattelagen (2023:200).
        """
        self.ensure_one()
        # sudo: whoever sends an invoice need not read charges.
        move = self.sudo()
        moves = move.reversed_entry_id
        for charge in move._get_support_charges():
            moves |= charge._get_corrected_charges().move_id
        return (
            moves.filtered(lambda one: one.move_type == "out_invoice") - self
        ).sorted("name")

    # === A FAULT OF ODOO === #

    def _get_invoice_reference_se_ocr3(self, reference):
        """OCR reference with length digit and check digit.

        The length digit is the last digit of the length: 0 for ten digits. The
        inherited method takes the first, so a bank refuses its references of ten
        digits and more, such as one made of an organisation number. Upstream:
        addons/l10n_se/models/account_move.py.
        """
        self.ensure_one()
        reference += str((len(reference) + 2) % 10)
        return reference + luhn.calc_check_digit(reference)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from stdnum import luhn

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..eu_deadline import note_late
from ..eu_sales import clean as clean_number
from ..eu_sales import is_of_other_member_state, is_reported_by_buyer
from ..giro import BANKGIRO, PLUSGIRO
from ..paper import prepare_paper
from ..payment_terms import LONGEST
from ..service_period import get_span
from .res_company import ROUNDING

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

    # Odoo has no default for it.
    invoice_cash_rounding_id = fields.Many2one(
        compute="_compute_invoice_cash_rounding_id",
        store=True,
        readonly=False,
        precompute=True,
    )

    @api.depends("company_id", "currency_id", "move_type", "reversed_entry_id")
    def _compute_invoice_cash_rounding_id(self):
        """As the company rounds totals; a credit note as what it takes back."""
        for move in self:
            rounding = move.invoice_cash_rounding_id
            if move.state == "draft" and move._l10n_se_is_of_sale():
                if move.reversed_entry_id:
                    rounding = move.reversed_entry_id.invoice_cash_rounding_id
                elif own := move.company_id._get_support_cash_rounding(
                    move.currency_id
                ):
                    rounding = own
                elif rounding and rounding == self.env.ref(
                    ROUNDING, raise_if_not_found=False
                ):
                    # Another currency was chosen.
                    rounding = rounding.browse()
            move.invoice_cash_rounding_id = rounding

    @api.depends("invoice_line_ids.end_date", "reversed_entry_id")
    def _compute_expected_currency_rate(self):
        """A credit note has the rate of what it takes back, and its VAT in kronor."""
        result = super()._compute_expected_currency_rate()
        for move in self:
            original = move.reversed_entry_id
            if (
                move._l10n_se_is_of_sale()
                and original.currency_id == move.currency_id
                and original.invoice_currency_rate
            ):
                move.expected_currency_rate = original.invoice_currency_rate
        return result

    @api.depends("invoice_line_ids.end_date", "reversed_entry_id")
    def _compute_invoice_currency_rate(self):
        return super()._compute_invoice_currency_rate()

    def _compute_tax_totals(self):
        """VAT is said in kronor (17 kap. 29 § mervärdesskattelagen 2023:200), whatever
        the setting says of other documents.
        """
        result = super()._compute_tax_totals()
        for move in self:
            if (
                move._l10n_se_is_of_sale()
                and move.tax_totals
                and move.currency_id != move.company_currency_id
                and move.tax_totals["tax_amount_currency"]
            ):
                move.tax_totals = move.tax_totals | {
                    "display_in_company_currency": True
                }
        return result

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

    def _l10n_se_check_public_terms(self):
        """A public customer pays within 30 days (directive 2011/7/EU, article 4).

        :raise UserError: with what to do
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        if (
            not self._l10n_se_is_of_sale()
            or not customer.support_public_customer
            or not self.invoice_date_due
        ):
            return
        days = (self.invoice_date_due - self.invoice_date).days
        if days > LONGEST:
            raise UserError(
                self.env._(
                    "%(customer)s is a public customer and pays within %(most)s days, "
                    "not %(days)s. Choose payment terms of at most %(most)s days on "
                    "the contact, and on the invoice if there is a draft.",
                    customer=customer.display_name,
                    most=LONGEST,
                    days=days,
                )
            )

    def _l10n_se_is_of_sale(self):
        """Whether a Swedish company of the database asks a customer for it."""
        return self.company_id.country_code == "SE" and self.is_sale_document()

    # === OTHER CURRENCIES === #

    def _get_invoice_currency_rate_date(self):
        """8 kap. 21-23 §§ mervärdesskattelagen (2023:200): of the day on which the tax
        falls due, for continuous services the last of the period.
        """
        day = super()._get_invoice_currency_rate_date()
        if (
            self._l10n_se_is_of_sale()
            and self.company_id.l10n_se_rate_day == "period"
            and (end := get_span(self.invoice_line_ids)[1])
        ):
            # There is no rate of a day to come.
            return min(day, end)
        return day

    def _l10n_se_get_rate_day(self):
        """Of which day the exchange rate is."""
        self.ensure_one()
        original = self.reversed_entry_id
        if original.currency_id == self.currency_id:
            return original._l10n_se_get_rate_day()
        return self._get_invoice_currency_rate_date()

    # === E-INVOICES THAT WERE REFUSED === #

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
            move._l10n_se_check_public_terms()
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

    # === PAPER AND E-INVOICE === #

    def _l10n_se_prepare_paper(self):
        """What the PDF says besides; see `..paper.prepare_paper`."""
        self.ensure_one()
        return prepare_paper(self)

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

    def _l10n_se_get_tax_categories(self):
        """The codes of e-invoices for the VAT on the lines of an invoice: a set."""
        taxes = self.invoice_line_ids.tax_ids
        return set(taxes.mapped("ubl_cii_tax_category_code"))

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

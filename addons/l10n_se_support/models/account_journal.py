# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class OcrTooShort(UserError):
    """The references of a journal have fewer digits than what they are made of."""


class AccountJournal(models.Model):
    _inherit = "account.journal"

    # A lambda, so that the method can be extended.
    invoice_reference_model = fields.Selection(
        default=lambda self: self._default_invoice_reference_model()
    )

    def _default_invoice_reference_model(self):
        """New Swedish journals make OCR references with length and check digit.

        Odoo proposes the check digit alone. Which checks apply is in the agreement
        with the bank; a reference with both digits passes the first three levels.
        """
        model = super()._default_invoice_reference_model()
        return "se_ocr3" if model == "se_ocr2" else model

    def _l10n_se_check_ocr(self, customer):
        """Refuse what Odoo cannot make a payment reference of level 4 for.

        :raise OcrTooShort: with the journal and its setting
        """
        if self.invoice_reference_model != "se_ocr4":
            return
        if self.invoice_reference_type == "partner":
            number = customer.ref if (customer.ref or "").isdecimal() else customer.id
        else:
            number = self._l10n_se_get_last_entry() + 1
        if len(str(number)) >= self.l10n_se_invoice_ocr_length:
            raise OcrTooShort(self._l10n_se_describe_ocr(number))

    def _l10n_se_describe_ocr(self, number):
        return self.env._(
            "The payment references of the journal %(journal)s are too short for "
            "%(number)s. Agree on a greater length with the bank and enter it there "
            "as “OCR Number Length”, which is %(length)s.",
            journal=self.display_name,
            number=number,
            length=self.l10n_se_invoice_ocr_length,
        )

    def _l10n_se_get_ocr_left(self):
        """How many entries still get a reference; None where that has no end."""
        if (
            self.invoice_reference_model != "se_ocr4"
            or self.invoice_reference_type != "invoice"
        ):
            return None
        return max(self._l10n_se_get_last_ocr() - self._l10n_se_get_last_entry(), 0)

    def _l10n_se_get_last_ocr(self):
        """The last entry that gets a reference: one digit is for the check."""
        return 10 ** (self.l10n_se_invoice_ocr_length - 1) - 1

    def _l10n_se_warn_ocr_limit(self):
        """A sentence where less than a tenth of the references are left, or nothing."""
        left = self._l10n_se_get_ocr_left()
        if left is None or left * 10 >= self._l10n_se_get_last_ocr():
            return ""
        return self.env._(
            "The journal %(journal)s has payment references for %(left)s entries more. "
            "Agree on a greater length with the bank and enter it there as “OCR Number "
            "Length”, which is %(length)s.",
            journal=self.display_name,
            left=left,
            length=self.l10n_se_invoice_ocr_length,
        )

    def _l10n_se_get_last_entry(self):
        """The number that the latest entry of any journal has in the database."""
        [(last, called)] = self.env.execute_query(
            SQL("SELECT last_value, is_called FROM account_move_id_seq")
        )
        return last if called else last - 1

    @api.model
    def _l10n_se_set_unused_journals(self):
        """The same for journals that are older than this module.

        Only where the proposal of Odoo was never changed and nothing was posted, so
        that no customer has seen a reference of the other kind.
        """
        # sudo: a setting for all companies, made by the installation.
        journals_sudo = self.sudo().search(
            [("type", "=", "sale"), ("invoice_reference_model", "=", "se_ocr2")]
        )
        used_sudo = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [("journal_id", "in", journals_sudo.ids), ("posted_before", "=", True)],
                ["journal_id"],
            )
        )
        unused_sudo = journals_sudo.filtered(
            lambda journal: (
                (journal,) not in used_sudo
                and journal.company_id._l10n_se_has_bas_chart()
            )
        )
        unused_sudo.invoice_reference_model = "se_ocr3"

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from stdnum import luhn

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

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

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


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

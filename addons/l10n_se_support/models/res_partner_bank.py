# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..giro import (
    BANKGIRO,
    KINDS,
    LENGTHS,
    PLUSGIRO,
    GiroError,
    find_kind,
    format_giro,
    is_giro,
)


class ResPartnerBank(models.Model):
    """Bankgiro and Plusgiro are types of account, beside IBAN."""

    _inherit = "res.partner.bank"

    l10n_se_giro = fields.Selection(
        [(BANKGIRO, "Bankgiro"), (PLUSGIRO, "Plusgiro")],
        string="Giro",
        compute="_compute_l10n_se_giro",
        inverse="_inverse_l10n_se_giro",
        help="Digits alone do not tell one from the other. Written as it is known, "
        "5050-1055 or 28 65 43-4, the number says it itself.",
    )

    @api.depends("acc_number")
    def _compute_l10n_se_giro(self):
        for account in self:
            kind = self.retrieve_acc_type(account.acc_number)
            account.l10n_se_giro = kind if kind in KINDS else False

    def _inverse_l10n_se_giro(self):
        for account in self.filtered("l10n_se_giro"):
            kind = account.l10n_se_giro
            account.acc_number = account._l10n_se_format_giro(kind, account.acc_number)

    @api.onchange("l10n_se_giro")
    def _onchange_l10n_se_giro(self):
        if self.l10n_se_giro and self.acc_number:
            self._inverse_l10n_se_giro()

    @api.depends("acc_number", "bank_id")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        labels = dict(self._fields["l10n_se_giro"]._description_selection(self.env))
        for account in self.filtered("l10n_se_giro"):
            label = labels[account.l10n_se_giro]
            account.display_name = f"{label} {account.acc_number}"
        return result

    @api.constrains("acc_number", "partner_id")
    def _check_l10n_se_giro(self):
        """In other countries an account may look like that and be something else."""
        for account in self:
            kind = find_kind(account.acc_number)
            if kind and account.country_code == "SE":
                account._l10n_se_format_giro(kind, account.acc_number)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._l10n_se_tidy(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._l10n_se_tidy(vals))

    @api.model
    def _l10n_se_tidy(self, vals):
        """Values with a number of a giro written as people know it."""
        kind = self.retrieve_acc_type(vals.get("acc_number"))
        if kind not in KINDS:
            return vals
        return {**vals, "acc_number": format_giro(kind, vals["acc_number"])}

    @api.model
    def _get_supported_account_types(self):
        types = super()._get_supported_account_types()
        return types + [(BANKGIRO, "Bankgiro"), (PLUSGIRO, "Plusgiro")]

    @api.model
    def retrieve_acc_type(self, acc_number):
        kind = find_kind(acc_number)
        if kind and is_giro(kind, acc_number):
            return kind
        return super().retrieve_acc_type(acc_number)

    def _l10n_se_format_giro(self, kind, number):
        """The number as it is written.

        :raise ValidationError: with what is wrong with it
        """
        label = dict(self._fields["l10n_se_giro"].selection)[kind]
        try:
            return format_giro(kind, number)
        except GiroError as error:
            if str(error) == "length":
                shortest, longest = LENGTHS[kind]
                raise ValidationError(
                    self.env._(
                        "“%(number)s” is no %(giro)s: it has %(shortest)s to "
                        "%(longest)s digits.",
                        number=number,
                        giro=label,
                        shortest=shortest,
                        longest=longest,
                    )
                ) from error
            raise ValidationError(
                self.env._(
                    "“%(number)s” is no %(giro)s: its check digit, the last one, does "
                    "not fit. Compare it with the agreement with your bank.",
                    number=number,
                    giro=label,
                )
            ) from error

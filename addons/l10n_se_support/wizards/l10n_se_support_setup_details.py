# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from stdnum.se import orgnr
from stdnum.se import vat as vat_number

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.support_contract.windows import get_dialog

from ..charts import CHARTS
from ..giro import BANKGIRO, PLUSGIRO
from ..organisation import OrganisationNumberError, clean

COMPANY_FIELDS = ("street", "zip", "city", "vat", "l10n_se_seat", "l10n_se_f_tax")


class L10nSeSupportSetupDetails(models.TransientModel):
    """What the page "Ready to Invoice?" asks for, a section at a time."""

    _name = "l10n_se.support.setup.details"
    _description = "Details of a Swedish Company"
    _inherit = "support.window.mixin"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    section = fields.Selection(selection="_selection_section", required=True)
    chart_template = fields.Selection(
        selection="_selection_chart_template",
        string="Chart of Accounts",
        help="K2 for small companies that follow its simpler rules, K3 for the others; "
        "BAS has the accounts of both.",
    )
    org_number = fields.Char("Organisation Number")
    vat = fields.Char("VAT Number")
    street = fields.Char()
    zip = fields.Char()
    city = fields.Char()
    l10n_se_seat = fields.Char("Seat")
    l10n_se_f_tax = fields.Boolean("Approved for F-tax")
    bankgiro = fields.Char()
    plusgiro = fields.Char()
    iban = fields.Char("IBAN")
    bic = fields.Char("BIC")

    @api.model
    def _selection_section(self):
        return [
            ("chart", self.env._("Swedish chart of accounts")),
            ("company", self.env._("The company on its invoices")),
            ("payment", self.env._("How customers pay")),
            ("first", self.env._("What invoices say of you")),
        ]

    @api.model
    def _selection_chart_template(self):
        return list(CHARTS.items())

    @api.onchange("city")
    def _onchange_city(self):
        """A proposal: most companies have their seat where they are."""
        if not self.l10n_se_seat:
            self.l10n_se_seat = self.city

    @api.model
    def _get_action(self, company, section):
        """The dialog for one section, with what is known already."""
        title = dict(self._selection_section())[section]
        return get_dialog(
            title,
            self._name,
            company_id=company.id,
            section=section,
            **getattr(self, f"_prepare_{section}")(company),
        )

    def _prepare_chart(self, company):
        return {"chart_template": "se_K2"}

    def _prepare_company(self, company):
        number = company.partner_id._l10n_se_get_org_number()
        return {name: company[name] for name in COMPANY_FIELDS} | {
            "org_number": company.company_registry or number
        }

    def _prepare_payment(self, company):
        # sudo: a company's accounts belong to its contact, which the user may not read.
        known_sudo = company.sudo().partner_id.bank_ids.grouped("acc_type")
        values = {}
        for kind in (BANKGIRO, PLUSGIRO, "iban"):
            values[kind] = known_sudo[kind][0].acc_number if kind in known_sudo else ""
        if "iban" in known_sudo:
            values["bic"] = known_sudo["iban"][0].bank_bic
        return values

    def _prepare_first(self, company):
        return self._prepare_company(company) | self._prepare_payment(company)

    def action_save(self):
        """Write what was answered; the page finds the rest anew."""
        self.ensure_one()
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("Choose that company before checking its set-up.")
            )
        getattr(self, f"_save_{self.section}")()
        return {"type": "ir.actions.act_window_close"}

    def _save_chart(self):
        company = self.company_id
        if not self.env.is_system():
            raise UserError(
                self.env._(
                    "Charts of accounts are loaded by an administrator: ask somebody "
                    "who has Settings rights to open this page."
                )
            )
        if company.root_id._existing_accounting():
            raise UserError(
                self.env._(
                    "%s has posted entries and keeps its chart of accounts. Make a "
                    "new company for the Swedish business.",
                    company.name,
                )
            )
        if not self.chart_template:
            raise UserError(self.env._("Choose a chart of accounts."))
        company.country_id = self.env.ref("base.se")
        self.env["account.chart.template"].try_loading(self.chart_template, company)

    def _save_company(self):
        values = {name: self[name] for name in COMPANY_FIELDS}
        values["vat"] = self._get_vat()
        values["company_registry"] = self._get_org_number()
        values["country_id"] = self.env.ref("base.se").id
        # sudo: an accounting administrator says it without Settings rights.
        self.company_id.sudo().write(values)

    def _get_vat(self):
        text = re.sub(r"[\s.-]", "", self.vat or "").upper()
        if text and not vat_number.is_valid(text):
            raise UserError(
                self.env._(
                    "“%s” is no Swedish VAT number: SE, the organisation number with "
                    "the right check digit, and 01.",
                    self.vat,
                )
            )
        return text and f"SE{vat_number.compact(text)}"

    def _get_org_number(self):
        if not self.org_number:
            return False
        try:
            digits = clean(self.org_number)
        except OrganisationNumberError as error:
            raise UserError(
                self.env._(
                    "“%s” is no organisation number: ten digits, the last one a check "
                    "digit, as 556677-8899.",
                    self.org_number,
                )
            ) from error
        return orgnr.format(digits)

    def _save_payment(self):
        """A number that is emptied leaves its account alone: invoices may name it."""
        # sudo: see _prepare_payment.
        partner_sudo = self.company_id.sudo().partner_id
        for kind in (BANKGIRO, PLUSGIRO):
            if number := self[kind]:
                self._save_account(
                    partner_sudo, kind, {"l10n_se_giro": kind, "acc_number": number}
                )
        if self.iban:
            account = self._save_account(
                partner_sudo, "iban", {"acc_number": self.iban}
            )
            if account.acc_type != "iban":
                raise UserError(
                    self.env._(
                        "“%s” is no IBAN: SE, two check digits and twenty digits more.",
                        self.iban,
                    )
                )
            if self.bic:
                account.bank_id = self._get_bank(account)

    def _save_first(self):
        """All that is asked for at once; what asks nothing is put right with it."""
        self._save_company()
        self._save_payment()
        setup = self.env["l10n_se.support.setup"]
        setup.create({"company_id": self.company_id.id}).action_correct()

    def _save_account(self, partner_sudo, kind, values):
        accounts = partner_sudo.bank_ids
        account = accounts.filtered(lambda one: one.acc_type == kind)[:1]
        if not account:
            partner_sudo.bank_ids = [Command.create(values)]
            return partner_sudo.bank_ids - accounts
        if account.acc_number != values["acc_number"]:
            account.write(values)
        return account

    def _get_bank(self, account):
        bic = re.sub(r"\s", "", self.bic).upper()
        if not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", bic):
            raise UserError(
                self.env._("“%s” is no BIC: 8 or 11 letters and digits.", self.bic)
            )
        if account.bank_bic == bic:
            return account.bank_id
        banks = account.bank_id.browse()
        return banks.search([("bic", "=", bic)], limit=1) or banks.create(
            {"name": bic, "bic": bic}
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who the company is, and how it is paid."""

from stdnum.se import orgnr
from stdnum.se import vat as vat_number

from odoo.tools import format_list

from ..charts import CHARTS
from ..giro import KINDS
from .check import Check, CompanySetting, Finding

# Of a limited company, whose invoices say its seat (aktiebolagslagen 28:5).
LIMITED_COMPANY = "5"


class Chart(Check):
    code = "chart"
    needs_chart = False

    def get_name(self):
        return self.env._("Swedish chart of accounts")

    def _get_chart_name(self):
        return CHARTS.get(self.company.chart_template, self.company.chart_template)

    def find(self):
        if self.company._l10n_se_has_bas_chart():
            return None
        if not self.company.chart_template:
            return Finding(
                self.env._("%s has no chart of accounts.", self.company.name),
                self.env._("BAS, K2 or K3. The lines below need it."),
            )
        return Finding(
            self.env._(
                "%(company)s keeps its books with “%(chart)s”, which is not Swedish.",
                company=self.company.name,
                chart=self._get_chart_name(),
            ),
            self.env._(
                "BAS, K2 or K3. A company that has posted entries keeps its chart: "
                "make a new company for the Swedish business."
            ),
        )

    def describe(self):
        return self._get_chart_name()

    def correct(self):
        return self.ask("chart")


class Identity(Check):
    code = "identity"
    needs_chart = False

    def get_name(self):
        return self.env._("Organisation and VAT number")

    def find(self):
        company, partner = self.company, self.company.partner_id
        missing = []
        if not partner._l10n_se_get_org_number():
            missing.append(self.env._("organisation number"))
        if not vat_number.is_valid(company.vat or ""):
            missing.append(self.env._("VAT number"))
        if not (company.street and company.zip and company.city):
            missing.append(self.env._("address"))
        if company.country_id.code != "SE":
            missing.append(self.env._("Sweden as its country"))
        if not missing:
            return None
        return Finding(
            self.env._("Missing or wrong: %s.", format_list(self.env, missing)),
            self.env._("Every invoice says them (17 kap. ML)."),
        )

    def describe(self):
        number = self.company.partner_id._l10n_se_get_org_number()
        return f"{orgnr.format(number)}, {self.company.vat}"

    def correct(self):
        return self.ask("company")


class Seat(Check):
    code = "seat"
    needs_chart = False

    def get_name(self):
        return self.env._("Seat")

    def find(self):
        if self.company.l10n_se_seat:
            return None
        number = self.company.partner_id._l10n_se_get_org_number() or LIMITED_COMPANY
        return Finding(
            self.env._("Not entered."),
            self.env._(
                "A limited company says its seat on invoices (28 kap. 5 § ABL)."
            ),
            is_choice=not number.startswith(LIMITED_COMPANY),
        )

    def describe(self):
        return self.company.l10n_se_seat

    def correct(self):
        return self.ask("company")


class FTax(Check):
    code = "f_tax"
    needs_chart = False

    def get_name(self):
        return self.env._("F-tax")

    def find(self):
        if self.company.l10n_se_f_tax:
            return None
        return Finding(
            self.env._("Invoices do not say “Godkänd för F-skatt”."),
            self.env._("Without it customers withhold tax, or send the invoice back."),
        )

    def correct(self):
        return self.ask("company")


class Giro(Check):
    code = "giro"
    needs_chart = False

    def get_name(self):
        return self.env._("Bankgiro or Plusgiro")

    def _get_accounts(self):
        return self.look.accounts_sudo.filtered(lambda one: one.acc_type in KINDS)

    def find(self):
        if self._get_accounts():
            return None
        return Finding(
            self.env._("None of them."),
            self.env._("Customers in Sweden pay there, with the OCR reference."),
        )

    def describe(self):
        return format_list(self.env, self._get_accounts().mapped("display_name"))

    def correct(self):
        return self.ask("payment")


class Iban(Check):
    code = "iban"
    needs_chart = False

    def get_name(self):
        return self.env._("IBAN and BIC")

    def _get_accounts(self):
        return self.look.accounts_sudo.filtered(lambda one: one.acc_type == "iban")

    def find(self):
        accounts = self._get_accounts()
        if accounts.filtered("bank_bic"):
            return None
        return Finding(
            self.env._("The IBAN has no BIC.")
            if accounts
            else self.env._("None of them."),
            self.env._("Customers abroad, and in another currency, pay there."),
            is_choice=not self._is_needed(),
        )

    def _is_needed(self):
        """Whether somebody who is invoiced cannot pay by giro."""
        if not self.look.accounts_sudo.filtered(lambda one: one.acc_type in KINDS):
            return True
        currencies = self.look.contracts_sudo.currency_id
        countries = self.look.customers_sudo.country_id
        return bool(
            currencies - self.company.currency_id or countries - self.company.country_id
        )

    def describe(self):
        account = self._get_accounts().filtered("bank_bic")[0]
        return f"{account.acc_number}, {account.bank_bic}"

    def correct(self):
        return self.ask("payment")


class AuditTrail(CompanySetting):
    code = "audit_trail"
    needs_chart = False
    field = "restrictive_audit_trail"

    def get_name(self):
        return self.env._("Restrictive audit trail")

    def find(self):
        if self.is_right():
            return None
        return Finding(
            self.env._("Off: what was posted and its history can be deleted."),
            self.env._("Right is on: both stay (5 kap. 11 § and 7 kap. 2 § BFL)."),
        )


class Peppol(Check):
    code = "peppol"
    needs_chart = False

    def get_name(self):
        return self.env._("Peppol")

    def find(self):
        company = self.company
        if not (company.peppol_eas and company.peppol_endpoint):
            return Finding(
                self.env._("The company has no identifier."),
                self.env._("0007 and the organisation number."),
                is_choice=not self._is_needed(),
            )
        if company.peppol_can_send:
            return None
        return Finding(
            self.env._(
                "Not registered. The identifier would be %s.", self._get_identifier()
            ),
            self.env._(
                "Public customers have to get e-invoices (lag 2018:1277), and others "
                "may ask for them."
            ),
            is_choice=not self._is_needed(),
        )

    def _get_identifier(self):
        return f"{self.company.peppol_eas}:{self.company.peppol_endpoint}"

    def _is_needed(self):
        """Whether somebody who is invoiced gets e-invoices."""
        return any(
            customer.support_public_customer
            or customer.invoice_sending_method == "peppol"
            for customer in self.look.customers_sudo
        )

    def describe(self):
        return self._get_identifier()

    def correct(self):
        if not (self.company.peppol_eas and self.company.peppol_endpoint):
            return self.ask("company")
        wizard = self.env["peppol.registration"].create({"company_id": self.company.id})
        return wizard._action_open_peppol_form(reopen=False)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""References, payment terms and currencies of invoices."""

from functools import cached_property

from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from odoo.addons.support_contract.windows import get_list_action
from odoo.addons.support_contract_billing.invoice_checks import (
    check_currency_rate,
    find_oldest_rate,
)

from ..payment_terms import LONGEST, get_longest_days
from .check import Check, CompanySetting, Finding

# Enough for every number that PostgreSQL gives to an entry.
OCR_LENGTH = 11
OCR_MODELS = ("se_ocr2", "se_ocr3", "se_ocr4")


class JournalCheck(Check):
    is_automatic = True

    @cached_property
    def journals(self):
        Journal = self.env["account.journal"]
        return Journal.search(
            [*Journal._check_company_domain(self.company), ("type", "=", "sale")]
        )


class Ocr(JournalCheck):
    code = "ocr"

    def get_name(self):
        return self.env._("OCR references")

    def _get_others(self):
        return self.journals.filtered(
            lambda journal: journal.invoice_reference_model not in OCR_MODELS
        )

    def find(self):
        journals = self._get_others()
        if not journals:
            return None
        return Finding(
            self.env._(
                "These journals use another payment reference: %s.",
                format_list(self.env, journals.mapped("display_name")),
            ),
            self.env._(
                "A number with length digit and check digit (12658), which Bankgiro "
                "and Plusgiro can check. It can also be on purpose; then leave it."
            ),
            is_choice=True,
        )

    def describe(self):
        """The kind that the bank has to know."""
        field = self.env["account.journal"]._fields["invoice_reference_model"]
        labels = dict(field._description_selection(self.env))
        return "\n".join(
            f"{journal.name}: {labels[journal.invoice_reference_model]}"
            for journal in self.journals
        )

    def correct(self):
        self._get_others().invoice_reference_model = "se_ocr3"


class OcrLength(JournalCheck):
    code = "ocr_length"

    def get_name(self):
        return self.env._("OCR references left")

    def _get_warnings(self):
        """{journal: sentence} of those whose references are nearly used up."""
        return {
            journal: warning
            for journal in self.journals
            if (warning := journal._l10n_se_warn_ocr_limit())
        }

    def find(self):
        warnings = self._get_warnings()
        if not warnings:
            return None
        return Finding(
            "\n".join(warnings.values()),
            self.env._(
                "A length of %s digits. Your bank has to know it first.", OCR_LENGTH
            ),
            is_choice=True,
        )

    def describe(self):
        lefts = [
            self.env._(
                "%(journal)s: %(left)s entries",
                journal=journal.name,
                left=f"{left:,}".replace(",", "\N{NO-BREAK SPACE}"),
            )
            for journal in self.journals
            if (left := journal._l10n_se_get_ocr_left()) is not None
        ]
        return "\n".join(lefts) or self.env._("They have no end.")

    def correct(self):
        for journal in self._get_warnings():
            journal.l10n_se_invoice_ocr_length = OCR_LENGTH


class PaymentTerms(Check):
    """räntelagen (1975:635) 2 a §: over 30 days between businesses only if the
    creditor has approved it expressly; for public bodies never.
    """

    code = "payment_terms"
    needs_chart = False

    def get_name(self):
        return self.env._("Payment terms")

    @cached_property
    def customers_sudo(self):
        """Customers whose terms are longer than they may be, as superuser."""
        customers_sudo = self.look.customers_sudo
        long = customers_sudo.property_payment_term_id.filtered(
            lambda term: get_longest_days(term) > LONGEST
        )
        return customers_sudo.filtered(
            lambda one: (
                one.property_payment_term_id in long
                and (one.support_public_customer or not one.l10n_se_long_terms_approved)
            )
        )

    def find(self):
        if not self.customers_sudo:
            return None
        public_sudo = self.customers_sudo.filtered("support_public_customer")
        found = []
        if public_sudo:
            found.append(
                self.env._(
                    "Public customers with more than 30 days: %s.",
                    format_list(self.env, public_sudo.mapped("name")),
                )
            )
        if others_sudo := self.customers_sudo - public_sudo:
            found.append(
                self.env._(
                    "More than 30 days, and nobody has approved it: %s.",
                    format_list(self.env, others_sudo.mapped("name")),
                )
            )
        return Finding(
            "\n".join(found),
            self.env._(
                "At most 30 days; between businesses more only if you have approved "
                "it for this customer, on the contact (2 a § räntelagen)."
            ),
            is_choice=not public_sudo,
        )

    def describe(self):
        return self.env._("At most 30 days, or approved.")

    def correct(self):
        return get_list_action(
            self.get_name(),
            "res.partner",
            [("id", "in", self.customers_sudo.ids)],
            views=[
                (
                    self.env.ref("l10n_se_support.res_partner_terms_view_list").id,
                    "list",
                ),
                (False, "form"),
            ],
        )


class Rates(Check):
    code = "rates"
    needs_chart = False

    def get_name(self):
        return self.env._("Exchange rates")

    @cached_property
    def currencies(self):
        return self.look.contracts_sudo.currency_id - self.company.currency_id

    def find(self):
        problems = []
        for currency in self.currencies:
            try:
                check_currency_rate(self.company, currency)
            except UserError as error:
                problems.append(str(error))
        if not problems:
            return None
        return Finding(
            "\n".join(problems),
            self.env._("Its contracts are not invoiced before there is one."),
        )

    def describe(self):
        if not self.currencies:
            return self.env._("No contract needs one.")
        return "\n".join(
            self.env._(
                "%(currency)s: of %(day)s",
                currency=currency.name,
                day=format_date(
                    self.env, find_oldest_rate(self.company, currency).name
                ),
            )
            for currency in self.currencies
        )

    def correct(self):
        return get_list_action(
            self.get_name(),
            "res.currency",
            [("id", "in", self.currencies.ids)],
            context={"active_test": False},
        )


class LateInterest(CompanySetting):
    """räntelagen (1975:635) 6 §: reference rate and eight percentage points."""

    code = "late_interest"
    needs_chart = False
    field, value = "l10n_se_late_interest", 8.0

    def get_name(self):
        return self.env._("Late-payment clause")

    def find(self):
        if self.company.l10n_se_late_interest:
            return None
        return Finding(
            self.env._("Invoices say nothing of late-payment interest."),
            self.env._(
                "Right is the reference rate and 8 percentage points (6 § räntelagen), "
                "unless you claim none."
            ),
            is_choice=True,
        )

    def describe(self):
        return self.env._(
            "%(points)s percentage points above the reference rate.",
            points=f"{self.company.l10n_se_late_interest:g}",
        )

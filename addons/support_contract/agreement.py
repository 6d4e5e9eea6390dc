# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the agreement that is signed consists of, on the page and on paper."""

import hashlib
from dataclasses import dataclass

from odoo.tools import is_html_empty

from .agreed import format_price
from .signing import get_digest

# Texts of the agreement, and the standard ones of the suite.
TEXTS = {
    "definitions": "support_contract.agreement_definitions",
    "data_agreement": "support_contract.agreement_data",
}


@dataclass(frozen=True)
class WorkedExample:
    """How a month's price of a service is computed.

    :param text: the calculation, in the reader's language
    :param amount: what the month costs; None where the quantity is only assumed
    """

    text: str
    amount: float | None


class Agreement:
    """The parts of one agreement, for its templates.

    :param contract: ``support.contract``, in the language of who reads it
    """

    def __init__(self, contract):
        self.contract = contract
        self.env = contract.env
        self.terms = contract.terms_id

    @property
    def parties(self):
        """Who agrees: contacts, ours first."""
        # sudo: the page is also of those who may read no contacts.
        contract_sudo = self.contract.sudo()
        customer = contract_sudo.partner_id.commercial_partner_id
        return [
            (contract_sudo.company_id.partner_id, self.env._("Supplier")),
            (customer, self.env._("Customer")),
        ]

    @property
    def rows(self):
        """(service, its worked example or None), as they begin.

        Without examples where code was counted since the agreement was sent: they sign
        the sum that they were sent.
        """
        contract = self.contract
        services = contract.service_ids.sorted("date_start")
        rows = [(service, service._get_worked_example()) for service in services]
        amounts = [example.amount or 0.0 for _service, example in rows if example]
        if self._is_sent() and contract.currency_id.compare_amounts(
            sum(amounts), contract.sent_fee
        ):
            return [(service, None) for service in services]
        return rows

    @property
    def total(self):
        """The sum of a month: what they sign, or what is known today."""
        if self._is_sent():
            return self.contract.sent_fee
        return self.contract._get_known_monthly_fee()

    @property
    def basis(self):
        """What the sum is an estimate from, in sentences."""
        return self.contract._get_estimate_basis()

    def _is_sent(self):
        return self.contract.state == "draft" and bool(self.contract.date_sent)

    @property
    def signed_fingerprint(self):
        """Of what was signed; empty on paper that was signed by hand."""
        # sudo: the field is nobody's; on paper it is the customer's.
        return self.contract.sudo().signed_digest or ""

    @property
    def fingerprint(self):
        """Of what was sent and can be signed, or was signed; else empty."""
        # sudo: see above.
        contract_sudo = self.contract.sudo()
        sent = contract_sudo.sent_digest
        if sent and sent == get_digest(contract_sudo):
            return sent
        return self.signed_fingerprint

    @property
    def upgrades(self):
        """The right to version upgrades, in sentences. Clauses R5, R8."""
        contract, env = self.contract, self.env
        if "upgrade" not in contract.service_ids.type_id.grant_ids.mapped("code"):
            return []
        number = contract._get_agreed("upgrades_per_period").value
        sentences = [
            env._(
                "Version upgrades that the monthly fee includes: %(number)s in every "
                "period of %(months)s months, counted from the first day of the "
                "service. One that is not used in its period lapses; one that was "
                "asked for in time is kept, however long it waits for us.",
                number=number,
                months=contract._get_agreed("upgrade_period_months").value,
            )
        ]
        if contract._get_agreed("upgrade_counting").value == "version_step":
            sentences.append(
                env._("An upgrade counts once for each version that it passes.")
            )
        else:
            sentences.append(
                env._("An upgrade counts once, however many versions it passes.")
            )
        if fee := contract._get_agreed("upgrade_fee").value:
            sentences.append(
                env._(
                    "When an upgrade starts, a one-off fee of %s is billed.",
                    format_price(env, fee, contract.currency_id),
                )
            )
        return sentences

    @property
    def included(self):
        """Lines of the scope matrix that the monthly fee includes, if only on terms."""
        return self.terms.scope_ids.filtered(lambda line: line.verdict != "billed")

    @property
    def billed(self):
        """Lines of the scope matrix that are billed apart. Clause R6."""
        return self.terms.scope_ids.filtered(lambda line: line.verdict == "billed")

    def get_text(self, name):
        """A text of the terms, or the standard one, in the reader's language.

        :param name: of a field of the terms, in TEXTS
        """
        own = self.terms[name]
        if not is_html_empty(own):
            return own
        return self.env["ir.qweb"]._render(TEXTS[name])

    def get_texts_digest(self):
        """Digest of the texts, whoever reads them in which language."""
        english = Agreement(self.contract.with_context(lang="en_US"))
        texts = "".join(str(english.get_text(name)) for name in TEXTS)
        return hashlib.sha256(texts.encode()).hexdigest()


def get_hourly_rates(contract):
    """What an hour of each kind of work costs today, as the agreement says it. R4.

    :return: list of sentences; examples are none
    """
    env = contract.env
    prices = contract.terms_id.price_ids.filtered(
        lambda price: price.basis == "hours" and not price.is_example
    )
    rates = []
    for kind in prices.type_id:
        price = contract._get_agreed("price", service_type=kind).value
        rates.append(
            env._(
                "%(kind)s: %(price)s an hour",
                kind=kind.name,
                price=format_price(env, price, contract.currency_id),
            )
        )
    # What is offered counts: a draft grants nothing yet.
    if rates and "discount" in contract.service_ids.type_id.grant_ids.mapped("code"):
        discount = contract._get_agreed("hourly_discount").value
        if discount:
            rates.append(
                env._(
                    "less %s while the agreement gives a discount on hours",
                    contract._format_figure("hourly_discount", discount),
                )
            )
    return rates

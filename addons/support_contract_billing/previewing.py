# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Invoices as they would be: made of the same values, and written nowhere."""

from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from .due import without_waiting
from .invoicing import Invoicing, prepare_invoices_vals


@dataclass(frozen=True)
class InvoicePreview:
    """An invoice as it would be, in memory only.

    :param contracts: `support.contract` that share it
    :param charges: `support.charge`, those that wait and, without an id, new ones
    :param move: `account.move` without an id; empty when nothing is due
    :param error: why the contract would not be invoiced, in words
    :param document: what carries the charges, in words, unless it is an invoice of
        their own
    """

    contracts: models.BaseModel
    charges: models.BaseModel
    move: models.BaseModel
    error: str = ""
    document: str = ""

    @property
    def lines(self):
        """Pairs of a charge and its line on the invoice."""
        lines = self.move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        ).sorted("sequence")
        return list(zip(self.charges, lines, strict=True))

    @property
    def totals(self):
        """(untaxed, tax, total) of the invoice, in its currency, rounded as it is.

        Negative for a credit note.
        """
        if not self.move:
            return (0.0, 0.0, 0.0)
        sign, summary = -self.move.direction_sign, self.move.tax_totals
        return (
            sign * summary["base_amount_currency"],
            sign * summary["tax_amount_currency"],
            sign * summary["total_amount_currency"],
        )


def preview_invoices(contracts, day):
    """What the scheduled action would invoice these contracts for on ``day``.

    Nothing is written, no number is taken. What is metered later is not known, and the
    lines of code are those of the approved counts.

    :return: list of :class:`InvoicePreview`, without contracts that owe nothing
    """
    # sudo: whoever may see a contract and its charges sees what they will be, without
    # rights in the accounts.
    contracts = contracts._filtered_access("read").sudo()
    previews, charges = [], {}
    for due in contracts._get_previewed(day):
        for company, group in due.grouped("company_id").items():
            # Accounts and taxes are those of its company, whoever is asking.
            billing = Invoicing(group.with_company(company), today=day).prepare()
            previews += [
                InvoicePreview(
                    contract,
                    contract.env["support.charge"],
                    contract.env["account.move"],
                    outcome.reason,
                )
                for contract, outcome in billing.outcomes.items()
            ]
            for contract in billing.new:
                if own := _make_charges(contract, billing):
                    charges[contract.id] = own
    together = contracts.filtered(lambda contract: contract.id in charges)
    for group in together.grouped(lambda one: one._preview_grouping_key()).values():
        group = group.with_company(group.company_id)
        own = group.env["support.charge"]
        for contract in group:
            own += charges[contract.id]
        for part, document in group._get_documents(own):
            previews.append(_make_preview(group, part, document))
    return previews


def _make_charges(contract, billing):
    """The charges of a contract as they were prepared, in memory, and those that wait.

    :param billing: :class:`.invoicing.Invoicing`, prepared
    """
    charges = contract.env["support.charge"]
    for vals in billing.new[contract]:
        # What costs nothing, or is held or waived, is on no invoice.
        if vals["amount"] and vals.get("state", "pending") == "pending":
            charges += charges.new(vals)
    return without_waiting(charges + billing.waiting.get(contract, charges.browse()))


def _make_preview(contracts, charges, document):
    """One invoice or credit note for contracts that share it.

    :param charges: all that it carries, some without an id
    :param document: see :class:`InvoicePreview`
    """
    move = contracts.env["account.move"]
    try:
        move = move.new(prepare_invoices_vals([(contracts, charges)])[0])
    except UserError as error:
        return InvoicePreview(contracts, charges.browse(), move, str(error))
    return InvoicePreview(contracts, charges, move, document=document)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Invoices as they would be: made of the same charges, and written nowhere."""

from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.support_contract.read_once import read_once

from .due import without_waiting
from .invoice_checks import get_invoice_journal
from .invoicing import Invoicing
from .order_details import check_addressee
from .taxation import (
    compute_lines,
    get_corrected_taxation,
    get_document_position,
    get_invoice_address,
    get_product_taxation,
)


@dataclass(frozen=True)
class LinePreview:
    """The line of a charge as it would be, named as those of invoices.

    What a credit note gives back is negative.
    """

    quantity: float
    price_unit: float
    tax_ids: models.BaseModel
    price_subtotal: float
    price_total: float


@dataclass(frozen=True)
class InvoicePreview:
    """An invoice as it would be, in memory only.

    :param contracts: `support.contract` that share it
    :param charges: `support.charge`, those that wait and, without an id, new ones
    :param lines: pairs of a charge and its :class:`LinePreview`
    :param totals: (untaxed, tax, total) of the invoice, in its currency, rounded as it
        is; negative for a credit note
    :param error: why the contract would not be invoiced, in words
    :param document: what carries the charges, in words, unless it is an invoice of
        their own
    """

    contracts: models.BaseModel
    charges: models.BaseModel
    lines: tuple = ()
    totals: tuple = (0.0, 0.0, 0.0)
    error: str = ""
    document: str = ""

    @property
    def recipient(self):
        """`res.partner` that the invoice is addressed to."""
        customer = self.charges[:1].partner_id or self.contracts[:1].partner_id
        return get_invoice_address(customer)


def preview_invoices(contracts, day):
    """What the scheduled action would invoice these contracts for on ``day``.

    Nothing is written, no number is taken. What is metered later is not known, and the
    lines of code are those of the approved counts.

    :return: list of :class:`InvoicePreview`, without contracts that owe nothing
    """
    # sudo: whoever may see a contract and its charges sees what they will be, without
    # rights in the accounts.
    contracts = read_once(contracts._filtered_access("read").sudo())
    _prefetch_customers(contracts)
    previews, charges = [], {}
    for due in contracts._get_previewed(day):
        for company, group in due.grouped("company_id").items():
            # Accounts and taxes are those of its company, whoever is asking.
            billing = Invoicing(group.with_company(company), today=day).prepare()
            previews += [
                InvoicePreview(
                    contract,
                    contract.env["support.charge"],
                    error=outcome.reason,
                )
                for contract, outcome in billing.outcomes.items()
            ]
            for contract in billing.new:
                if own := _make_charges(contract, billing):
                    charges[contract.id] = own
    together = contracts.filtered(lambda contract: contract.id in charges)
    together = together.with_prefetch(contracts._prefetch_ids)
    for group in together.grouped(lambda one: one._preview_grouping_key()).values():
        group = group.with_company(group.company_id)
        own = group.env["support.charge"]
        for contract in group:
            own += charges[contract.id]
        for part, document in group._get_documents(own):
            sharing = group.filtered(lambda one, part=part: one in part.contract_id)
            # What is read of their customer is read for the others as well.
            sharing = sharing.with_prefetch(group._prefetch_ids)
            previews.append(_make_preview(sharing, part, document))
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
    company, currency = contracts.company_id, contracts.currency_id
    try:
        if not document:
            check_addressee(contracts[:1], charges[0]._get_addressee())
        get_invoice_journal(contracts[:1])
        customer = charges[:1].partner_id or contracts[:1].partner_id
        customer = customer.with_prefetch(contracts.partner_id._prefetch_ids)
        customer = get_invoice_address(customer)
        position = get_document_position(charges, customer)
    except UserError as error:
        return InvoicePreview(contracts, charges.browse(), error=str(error))
    sign = -1 if charges._is_credit() else 1
    vals_list = [
        {
            "product_id": charge.product_id,
            "tax_ids": (
                get_corrected_taxation(charge)
                or get_product_taxation(charge.product_id, company, position)
            ).taxes,
            "quantity": sign * charge.quantity,
            "price_unit": charge.price_unit,
            "is_refund": sign < 0,
        }
        for charge in charges
    ]
    rounding = company._get_support_cash_rounding(currency)
    if sign < 0 and (original := charges[:1]._get_credited_invoice()):
        rounding = original.invoice_cash_rounding_id
    if document:
        # It is rounded once, with lines that are not ours.
        rounding = rounding.browse()
    amounts, totals = compute_lines(vals_list, company, currency, rounding)
    lines = [
        LinePreview(
            quantity=charge.quantity,
            price_unit=charge.price_unit,
            tax_ids=vals["tax_ids"],
            price_subtotal=sign * untaxed,
            price_total=sign * taxed,
        )
        for charge, vals, (untaxed, taxed) in zip(
            charges, vals_list, amounts, strict=True
        )
    ]
    return InvoicePreview(
        contracts,
        charges,
        tuple(zip(charges, lines, strict=True)),
        tuple(sign * amount for amount in totals),
        document=document,
    )


def _prefetch_customers(contracts):
    """Read whom these contracts are invoiced to at once."""
    customers = contracts.partner_id
    customers.child_ids.mapped("type")
    customers.commercial_partner_id.mapped("country_id")

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError


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
    def sign(self):
        """-1 for a credit note, which has positive lines."""
        return -1 if self.move.move_type == "out_refund" else 1

    @property
    def totals(self):
        """(untaxed, tax, total) of the invoice, in its currency, rounded as it is.

        Negative for a credit note.
        """
        if not self.move:
            return (0.0, 0.0, 0.0)
        summary = self.move.tax_totals
        return (
            self.sign * summary["base_amount_currency"],
            self.sign * summary["tax_amount_currency"],
            self.sign * summary["total_amount_currency"],
        )


class SupportContract(models.Model):
    """Invoices as they would be: made of the same values, and written nowhere."""

    _inherit = "support.contract"

    def action_preview_invoice(self):
        """Show what would be invoiced on this contract; a button."""
        return self.env["support.billing.preview"]._open(self)

    def _get_invoice_previews(self, day):
        """What the scheduled action would invoice these contracts for on ``day``.

        Nothing is written, no number is taken. What is metered later is not known, and
        the lines of code are those of the approved counts.

        :return: list of :class:`InvoicePreview`, without contracts that owe nothing
        """
        # sudo: whoever may see a contract and its charges sees what they will be,
        # without rights in the accounts.
        contracts_sudo = self._filtered_access("read").sudo()
        previews, charges = [], {}
        for due in contracts_sudo._get_previewed(day):
            for company, group in due.grouped("company_id").items():
                # Accounts and taxes are those of its company, whoever is asking.
                billing = group.with_company(company)._prepare_billing(today=day)
                previews += [
                    InvoicePreview(
                        contract,
                        self.env["support.charge"],
                        self.env["account.move"],
                        outcome.reason,
                    )
                    for contract, outcome in billing.outcomes.items()
                ]
                for contract, vals_list in billing.new.items():
                    own = contract._make_preview_charges(vals_list, billing.waiting)
                    if own:
                        charges[contract.id] = own
        together = contracts_sudo.filtered(lambda contract: contract.id in charges)
        for group in together.grouped(lambda one: one._preview_grouping_key()).values():
            group = group.with_company(group.company_id)
            own = self.env["support.charge"].sudo()
            for contract in group:
                own += charges[contract.id]
            for part in group._split_preview_charges(own):
                previews.append(group._make_invoice_preview(part))
        return previews

    def _get_previewed(self, day):
        """Those of these contracts that something would be invoiced for on ``day``.

        Also those that failed today: somebody mends them now. Extend where another
        document carries the charges.

        :return: list of `support.contract`, each for a way of invoicing
        """
        return [self._get_contracts_to_invoice(day)]

    def _preview_grouping_key(self):
        """Contracts with equal keys share a document in the preview; extend where
        another document than an invoice of ours carries the charges.
        """
        return self._invoice_grouping_key()

    def _split_preview_charges(self, charges):
        """Which of these charges go on one document together; extend as above.

        :return: list of recordsets
        """
        return charges._split_by_document()

    def _get_carrying_document(self):
        """What carries the charges of these contracts, which share it, in words.

        Empty for an invoice of ours; extend as above.
        """
        return ""

    def _make_invoice_preview(self, charges):
        """One invoice or credit note for these contracts, which share it.

        :param charges: all that it carries, some without an id
        """
        move = self.env["account.move"]
        try:
            move = move.new(self._prepare_invoices_vals([(self, charges)])[0])
        except UserError as error:
            return InvoicePreview(self, charges.browse(), move, str(error))
        return InvoicePreview(
            self, charges, move, document=self._get_carrying_document()
        )

    def _make_preview_charges(self, vals_list, waiting):
        """The charges of one contract, as prepared for billing; in memory."""
        self.ensure_one()
        charges = self.env["support.charge"]
        for vals in vals_list:
            if vals["amount"]:  # what costs nothing is on no invoice
                charges += charges.new(vals)
        return charges + waiting.get(self, charges.browse())

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Amounts that are given back: with which invoice, and what a person gave back already.

What is to be given back is taken off the next invoice as long as that stays at zero
or above. Otherwise it becomes a credit note, one for each invoice that it changes,
which names it (mervärdesskattelagen 2023:200, 17 kap. 22 §).
"""

from odoo.exceptions import UserError


def split_by_document(charges):
    """Which charges go on one invoice or credit note together.

    :return: list of `support.charge`
    """
    customers = charges.grouped("partner_id").values()
    return [part for own in customers for part in _split_by_sign(own)]


def _split_by_sign(charges):
    """The same for charges of one customer."""
    if not charges._is_credit():
        return [charges]
    credits = charges.filtered(lambda charge: charge.amount < 0)
    invoiced = charges - credits
    parts = credits.grouped(lambda charge: charge._get_credited_invoice())
    return [invoiced, *parts.values()] if invoiced else list(parts.values())


class CreditNotes:
    """What credit notes that people made took back of the charges of one chain.

    What was given back once is not given back once more by a correction.

    :param chain: `support.charge`, an original charge and its corrections, or the first
        ones of them
    """

    def __init__(self, chain):
        self.chain, self.env = chain, chain.env

    def get_credited_away(self, amount):
        """What credit notes took back, if that leaves too little to correct; else 0.

        Of the lines of this chain and, as a credit note can be about something that no
        line names, of the whole invoice.

        :param amount: the correction that is to follow these charges, in their currency
        """
        invoice = self._get_invoice()
        if not invoice:
            return 0.0
        compare = invoice.currency_id.compare_amounts
        for back, asked in (
            (self._get_credited(), self.chain._get_charged()),
            (invoice._get_support_credited(), invoice.amount_untaxed),
        ):
            left = asked - back
            if compare(back, 0) > 0 and (
                compare(left, 0) <= 0 or compare(left, -amount) < 0
            ):
                return back
        return 0.0

    def get_credited_by_hand(self):
        """(what credit notes of people took back of these charges, or of nothing that
        their invoice names; what is left to take back), untaxed.
        """
        credited = self._get_credited()
        left = self.chain._get_charged() - credited
        if invoice := self._get_invoice():
            lines = invoice.invoice_line_ids.filtered("support_charge_ids")
            for credit in invoice._get_support_credit_lines():
                if not any(credit._is_support_credit_of(line) for line in lines):
                    credited += credit.price_subtotal
            whole = invoice.amount_untaxed - invoice._get_support_credited()
            left = min(left, whole)
        return credited, left

    def check_not_credited(self, amount):
        """Refuse to correct what the customer does not pay any more.

        :raise UserError: with how the right sum is charged instead
        """
        if credited := self.get_credited_away(amount):
            raise UserError(
                self.env._(
                    "%(invoice)s is credited already, by %(credited)s. If the customer "
                    "is to pay the right sum instead, reset the credit note, and "
                    "choose “Charge Again” in the next one.",
                    invoice=self._get_invoice().name,
                    credited=self.chain[0].currency_id.format(credited),
                )
            )

    def _get_invoice(self):
        """The posted invoice that the first of these charges is on, or none."""
        # sudo: whoever decides on charges need not read invoices.
        return (
            self.chain[:1]
            .sudo()
            .move_id.filtered(
                lambda move: move.state == "posted" and move.move_type == "out_invoice"
            )
        )

    def _get_credited(self):
        return sum(charge._get_credited() for charge in self.chain)


def hold_credited_corrections(charges, reason):
    """Hold what would correct a charge of these that is credited away.

    :param reason: a sentence with the credit note
    """
    held = charges.browse()
    for charge in charges:
        for correction in charge._get_later_corrections():
            others = correction._get_correction_chain() - correction
            if correction.state == "pending" and CreditNotes(others).get_credited_away(
                correction.amount
            ):
                held |= correction
    for correction in held:
        correction._set_state(correction._prepare_decision_vals("held", reason), reason)
    held.contract_id._update_held_activity()

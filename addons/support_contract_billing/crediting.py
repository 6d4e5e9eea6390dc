# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Amounts that are given back: with which invoice, and what a person gave back already.

What is to be given back is taken off the next invoice as long as that, with VAT, stays
at zero or above. Otherwise it becomes a credit note, one for each invoice that it
changes, which names it (mervärdesskattelagen 2023:200, 17 kap. 22 §). What has another
VAT than its line would get today is on a document of its own in any case.

Charges that a credit note or a cancelled invoice sets free come off their invoice, and
can go back on it. A charge keeps its key for good, so coming off an invoice never makes
room for a second one. The lines it was on are remembered: the same invoice can take it
back as long as no other has asked for it.
"""

from odoo import fields
from odoo.exceptions import UserError

from odoo.addons.support_contract.models.mixins.support_protected_mixin import (
    PERMISSION,
)
from odoo.addons.support_contract.read_once import read_once

from .decisions import update_held_activity
from .taxation import get_invoice_apart


def split_by_document(charges):
    """Which charges go on one invoice or credit note together.

    :return: list of `support.charge`
    """
    # Charges of one contract and day have one addressee.
    addressees = {charge.id: charge._get_addressee() for charge in read_once(charges)}
    groups = charges.grouped(
        lambda charge: (addressees[charge.id], get_invoice_apart(charge))
    )
    return [part for own in groups.values() for part in _split_by_sign(own)]


def _split_by_sign(charges):
    """The same for charges of one customer, all with the VAT of today or all with that
    of one invoice.
    """
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
        invoice = self.chain[0]._get_credited_invoice()
        if not invoice:
            return 0.0
        compare = invoice.currency_id.compare_amounts
        for back, asked in (
            (self._get_credited(), self.chain._get_charged()),
            (invoice._get_support_credited(), invoice._get_support_untaxed()),
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
        if invoice := self.chain[0]._get_credited_invoice():
            lines = invoice.invoice_line_ids.filtered("support_charge_ids")
            for credit in invoice._get_support_credit_lines():
                if not any(credit._is_support_credit_of(line) for line in lines):
                    credited += credit.price_subtotal
            whole = invoice._get_support_untaxed() - invoice._get_support_credited()
            left = min(left, whole)
        return credited, left

    def describe_credited(self, credited):
        """Why a correction of what is credited in part is held."""
        root = self.chain[0]
        # sudo: whoever amends a contract need not read invoices.
        return self.env._(
            "%(amount)s of %(invoice)s is credited by hand. Waive this if that was for "
            "the same days, else release it.",
            amount=root.currency_id.format(credited),
            invoice=root.sudo().move_id.name,
        )

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
                    invoice=self.chain[0]._get_credited_invoice().name,
                    credited=self.chain[0].currency_id.format(credited),
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
    update_held_activity(held.contract_id)


def reopen(charges, reason):
    """Take the charges off their invoice lines; they wait for the next invoice.

    :param reason: what happened to the invoice, a sentence
    """
    # sudo: charges are written by the system alone, never by a person.
    charges_sudo = charges.sudo().filtered(lambda charge: charge.state == "invoiced")
    for charge_sudo in charges_sudo:
        line_sudo = charge_sudo.move_line_id
        charge_sudo._set_state(
            {
                "state": "pending",
                "move_line_id": False,
                "former_line_ids": [fields.Command.link(line_sudo.id)],
            },
            reason,
        )
    charges_sudo._notify_contracts(
        reason, charges.env._("These charges wait for the next invoice:")
    )


def take_back(charge, line, reason):
    """Put a re-opened charge on a line that asked for it before.

    :param reason: what happened to the invoice, a sentence
    :raise UserError: when it is charged elsewhere, waived, or held until a customer
        is answered
    """
    # sudo: see reopen.
    charge_sudo, env = charge.sudo(), charge.env
    if charge_sudo.state == "held":
        raise UserError(
            env._(
                "%(invoice)s cannot be used again while its charge “%(charge)s” is "
                "held: %(reason)s. Release the charge first.",
                invoice=line.move_id.display_name,
                charge=charge_sudo.display_name,
                reason=charge_sudo.decision_reason or "",
            )
        )
    if charge_sudo.state != "pending":
        raise UserError(
            env._(
                "%(invoice)s cannot be used again: its charge “%(charge)s” is by "
                "now: %(state)s %(other)s",
                invoice=line.move_id.display_name,
                charge=charge_sudo.display_name,
                state=charge_sudo._get_state_label().lower(),
                other=charge_sudo.move_id.display_name or "",
            ).strip()
        )
    charge_sudo._set_state(
        {
            "state": "invoiced",
            "move_line_id": line.id,
            "former_line_ids": [fields.Command.unlink(line.id)],
        },
        reason,
    )
    # Nobody saw to it while the line asked for nothing.
    line._check_support_charge_amount()


class InvoiceReopening:
    """What happens to the charges of an invoice that is cancelled, deleted or reversed.

    They come off it and wait for the next invoice; used again, the invoice takes them
    back, unless another one has asked for them meanwhile.

    :param move: `account.move`, the invoice or credit note
    """

    def __init__(self, move):
        self.move, self.env = move, move.env

    def follow_state(self, before, after):
        """Move the charges as the invoice or credit note moves from state to state."""
        move, original = self.move, self.move.reversed_entry_id
        if after == "cancel":
            reopen(
                move._get_support_charges(),
                self.env._("%s was cancelled.", move.display_name),
            )
        elif before == "cancel":
            self._take_charges_back()
        elif before == "posted" and after == "draft":
            self._check_charges_elsewhere()
        if after == "posted":
            self.reopen_reversed()
        elif before == "posted":
            self._undo_reversal()
        replaced = self.env.context.get("support_is_replaced") is PERMISSION
        if after == "posted" and original and not replaced:
            hold_credited_corrections(
                original._get_support_charges(),
                self.env._(
                    "%(invoice)s was credited by %(credit)s.",
                    invoice=original.name,
                    credit=move.name,
                ),
            )
        if before == "posted" and original:
            # What it had taken back can be corrected again.
            original._get_support_charges()._adjust_again()

    def _get_former_charges(self):
        """[(line, charge)] of what this invoice asked for before, in superuser mode."""
        # sudo: whoever keeps the books need not read charges.
        lines_sudo = self.move.sudo().invoice_line_ids
        charges_sudo = self.env["support.charge"].sudo()
        charges_sudo = charges_sudo.search([("former_line_ids", "in", lines_sudo.ids)])
        return [
            (charge.former_line_ids & lines_sudo, charge) for charge in charges_sudo
        ]

    def _take_charges_back(self):
        """Claim again what came off this invoice."""
        for line_sudo, charge_sudo in self._get_former_charges():
            take_back(
                charge_sudo,
                line_sudo[:1],
                self.env._("%s is used again.", self.move.display_name),
            )

    def _check_charges_elsewhere(self):
        """An invoice whose charges are charged anew cannot be edited any more."""
        for _line, charge_sudo in self._get_former_charges():
            raise UserError(
                self.env._(
                    "%(invoice)s was reversed, and its charge “%(charge)s” is charged "
                    "again. Reset its credit note first.",
                    invoice=self.move.name,
                    charge=charge_sudo.display_name,
                )
            )

    def reopen_reversed(self):
        """A posted credit note lets what it takes back be charged again.

        Several that take it back in parts do so together.
        """
        move, original = self.move, self.move.reversed_entry_id
        if not move.support_reopen_charges or not original:
            return
        if not InvoiceReopening(original)._is_wholly_taken_back():
            move.message_post(
                body=self.env._(
                    "The charges of %s stay as they are, because this credit note is "
                    "not for the whole of it.",
                    original.name,
                )
            )
            return
        reopen(
            original._get_support_charges(),
            self.env._(
                "%(invoice)s was reversed by %(credit)s.",
                invoice=original.name,
                credit=move.name,
            ),
        )

    def _undo_reversal(self):
        """Without its credit note, an invoice asks for its charges again.

        :raise UserError: when another invoice asks for them by now
        """
        original = InvoiceReopening(self.move.reversed_entry_id)
        if (
            self.move.support_reopen_charges
            and original.move.state != "cancel"
            and not original._is_wholly_taken_back()
        ):
            original._take_charges_back()

    def _is_wholly_taken_back(self):
        """Whether posted credit notes that charge again are for all of this invoice."""
        move = self.move
        # sudo: credit notes count, whoever may read them.
        credits_sudo = move.sudo().reversal_move_ids.filtered(
            lambda credit: credit.state == "posted"
            and credit.support_reopen_charges
            and credit.currency_id == move.currency_id
        )
        total = sum(credit._get_support_untaxed() for credit in credits_sudo)
        asked = move._get_support_untaxed()
        return (
            bool(credits_sudo) and move.currency_id.compare_amounts(total, asked) >= 0
        )

    def move_charges(self, new_move):
        """Hand the charges over to the lines of a draft that replaces this invoice."""

        def get_lines(move):
            # sudo: see _get_former_charges.
            lines = move.sudo().invoice_line_ids
            return lines.filtered(lambda line: line.display_type == "product").sorted(
                lambda line: (line.sequence, line.id)
            )

        reason = self.env._(
            "%(invoice)s was reversed and replaced.", invoice=self.move.name
        )
        for old, new in zip(get_lines(self.move), get_lines(new_move), strict=False):
            for charge_sudo in old.support_charge_ids:
                charge_sudo._set_state(
                    {
                        "move_line_id": new.id,
                        "former_line_ids": [fields.Command.link(old.id)],
                    },
                    reason,
                )

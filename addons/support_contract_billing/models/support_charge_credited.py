# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class SupportCharge(models.Model):
    """What a credit note of a person has taken back is not given back once more."""

    _inherit = "support.charge"

    def _get_credited_away(self, amount):
        """What credit notes took back, if that leaves too little to correct; else 0.

        Of the lines of this chain and, as a credit note can be about something that no
        line says, of the whole invoice.

        :param amount: the correction that is to follow these charges of one chain, in
            its currency
        """
        invoice = self[:1].sudo().move_id
        if invoice.state != "posted" or invoice.move_type != "out_invoice":
            return 0.0
        compare = invoice.currency_id.compare_amounts
        credited = sum(charge._get_credited() for charge in self)
        whole = invoice._get_support_credited()
        for back, asked in (
            (credited, self._get_charged()),
            (whole, invoice.amount_untaxed),
        ):
            left = asked - back
            if compare(back, 0) > 0 and (
                compare(left, 0) <= 0 or compare(left, -amount) < 0
            ):
                return back
        return 0.0

    def _get_credited(self):
        """What credit notes took back by hand of the line of this charge."""
        self.ensure_one()
        line_sudo = self.sudo().move_line_id
        if line_sudo.move_id.move_type != "out_invoice":
            return 0.0
        lines_sudo = line_sudo.move_id._get_support_credit_lines()
        return sum(
            credit.price_subtotal
            for credit in lines_sudo
            if credit._is_support_credit_of(line_sudo)
        )

    def _get_credited_by_hand(self):
        """(what credit notes of people took back of these charges of one chain, or of
        nothing that their invoice names; what is left to take back), untaxed.
        """
        invoice = self[:1].sudo().move_id
        credited = sum(charge._get_credited() for charge in self)
        left = self._get_charged() - credited
        if invoice.state == "posted" and invoice.move_type == "out_invoice":
            lines = invoice.invoice_line_ids.filtered("support_charge_ids")
            for credit in invoice._get_support_credit_lines():
                if not any(credit._is_support_credit_of(line) for line in lines):
                    credited += credit.price_subtotal
            whole = invoice.amount_untaxed - invoice._get_support_credited()
            left = min(left, whole)
        return credited, left

    def _check_not_credited(self, amount):
        """Refuse to correct what the customer does not pay any more."""
        if credited := self._get_credited_away(amount):
            raise UserError(
                self.env._(
                    "%(invoice)s is credited already, by %(credited)s. If the customer "
                    "is to pay the right sum instead, reset the credit note, and "
                    "choose “Charge Again” in the next one.",
                    invoice=self[0].sudo().move_id.name,
                    credited=self[0].currency_id.format(credited),
                )
            )

    def _hold_credited_corrections(self, reason):
        """Hold what would correct a charge of these that is credited away."""
        held = self.browse()
        for charge in self:
            for correction in charge._get_later_corrections():
                others = correction._get_correction_chain() - correction
                if correction.state == "pending" and others._get_credited_away(
                    correction.amount
                ):
                    held |= correction
        for correction in held:
            correction._set_state(
                {
                    "state": "held",
                    "decision_reason": reason,
                    "decision_user_id": self.env.uid,
                    "decision_date": fields.Datetime.now(),
                },
                reason,
            )
        held.contract_id._update_held_activity()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    support_credited_line_id = fields.Many2one(
        "account.move.line",
        string="Takes Back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The line with support charges that this line of a credit note was made "
        "from.",
    )

    def _copy_data_extend_business_fields(self, values):
        """A credit note remembers what it takes back, whatever it says afterwards."""
        result = super()._copy_data_extend_business_fields(values)
        # sudo: whoever makes the credit note need not read charges.
        if self.sudo().support_charge_ids:
            values["support_credited_line_id"] = self.id
        return result

    def _is_support_credit_of(self, line):
        """Whether this line takes back some of ``line``; typed by hand, it says the
        same.
        """
        self.ensure_one()
        if self.support_credited_line_id:
            return self.support_credited_line_id == line
        return self.product_id == line.product_id and self.name == line.name


class AccountMove(models.Model):
    _inherit = "account.move"

    def _get_support_credited(self):
        """What credit notes took back of this invoice, in its currency, untaxed."""
        return sum(self._get_support_credit_lines().mapped("price_subtotal"))

    def _get_support_credit_lines(self):
        """Lines of posted credit notes that take back some of this invoice, with sudo.

        Without the ones that corrections made, which the ledger knows of.
        """
        self.ensure_one()
        # sudo: credit notes count, whoever may read them.
        return self.sudo().reversal_move_ids.invoice_line_ids.filtered(
            lambda line: line.parent_state == "posted"
            and line.move_id.move_type == "out_refund"
            and line.currency_id == self.currency_id
            and line.display_type == "product"
            and not line.support_charge_ids
        )

    def _on_support_state(self, before, after):
        result = super()._on_support_state(before, after)
        original = self.reversed_entry_id
        replaced = self.env.context.get("support_is_replaced")
        if after == "posted" and original and not replaced:
            original._get_support_charges()._hold_credited_corrections(
                self.env._(
                    "%(invoice)s was credited by %(credit)s.",
                    invoice=original.name,
                    credit=self.name,
                )
            )
        if before == "posted" and original:
            # What it had taken back can be corrected again.
            original._get_support_charges()._adjust_for_amendment()
        return result

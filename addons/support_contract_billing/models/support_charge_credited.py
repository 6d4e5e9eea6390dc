# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class SupportCharge(models.Model):
    """What a credit note of a person has taken back is not given back once more."""

    _inherit = "support.charge"

    def _is_credited_away(self, amount):
        """Whether credit notes leave too little of the invoice to correct it.

        :param amount: the correction of this chain, in its currency
        """
        invoice = self[:1].sudo().move_id
        if invoice.state != "posted" or invoice.move_type != "out_invoice":
            return False
        credited = invoice._get_support_credited()
        left = invoice.amount_untaxed - credited
        compare = invoice.currency_id.compare_amounts
        return compare(credited, 0) > 0 and (
            compare(left, 0) <= 0 or compare(left, -amount) < 0
        )

    def _check_not_credited(self, amount):
        """Refuse to correct what the customer does not pay any more."""
        if self._is_credited_away(amount):
            raise UserError(
                self.env._(
                    "%(invoice)s is credited already, by %(credited)s. If the customer "
                    "is to pay the right sum instead, reset the credit note, and "
                    "choose “Charge Again” in the next one.",
                    invoice=self[0].sudo().move_id.name,
                    credited=self[0].currency_id.format(
                        self[0].sudo().move_id._get_support_credited()
                    ),
                )
            )

    def _hold_credited_corrections(self, reason):
        """Hold what would correct a charge of these that is credited away."""
        held = self.browse()
        for charge in self:
            for correction in charge._get_later_corrections():
                chain = correction._get_correction_chain()
                if correction.state == "pending" and chain._is_credited_away(
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
        return result

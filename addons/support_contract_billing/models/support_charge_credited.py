# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..crediting import hold_credited_corrections


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
            hold_credited_corrections(
                original._get_support_charges(),
                self.env._(
                    "%(invoice)s was credited by %(credit)s.",
                    invoice=original.name,
                    credit=self.name,
                ),
            )
        if before == "posted" and original:
            # What it had taken back can be corrected again.
            original._get_support_charges()._adjust_for_amendment()
        return result

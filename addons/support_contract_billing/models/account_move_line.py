# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..crediting import reopen


class AccountMoveLine(models.Model):
    """A line made from a charge asks for exactly what the charge says."""

    _inherit = "account.move.line"

    # Others read invoices too, such as sellers and customers, and not our charges.
    support_charge_ids = fields.One2many(
        "support.charge",
        "move_line_id",
        string="Support Charges",
        groups="support_contract.group_support_user,"
        "account.group_account_invoice,account.group_account_readonly",
    )
    support_credited_line_id = fields.Many2one(
        "account.move.line",
        string="Takes Back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The line with support charges that this line of a credit note was made "
        "from.",
    )

    @api.constrains(
        "quantity",
        "price_unit",
        "discount",
        "tax_ids",
        "product_id",
        "product_uom_id",
        "currency_id",
    )
    def _check_support_charge_amount(self):
        """Account, taxes, text and analytics are the accountant's; the amount is not.

        The ledger of charges and the invoices have to agree to the öre, so a wrong
        amount is corrected where it came from, and the customer sees both.
        """
        # sudo: whoever edits the invoice need not read charges.
        for line_sudo in self.sudo():
            charges_sudo = line_sudo.support_charge_ids
            if not charges_sudo:
                continue
            charged = sum(charges_sudo.mapped("amount")) * line_sudo._support_sign()
            if (
                line_sudo.currency_id == charges_sudo.currency_id
                and line_sudo.currency_id.compare_amounts(
                    line_sudo.price_subtotal, charged
                )
                == 0
            ):
                continue
            line_sudo._refuse_other_amount(charged)

    # === CRUD === #

    def unlink(self):
        """Charges whose draft line is deleted wait for the next invoice."""
        # sudo: whoever deletes the line need not read charges.
        for move_sudo, lines_sudo in self.sudo().grouped("move_id").items():
            if charges_sudo := lines_sudo.support_charge_ids:
                reopen(
                    charges_sudo,
                    self.env._("The line was deleted from %s.", move_sudo.display_name),
                )
        return super().unlink()

    def _copy_data_extend_business_fields(self, values):
        """A credit note remembers what it takes back, whatever it says afterwards."""
        result = super()._copy_data_extend_business_fields(values)
        # sudo: whoever makes the credit note need not read charges.
        if self.sudo().support_charge_ids:
            values["support_credited_line_id"] = self.id
        return result

    # === ACTIONS === #

    def action_view_support_evidence(self):
        """Open the line counts that this line is computed from, or its charge."""
        self.ensure_one()
        charges = self.support_charge_ids
        return (charges.count_ids or charges)._get_records_action(
            name=self.env._("Evidence")
        )

    # === CHARGES === #

    def _check_support_charge_booked(self):
        """What is posted says the same in the books as on the invoice.

        The books follow the price, unless somebody writes into them over RPC.
        """
        self._check_support_charge_amount()
        # sudo: see above.
        for line_sudo in self.sudo():
            if not line_sudo.support_charge_ids:
                continue
            asked = line_sudo.price_subtotal
            booked = line_sudo.move_id.direction_sign * line_sudo.amount_currency
            compare = line_sudo.currency_id.compare_amounts
            if compare(asked, booked) and compare(
                asked + line_sudo._get_support_rounding(), booked
            ):
                line_sudo._refuse_other_amount(asked)

    def _get_support_rounding(self):
        """What the books of this line differ by from the invoice, by Odoo's own doing.

        Where a company rounds taxes together, Odoo rounds the sum of an invoice's lines
        as well, and books the difference on the largest: other lines, such as half an
        hour at 10.01, can move it to one of ours.
        """
        self.ensure_one()
        base_lines, _tax_lines = self.move_id._get_rounded_base_and_tax_lines()
        return sum(
            base_line["tax_details"]["delta_total_excluded_currency"]
            for base_line in base_lines
            if base_line["record"] == self
        )

    def _refuse_other_amount(self, amount):
        raise UserError(
            self.env._(
                "This line asks for the charge “%(charge)s” and has to stay at "
                "%(amount)s. To bill less or something else, delete the line, "
                "which leaves the charge waiting, and then hold, waive or correct "
                "the charge. Account, taxes and text can be changed here.",
                charge=self.support_charge_ids[:1].name,
                amount=self.support_charge_ids.currency_id[:1].format(amount),
            )
        )

    def _support_sign(self):
        """What a charge's amount is multiplied with on this line."""
        self.ensure_one()
        return -1 if self.move_id.move_type == "out_refund" else 1

    def _is_support_credit_of(self, line):
        """Whether this line takes back some of ``line``; typed by hand, it says the
        same.
        """
        self.ensure_one()
        if self.support_credited_line_id:
            return self.support_credited_line_id == line
        return self.product_id == line.product_id and self.name == line.name

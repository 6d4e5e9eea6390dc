# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..crediting import reopen

# What the books say of a line. Odoo writes the first two itself while it computes a
# draft; the other two follow from them.
COMPUTED_AMOUNTS = {"balance", "amount_currency"}
ENTERED_AMOUNTS = {"debit", "credit"}


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

    def write(self, vals):
        """A line with charges stays on its invoice, with the amounts in the books."""
        kept = COMPUTED_AMOUNTS | ENTERED_AMOUNTS | {"move_id"}
        if kept.isdisjoint(vals):
            return super().write(vals)
        # sudo: whoever writes the line need not read charges.
        charged = self.filtered(lambda line: line.sudo().support_charge_ids)
        for name in ("move_id", *ENTERED_AMOUNTS):
            if name in vals:
                charged._check_support_kept(name, vals[name])
        result = super().write(vals)
        if not COMPUTED_AMOUNTS.isdisjoint(vals):
            charged._check_support_charge_booked()
        return result

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

    def _check_support_kept(self, name, value):
        """Refuse another invoice, debit or credit for lines with charges."""
        for line_sudo in self.sudo():
            if name == "move_id":
                is_same = line_sudo.move_id.id == value
            else:
                compare = line_sudo.company_currency_id.compare_amounts
                is_same = compare(line_sudo[name], value or 0.0) == 0
            if not is_same:
                raise UserError(
                    self.env._(
                        "A line of %(invoice)s asks for the charge “%(charge)s”: its "
                        "%(field)s stays as it is. Delete the line instead, which "
                        "leaves the charge waiting.",
                        charge=line_sudo.support_charge_ids[:1].name,
                        invoice=line_sudo.move_id.display_name,
                        field=self._fields[name]._description_string(self.env),
                    )
                )

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
            sign = line_sudo.move_id.direction_sign
            booked, balance = sign * line_sudo.amount_currency, sign * line_sudo.balance
            if not line_sudo._is_support_booked(asked, booked, balance):
                rounding, own_rounding = line_sudo._get_support_rounding()
                if not line_sudo._is_support_booked(
                    asked, booked - rounding, balance - own_rounding
                ):
                    line_sudo._refuse_other_amount(asked)

    def _is_support_booked(self, asked, booked, balance):
        """Whether amounts in the books are what the invoice asks for."""
        self.ensure_one()
        rate = self.currency_rate or 1.0
        own, currency = self.company_currency_id, self.currency_id
        # Odoo converts before it rounds.
        converting = 0.0 if own == currency else own.rounding + currency.rounding / rate
        difference = abs(own.round(balance - asked / rate))
        return (
            currency.compare_amounts(asked, booked) == 0
            and own.compare_amounts(difference, converting) <= 0
        )

    def _get_support_rounding(self):
        """What the books of this line differ by from the invoice, by Odoo's own doing.

        :return: (in the currency of the invoice, in that of the company)

        Where a company rounds taxes together, Odoo rounds the sum of an invoice's lines
        as well, and books the difference on the largest: other lines, such as half an
        hour at 10.01, can move it to one of ours.
        """
        self.ensure_one()
        base_lines, _tax_lines = self.move_id._get_rounded_base_and_tax_lines()
        details = [
            base_line["tax_details"]
            for base_line in base_lines
            if base_line["record"] == self
        ]
        return (
            sum(each["delta_total_excluded_currency"] for each in details),
            sum(each["delta_total_excluded"] for each in details),
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

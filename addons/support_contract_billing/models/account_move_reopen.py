# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """What happens to the charges of an invoice that is cancelled, deleted or reversed.

    They come off it and wait for the next invoice; used again, the invoice takes them
    back, unless another one has asked for them meanwhile.
    """

    _inherit = "account.move"

    support_reopen_charges = fields.Boolean(
        string="Charge Again",
        readonly=True,
        copy=False,
        help="When this credit note is posted, the charges of the invoice that it "
        "reverses wait for the next invoice.",
    )

    @api.constrains("currency_id", "move_type")
    def _check_support_charge_lines(self):
        self.invoice_line_ids._check_support_charge_amount()

    def write(self, vals):
        state = vals.get("state")
        if not state:
            return super().write(vals)
        before = {move: move.state for move in self}
        result = super().write(vals)
        for move in self:
            if before[move] != state:
                move._on_support_state(before[move], state)
        return result

    def unlink(self):
        for move in self:
            # A credit note is no longer posted then, so it has nothing to undo.
            move._get_support_charges()._reopen(
                self.env._("%s was deleted.", move.display_name)
            )
        return super().unlink()

    def _on_support_state(self, before, after):
        """Move the charges as the invoice or credit note moves."""
        self.ensure_one()
        if after == "cancel":
            self._get_support_charges()._reopen(
                self.env._("%s was cancelled.", self.display_name)
            )
        elif before == "cancel":
            self._take_support_charges_back()
        elif before == "posted" and after == "draft":
            self._check_support_charges_elsewhere()
        if after == "posted":
            self._reopen_reversed_support_charges()
        elif before == "posted":
            self._undo_support_reopening()

    def _get_support_charges(self):
        """The charges on this invoice's lines, in superuser mode."""
        # sudo: whoever keeps the books need not read charges.
        return self.sudo().invoice_line_ids.support_charge_ids

    def _get_former_support_charges(self):
        """[(line, charge)] of what this invoice asked for before, in superuser mode."""
        lines_sudo = self.sudo().invoice_line_ids
        charges_sudo = self.env["support.charge"].sudo()
        charges_sudo = charges_sudo.search([("former_line_ids", "in", lines_sudo.ids)])
        return [
            (charge.former_line_ids & lines_sudo, charge) for charge in charges_sudo
        ]

    def _take_support_charges_back(self):
        """Claim again what came off this invoice."""
        for line_sudo, charge_sudo in self._get_former_support_charges():
            charge_sudo._take_back(
                line_sudo[:1], self.env._("%s is used again.", self.display_name)
            )

    def _check_support_charges_elsewhere(self):
        """An invoice whose charges are charged anew cannot be edited any more."""
        for _line, charge_sudo in self._get_former_support_charges():
            raise UserError(
                self.env._(
                    "%(invoice)s was reversed, and its charge “%(charge)s” is charged "
                    "again. Reset its credit note first.",
                    invoice=self.name,
                    charge=charge_sudo.name,
                )
            )

    def _reopen_reversed_support_charges(self):
        """A posted credit note lets what it takes back be charged again.

        Several that take it back in parts do so together.
        """
        original = self.reversed_entry_id
        if not self.support_reopen_charges or not original:
            return
        if not original._is_wholly_taken_back():
            self.message_post(
                body=self.env._(
                    "The charges of %s stay as they are, because this credit note is "
                    "not for the whole of it.",
                    original.name,
                )
            )
            return
        original._get_support_charges()._reopen(
            self.env._(
                "%(invoice)s was reversed by %(credit)s.",
                invoice=original.name,
                credit=self.name,
            )
        )

    def _undo_support_reopening(self):
        """Without its credit note, an invoice asks for its charges again.

        :raise UserError: when another invoice asks for them by now
        """
        original = self.reversed_entry_id
        if (
            self.support_reopen_charges
            and original.state != "cancel"
            and not original._is_wholly_taken_back()
        ):
            original._take_support_charges_back()

    def _is_wholly_taken_back(self):
        """Whether posted credit notes that charge again are for all of this invoice."""
        self.ensure_one()
        # sudo: credit notes count, whoever may read them.
        credits_sudo = self.sudo().reversal_move_ids.filtered(
            lambda move: move.state == "posted"
            and move.support_reopen_charges
            and move.currency_id == self.currency_id
        )
        total = sum(credits_sudo.mapped("amount_untaxed"))
        return (
            bool(credits_sudo)
            and self.currency_id.compare_amounts(total, self.amount_untaxed) >= 0
        )

    def _move_support_charges(self, new_move):
        """Hand the charges over to the lines of a draft that replaces this invoice."""
        self.ensure_one()

        def get_lines(move):
            # sudo: see _get_support_charges.
            lines = move.sudo().invoice_line_ids
            return lines.filtered(lambda line: line.display_type == "product").sorted(
                lambda line: (line.sequence, line.id)
            )

        reason = self.env._("%(invoice)s was reversed and replaced.", invoice=self.name)
        for old, new in zip(get_lines(self), get_lines(new_move), strict=False):
            for charge_sudo in old.support_charge_ids:
                charge_sudo._set_state(
                    {
                        "move_line_id": new.id,
                        "former_line_ids": [fields.Command.link(old.id)],
                    },
                    reason,
                )

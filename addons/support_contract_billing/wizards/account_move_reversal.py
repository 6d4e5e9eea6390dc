# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.models.mixins.support_protected_mixin import (
    PERMISSION,
)

from ..crediting import InvoiceReopening


class AccountMoveReversal(models.TransientModel):
    """Reversing an invoice, and what becomes of its charges."""

    _inherit = "account.move.reversal"

    has_support_charges = fields.Boolean(compute="_compute_has_support_charges")
    support_reopen_charges = fields.Boolean(
        string="Charge Again",
        help="When the credit note is posted, what this invoice charged for support "
        "contracts waits for the next invoice. Leave it off if the customer is not to "
        "pay it at all.",
    )

    @api.depends("move_ids")
    def _compute_has_support_charges(self):
        for wizard in self:
            wizard.has_support_charges = bool(
                wizard.move_ids._origin._get_support_charges()
            )

    def reverse_moves(self, is_modify=False):
        originals = self.move_ids
        earlier = originals.reversal_move_ids
        # An object, and no value that could come with a call from outside.
        wizard = self.with_context(support_is_replaced=is_modify and PERMISSION)
        action = super(AccountMoveReversal, wizard).reverse_moves(is_modify=is_modify)
        ids = [action["res_id"]] if "res_id" in action else action["domain"][0][2]
        new_moves = self.env["account.move"].browse(ids)
        if is_modify:
            # The draft that replaces an invoice asks for its charges from now on, so
            # the credit note has to stay as long as it does.
            # sudo: the field is for the system alone.
            credits_sudo = (originals.reversal_move_ids - earlier).sudo()
            credits_sudo.support_reopen_charges = True
            for original, new_move in zip(originals, new_moves, strict=True):
                InvoiceReopening(original).move_charges(new_move)
        elif self.support_reopen_charges:
            # sudo: the field is for the system alone.
            new_moves.sudo().support_reopen_charges = True
            for move in new_moves.filtered(lambda move: move.state == "posted"):
                InvoiceReopening(move).reopen_reversed()
        return action

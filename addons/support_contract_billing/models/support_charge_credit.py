# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportCharge(models.Model):
    """Amounts that are given back: beside others on an invoice, or as a credit note.

    What is to be given back is taken off the next invoice as long as that stays at zero
    or above. Otherwise it becomes a credit note, one for each invoice that it changes,
    which names it (mervärdesskattelagen 2023:200, 17 kap. 22 §).
    """

    _inherit = "support.charge"

    def _split_by_document(self):
        """Which of these charges go on one invoice or credit note together.

        :return: list of recordsets
        """
        customers = self.grouped("partner_id").values()
        return [part for own in customers for part in own._split_by_sign()]

    def _split_by_sign(self):
        """The same for charges of one customer."""
        if sum(self.mapped("amount")) >= 0:
            return [self]
        credits = self.filtered(lambda charge: charge.amount < 0)
        invoiced = self - credits
        parts = credits.grouped(lambda charge: charge._get_credited_invoice())
        return [invoiced, *parts.values()] if invoiced else list(parts.values())

    def _is_credit(self):
        """Whether these charges together are given back."""
        return sum(self.mapped("amount")) < 0

    def _get_credited_invoice(self):
        """The posted invoice that this charge takes something back from, or none."""
        self.ensure_one()
        charge_sudo = self.sudo()
        if charge_sudo.kind == "usage":
            # Late usage: the first charge of the same kind and month.
            first = charge_sudo.key.rpartition("/")[0]
            original = charge_sudo.search([("key", "=", first)])
        else:
            original = charge_sudo._get_correction_chain()[0]
        return original.move_id.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

# Odoo's list has the columns of customer and date for one type of invoices only.
INVOICES_CONTEXT = {"default_move_type": "out_invoice"}


class AccountMove(models.Model):
    _inherit = "account.move"

    # sudo: whoever may read an invoice sees how many charges there are, not more.
    support_charge_count = fields.Integer(
        compute="_compute_support_charge_count", compute_sudo=True
    )

    support_count_count = fields.Integer(
        compute="_compute_support_count_count", compute_sudo=True
    )

    @api.depends("invoice_line_ids.support_charge_ids")
    def _compute_support_charge_count(self):
        counts = dict(
            self.env["support.charge"]._read_group(
                [("move_id", "in", self.ids)], ["move_id"], ["__count"]
            )
        )
        for move in self:
            move.support_charge_count = counts.get(move._origin, 0)

    @api.depends("invoice_line_ids.support_charge_ids")
    def _compute_support_count_count(self):
        for move in self:
            charges = move.invoice_line_ids.support_charge_ids
            move.support_count_count = len(charges.count_ids)

    def _get_support_action(self, name):
        """To these invoices and credit notes, in a list that names the customers."""
        action = self._get_records_action(name=name)
        action["context"] = INVOICES_CONTEXT | {"create": False}
        return action

    def action_view_support_counts(self):
        """To the line counts that this invoice is computed from."""
        self.ensure_one()
        counts = self.invoice_line_ids.support_charge_ids.count_ids
        return counts._get_records_action(name=self.env._("Line Counts"))

    def action_view_support_charges(self):
        self.ensure_one()
        return self.invoice_line_ids.support_charge_ids._get_records_action(
            name=self.env._("Charges")
        )

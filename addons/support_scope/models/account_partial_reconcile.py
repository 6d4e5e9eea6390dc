# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class AccountPartialReconcile(models.Model):
    """A payment, or one that is taken back, may end or begin a suspension of rights."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._get_support_contracts()._evaluate_work()
        return partials

    def unlink(self):
        contracts = self._get_support_contracts()
        result = super().unlink()
        contracts._evaluate_work()
        return result

    def _get_support_contracts(self):
        """Contracts whose work a payment may free or stop, in superuser mode."""
        # sudo: whoever books payments need not see contracts.
        moves = (self.debit_move_id | self.credit_move_id).sudo().move_id
        return moves.support_contract_ids.filtered(
            lambda one: one._get_agreed(
                "suspend_days", one.company_id._support_today()
            ).value
        )

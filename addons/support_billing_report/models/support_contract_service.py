# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.support_contract_billing.periods import service_periods

from ..earned import earned_part


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_earned_uncharged(self, day):
        """What was earned by ``day`` and has no charge yet, as things are today.

        :return: list of (values of the charge to come, earned of it)
        """
        self.ensure_one()
        schedule = self._get_schedule()
        anchor = self.contract_id.date_start
        pieces = (
            piece
            for first, last in self._get_uncharged_days()
            if first <= day
            for whole in service_periods(schedule, first, last, day, anchor)
            for piece in self._split(schedule, whole)
        )
        found = []
        for piece in pieces:
            covered = piece.covered
            if covered.start > day:
                continue
            vals = self._prepare_recurring_charge_vals(piece)
            amount = vals["amount"]
            if day < covered.end:
                amount = earned_part(
                    amount, covered.start, covered.end, day, self.currency_id
                )
            found.append((vals, amount))
        return found

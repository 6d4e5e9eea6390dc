# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..earned import earned_part


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_earned_uncharged(self, day):
        """What was earned by ``day`` and has no charge yet: see `_get_earned`."""
        return self._get_earned(self._get_uncharged_pieces(day), day)

    def _get_uncharged_pieces(self, day):
        """What begins by ``day`` and has no charge yet, each with one price.

        :return: list of :class:`..periods.BillingPeriod`
        """
        self.ensure_one()
        return [
            piece
            for first, last in self._get_uncharged_days()
            if first <= day
            for whole in self._get_periods(first, last, day)
            for piece in self._split(whole)
            if piece.covered.start <= day
        ]

    def _get_earned(self, pieces, day):
        """How much of these pieces was earned by ``day``, as things are today.

        :param pieces: as `_get_uncharged_pieces` returns them
        :return: list of (values of the charge to come, earned of it)
        """
        found = []
        for piece in pieces:
            covered = piece.covered
            vals = self._prepare_recurring_charge_vals(piece)
            amount = vals["amount"]
            if day < covered.end:
                amount = earned_part(
                    amount, covered.start, covered.end, day, self.currency_id
                )
            found.append((vals, amount))
        return found

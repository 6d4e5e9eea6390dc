# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import formatLang

from odoo.addons.support_contract.basis import Quantity

from ..periods import service_periods


class SupportContractService(models.Model):
    """What days to come will cost, by the code that charges them when they have."""

    _inherit = "support.contract.service"

    def _get_fee_pieces(self, start, end, lines=None):
        """What the service costs in the billing periods that begin in these days.

        Known ends, scheduled amendments and special conditions are in it; the lines
        are those that govern each period, as far as they are known today.

        :param start: first day; periods that begin before are left out
        :param end: last day on which a period may begin
        :param lines: a number of lines of code to take instead of the counts
        :return: list of (:class:`..periods.BillingPeriod`, :class:`..pricing.Price`),
            in order
        :raise UserError: when there is no price, or nothing to compute it from
        """
        self.ensure_one()
        schedule = self._get_schedule()
        # A service that is only thought of may be the first of its contract.
        anchor = self.contract_id.date_start or self.date_start
        wholes = [
            whole
            for whole in service_periods(
                schedule, self.date_start, self.date_end, end, anchor
            )
            if whole.full.start >= start
        ]
        if not wholes:
            return []
        imagined = lines is not None and self.type_id.basis == "lines"
        pieces = []
        for whole in wholes:
            if imagined:
                quantity = Quantity(lines, "lines")
            else:
                quantity = self._get_quantity(whole.covered.start)
            for piece in self._split(schedule, whole):
                figures = self._get_figures(piece.covered.start)
                pieces.append((piece, self._compute_price(piece, quantity, figures)))
        return pieces

    def _render_price(self, price):
        """The calculation in the words and numbers of whoever reads it."""
        return price.text(
            self.env._,
            lambda number, places: formatLang(self.env, float(number), digits=places),
        )

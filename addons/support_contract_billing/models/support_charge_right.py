# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass
from decimal import Decimal

from odoo import models

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import ONE_DAY, Period

from ..periods import BillingPeriod, Schedule
from ..pricing import Price


@dataclass(frozen=True)
class Piece:
    """Days of one price.

    :param period: :class:`..periods.BillingPeriod`
    :param quantity: :class:`odoo.addons.support_contract.basis.Quantity`
    :param figures: as ``service._get_figures`` returns them
    :param price: :class:`..pricing.Price` of these days
    """

    period: BillingPeriod
    quantity: Quantity
    figures: dict
    price: Price


@dataclass(frozen=True)
class ExpectedPrice:
    """What the days of a charge cost by the agreement as it is known today.

    :param days: :class:`Period` that was charged
    :param full: the whole billing period around it
    :param pieces: list of :class:`Piece`, in order; none where the agreement covers
        no day of it
    """

    days: Period
    full: Period
    pieces: list

    @property
    def amount(self):
        """Sum of the pieces, an exact Decimal of the currency's precision."""
        return sum((piece.price.amount for piece in self.pieces), Decimal(0))

    @property
    def covered(self):
        """The charged days that the agreement covers, or None."""
        if not self.pieces:
            return None
        first, last = self.pieces[0].period.covered, self.pieces[-1].period.covered
        return Period(first.start, last.end)

    @property
    def uncovered(self):
        """The charged days that it does not cover: at most one stretch at each end."""
        covered = self.covered
        if not covered:
            return [self.days]
        before = self.days.clip(end=covered.start - ONE_DAY)
        after = self.days.clip(start=covered.end + ONE_DAY)
        return [days for days in (before, after) if days]


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_schedule_on(self, day):
        """When this service was billed by its terms of that day."""
        return Schedule(
            self._get_agreed("calendar", day).value,
            self._get_agreed("timing", day).value,
        )

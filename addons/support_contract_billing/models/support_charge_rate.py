# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..periods import BillingPeriod


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _prepare_rate_vals(self, period, quantity, figures, price):
        """What the charge says about a whole month.

        :param period: :class:`..periods.BillingPeriod` that is charged
        :param quantity: :class:`odoo.addons.support_contract.basis.Quantity`
        :param figures: as ``_get_figures`` returns them
        :param price: :class:`..pricing.Price` of the period
        """
        self.ensure_one()
        if not period.part.is_whole:
            whole = BillingPeriod(period.full, period.full, period.due)
            price = self._compute_price(whole, quantity, figures)
        keys = ("price", "discount", "minimum", "step", "tiers")
        return {
            "monthly_amount": float(price.amount),
            "units": self._get_units(quantity, figures),
            "rate": "|".join(str(figures[key].value or 0) for key in keys),
        }

    def _get_units(self, quantity, figures):
        """The number of priced units: whole started steps, or a fixed one."""
        if not quantity.unit:
            return quantity.value
        return -(-quantity.value // (figures["step"].value or 1))

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..periods import BillingPeriod


class SupportCharge(models.Model):
    """What a charge says about the whole month, for whoever compares months.

    A service that began on the 12th was charged for 19 days: its amount says little
    about what it is worth a month.
    """

    _inherit = "support.charge"

    monthly_amount = fields.Monetary(
        string="Fee of a Whole Month",
        readonly=True,
        help="What the service costs for a whole month at the same price and quantity.",
    )
    units = fields.Float(
        digits=(16, 4),
        readonly=True,
        help="The number of priced units: started hundreds of lines, users, or one.",
    )
    rate = fields.Char(
        readonly=True,
        help="Price, discount, minimum, step and ladder. Two charges with the same "
        "rate differ because of their quantity.",
    )


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

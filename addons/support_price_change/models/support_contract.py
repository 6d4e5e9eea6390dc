# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.support_contract.basis import Quantity

from ..price_change import PriceChange


class SupportContract(models.Model):
    _inherit = "support.contract"

    def _change_prices(self, run):
        """Amend this contract as the run says.

        :param run: `support.price.run`
        :return: (the amendment, {fee_before, fee_after}, notes); no amendment when
            there is nothing to change
        :raise UserError: with the reason, when the contract has to stay as it is
        """
        return PriceChange(self, run).make()

    def _get_monthly_fee_on(self, day):
        """What a whole month costs by what is agreed for ``day``, at the counts that
        are known for it today.
        """
        self.ensure_one()
        unknown = self.service_ids.filtered(
            lambda service: service._lacks_instances(day)
        )
        nothing = dict.fromkeys(unknown, Quantity(0, "lines"))
        return self._simulate(quantities=nothing).get_whole_fee(day)

    def _get_fees_or_nothing(self, day):
        """The fee of a contract that is left as it is, where it is known."""
        try:
            fee = self._get_monthly_fee_on(day)
        except UserError:
            fee = 0.0
        return {"fee_before": fee, "fee_after": fee}

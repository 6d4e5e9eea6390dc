# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _describe_price_on(self, day):
        """What makes the price of a day, in words: discount, minimum, ladder too."""
        self.ensure_one()
        text = self._describe_price(self._get_price_figures(day))
        if self._get_agreed("tiers", day).value:
            price = self.contract_id._get_terms(day)._get_price(self.type_id)
            text += "; " + price.ladder
        return text

    def _get_price_label(self, step):
        """What the price is for, as customers say it."""
        self.ensure_one()
        name = self.type_id.name
        if self.basis == "lines":
            return self.env._(
                "%(service)s, a month per started %(step)s lines of code",
                service=name,
                step=step,
            )
        if self.basis == "fixed":
            return self.env._("%s, a month", name)
        return self.env._("%s, a month for each", name)

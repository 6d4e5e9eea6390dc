# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, models


class SupportTerms(models.Model):
    _inherit = "support.terms"

    @api.model
    def _propose_prices(self, xmlid, prices):
        """Add example prices to a version that the suite brought, while it is a draft.

        What somebody entered or published stays as it is.

        :param xmlid: of the version
        :param prices: {id of a service type: price of one unit}
        """
        terms = self.env.ref(xmlid, raise_if_not_found=False)
        if not terms or terms.state != "draft":
            return
        known = set(terms.price_ids.type_id.ids)
        terms.price_ids = [
            Command.create({"type_id": kind, "price_unit": price, "is_example": True})
            for kind, price in prices.items()
            if kind not in known
        ]

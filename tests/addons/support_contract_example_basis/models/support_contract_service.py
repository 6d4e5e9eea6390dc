# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from odoo.addons.support_contract.basis import Quantity, basis

_lt = LazyTranslate(__name__)


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    @basis("delivery_address", _lt("Delivery addresses"))
    def _basis_delivery_address(self, day):
        customer = self.contract_id.partner_id
        addresses = customer.child_ids.filtered(lambda c: c.type == "delivery")
        if not addresses:
            raise UserError(
                self.env._("Add the delivery addresses of %s.", customer.name)
            )
        return Quantity(len(addresses), self.env._("delivery addresses"))

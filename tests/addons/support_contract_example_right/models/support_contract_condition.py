# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import LazyTranslate

from odoo.addons.support_contract.agreed import Figure

_lt = LazyTranslate(__name__)


class SupportContractCondition(models.Model):
    _inherit = "support.contract.condition"

    @api.model
    def _get_agreed_figures(self):
        figure = Figure(_lt("Fee of the right"), "money")
        return super()._get_agreed_figures() | {"right_fee": figure}

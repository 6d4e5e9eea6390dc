# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..first_step import Ready


class SupportGetStarted(models.TransientModel):
    _inherit = "support.get.started"

    @api.model
    def _get_steps(self, company):
        """What a Swedish company needs comes first."""
        steps = super()._get_steps(company)
        return steps if company.country_code not in (False, "SE") else [Ready, *steps]

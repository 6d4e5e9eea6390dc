# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class SupportWorkVerdict(models.Model):
    _inherit = "support.work.verdict"

    @api.model
    def _get_work_models(self):
        return [*super()._get_work_models(), "helpdesk.ticket"]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class ProjectTask(models.Model):
    _inherit = "project.task"

    @api.model
    def _get_own_time_domain(self):
        return super()._get_own_time_domain() & Domain("ticket_id", "=", False)

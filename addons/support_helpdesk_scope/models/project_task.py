# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain


class ProjectTask(models.Model):
    _inherit = "project.task"

    def _get_time_domain(self):
        return super()._get_time_domain() & Domain("ticket_id", "=", False)

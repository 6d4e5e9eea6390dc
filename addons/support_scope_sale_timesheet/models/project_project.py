# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import ValidationError


class ProjectProject(models.Model):
    _inherit = "project.project"

    @api.constrains("sale_line_id", "support_contract_id")
    def _check_support_order(self):
        # sudo: whoever changes a project need not read orders.
        for project in self.sudo():
            if project.support_contract_id and project.sale_line_id:
                raise ValidationError(
                    self.env._(
                        "“%(project)s” is paid by %(order)s. A project has an order or "
                        "a support contract, not both: make one for each.",
                        project=project.name,
                        order=project.sale_line_id.order_id.name,
                    )
                )

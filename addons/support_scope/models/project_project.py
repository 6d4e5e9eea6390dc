# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ProjectProject(models.Model):
    _inherit = "project.project"

    support_contract_id = fields.Many2one(
        "support.contract",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        tracking=True,
        help="Work in this project is included or billed as this contract says. Leave "
        "it empty for projects with an order or a fixed price.",
    )

    def write(self, vals):
        result = super().write(vals)
        if "support_contract_id" in vals:
            self.task_ids._evaluate()
        return result

    def _get_time_label(self):
        """What the customer's invoice calls time on no task."""
        self.ensure_one()
        return self.name

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ProjectTask(models.Model):
    """Work in a project that somebody put under a contract."""

    _name = "project.task"
    _inherit = ["project.task", "support.work.mixin"]

    _support_time_field = "task_id"

    support_contract_id = fields.Many2one(
        compute="_compute_support_contract_id", store=True, compute_sudo=True
    )

    @api.depends("project_id.support_contract_id")
    def _compute_support_contract_id(self):
        for task in self:
            task.support_contract_id = task.project_id.support_contract_id

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | {"project_id"}

    def _is_support_work(self):
        return bool(self.support_contract_id)

    @api.model
    def _get_open_work_domain(self):
        return [("is_closed", "=", False)]

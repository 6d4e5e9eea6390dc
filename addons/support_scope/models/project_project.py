# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


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

    @api.constrains("privacy_visibility")
    def _check_time_stays_hidden(self):
        # sudo: whoever shares a project need not see contracts.
        contracts = self.env["support.contract"].sudo()
        companies = self.env["res.company"].sudo()
        used = (
            contracts.search([("project_id", "in", self.ids)]).project_id
            | companies.search(
                [("support_project_id", "in", self.ids)]
            ).support_project_id
        )
        used._check_hides_time()

    def _check_hides_time(self):
        """Refuse to keep time on contracts in a project that customers are let into:
        the portal shows them every line of it.
        """
        for project in self:
            if project.privacy_visibility not in ("employees", "followers"):
                raise ValidationError(
                    self.env._(
                        "“%s” takes time on support contracts: customers would see "
                        "every line of it. Let employees alone see the project.",
                        project.name,
                    )
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

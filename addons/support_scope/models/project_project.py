# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Who sees such a project in the portal sees each line of time in it, with its person.
PORTAL = ("portal", "invited_users")


class ProjectProject(models.Model):
    _inherit = "project.project"

    support_contract_id = fields.Many2one(
        "support.contract",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        # A person puts a project under a contract; a copy or template does not.
        copy=False,
        groups="base.group_user",
        tracking=True,
        help="Work in this project is included or billed as this contract says. Leave "
        "it empty for projects with an order or a fixed price.",
    )

    @api.constrains("company_id", "support_contract_id")
    def _check_contract_company(self):
        # sudo: whoever moves a project need not see contracts.
        for project in self.sudo():
            owing = project.support_contract_id.company_id
            if owing and project.company_id not in (owing, owing.browse()):
                raise ValidationError(
                    self.env._(
                        "“%s” belongs to another company than its support contract.",
                        project.name,
                    )
                )

    @api.constrains("privacy_visibility", "support_contract_id")
    def _check_time_stays_hidden(self):
        # sudo: whoever shares a project need not see contracts.
        contracts = self.env["support.contract"].sudo()
        companies = self.env["res.company"].sudo()
        used = (
            self.sudo().filtered("support_contract_id")
            | contracts.search([("project_id", "in", self.ids)]).project_id
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
            if project.privacy_visibility in PORTAL:
                raise ValidationError(
                    self.env._(
                        "“%s” takes time on support contracts: customers would see "
                        "every line of it. Let employees alone see the project.",
                        project.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("support_contract_id"):
                vals.setdefault("privacy_visibility", "employees")
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("support_contract_id") and "privacy_visibility" not in vals:
            self._close_to_portal()
        result = super().write(vals)
        if "support_contract_id" in vals:
            self._evaluate_support_work()
        return result

    def _close_to_portal(self):
        """Let employees alone see these projects."""
        self.filtered(lambda project: project.privacy_visibility in PORTAL).write(
            {"privacy_visibility": "employees"}
        )

    def _evaluate_support_work(self):
        """Judge the tasks, closed and archived ones too, and time on no task."""
        # sudo: a verdict does not depend on who asks.
        self = self.sudo()
        tasks = self.env["project.task"].with_context(active_test=False)
        tasks.search([("project_id", "in", self.ids)])._evaluate()
        lines = self.env["account.analytic.line"]
        lines.search(
            Domain("project_id", "in", self.ids)
            & Domain("task_id", "=", False)
            & lines._get_open_domain()
        )._evaluate_time()

    def _get_time_field(self):
        """The field of `account.analytic.line` that leads to time on no task."""
        return "project_id"

    def _get_time_label(self):
        """What the customer's invoice calls time on no task."""
        self.ensure_one()
        return self.name

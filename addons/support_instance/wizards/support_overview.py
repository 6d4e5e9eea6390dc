# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.support_contract.windows import get_list_action


class SupportOverview(models.TransientModel):
    """Counts that failed on the first page; a contract is found by an address too."""

    _inherit = "support.overview"

    failed_instance_count = fields.Integer(
        "Counts That Failed", compute="_compute_failed_instance_count"
    )

    @api.depends_context("allowed_company_ids")
    def _compute_failed_instance_count(self):
        instances = self.env["support.instance"]
        number = instances.search_count(self._get_failed_instances_domain())
        for overview in self:
            overview.failed_instance_count = number

    def action_view_failed_instances(self):
        self.check_access("read")
        return get_list_action(
            self.env._("Counts That Failed"),
            "support.instance",
            self._get_failed_instances_domain(),
            context={"create": False},
        )

    @api.model
    def _get_failed_instances_domain(self):
        return [
            ("count_error", "!=", False),
            ("contract_id.state", "in", ("active", "notice")),
            ("company_id", "in", self.env.companies.ids),
        ]

    @api.model
    def _get_found_domain(self, text):
        """Whoever has an address of the customer's system finds the contract."""
        return super()._get_found_domain(text) | Domain(
            "instance_ids", "any", Domain("url", "ilike", text)
        )

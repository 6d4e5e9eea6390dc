# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.support_contract.windows import get_list_action


class SupportOverview(models.TransientModel):
    """Approvals that the user waits for, on the first page."""

    _inherit = "support.overview"

    approval_count = fields.Integer(
        "Approvals I Wait For", compute="_compute_approval_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_approval_count(self):
        approvals = self.env["support.work.approval"]
        number = approvals.search_count(self._get_approvals_domain())
        for overview in self:
            overview.approval_count = number

    def action_view_approvals(self):
        self.check_access("read")
        return get_list_action(
            self.env._("Approvals I Wait For"),
            "support.work.approval",
            list(self._get_approvals_domain()),
            context={"create": False},
        )

    @api.model
    def _get_approvals_domain(self):
        """Those that the user asked for, and those of the user's customers."""
        uid = self.env.uid
        mine = Domain("create_uid", "=", uid) | Domain("contract_id.user_id", "=", uid)
        own = Domain("company_id", "in", self.env.companies.ids)
        return Domain("state", "=", "sent") & own & mine

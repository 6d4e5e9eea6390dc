# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.support_contract.windows import get_list_action

OPEN = Domain("state", "not in", ("done", "cancelled"))


class SupportOverview(models.TransientModel):
    """Upgrades that the user leads, on the first page."""

    _inherit = "support.overview"

    upgrade_count = fields.Integer("Upgrades I Run", compute="_compute_upgrade_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_upgrade_count(self):
        number = self.env["support.upgrade"].search_count(self._get_upgrades_domain())
        for overview in self:
            overview.upgrade_count = number

    def action_view_upgrades(self):
        self.check_access("read")
        return get_list_action(
            self.env._("Upgrades I Run"),
            "support.upgrade",
            list(self._get_upgrades_domain()),
        )

    @api.model
    def _get_upgrades_domain(self):
        own = Domain("company_id", "in", self.env.companies.ids)
        return OPEN & own & Domain("user_id", "=", self.env.uid)

    @api.model
    def _get_mine(self):
        mine = self._get_upgrades_domain()
        return super()._get_mine() | Domain("upgrade_ids", "any", mine)

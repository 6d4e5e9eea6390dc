# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.support_contract_billing.deleting import Step, get_cutoff
from odoo.addons.support_contract_billing.retention import make_functions


class SupportDeletion(models.Model):
    _inherit = "support.deletion"

    def init(self):
        make_functions(self.env.cr, "support_upgrade/retention.sql")
        return super().init()

    @api.model
    def _get_step_names(self):
        return super()._get_step_names() | {
            "support.upgrade.approval": self.env._("Approvals of upgrades")
        }

    def _get_steps(self):
        """A yes to an upgrade stays longer than its charges."""
        old = SQL(
            "item.company_id = %s AND item.date < %s",
            self.company_id.id,
            get_cutoff(self.company_id),
        )
        return [*super()._get_steps(), Step("support.upgrade.approval", old)]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.support_contract_billing.deleting import Step, get_cutoff
from odoo.addons.support_contract_billing.retention import keep_rows, make_functions

from ..hooks import KEPT, NAMING


class SupportDeletion(models.Model):
    _inherit = "support.deletion"

    def init(self):
        make_functions(self.env.cr, "support_scope/retention.sql")
        keep_rows(self.env.cr, KEPT)
        keep_rows(self.env.cr, NAMING, "support_name_guard")
        return super().init()

    @api.model
    def _get_step_names(self):
        return super()._get_step_names() | {
            "account.analytic.line": self.env._("Time"),
            "support.work.approval": self.env._("Approvals"),
        }

    def _get_steps(self):
        """Time before its charges, which an approval stays longer than."""
        cutoff, company = get_cutoff(self.company_id), self.company_id.id
        return [
            Step(
                "account.analytic.line",
                SQL(
                    "item.company_id = %s AND item.date < %s AND COALESCE("
                    "item.support_charge_id, item.support_shown_move_id) IS NOT NULL",
                    company,
                    cutoff,
                ),
            ),
            *super()._get_steps(),
            Step(
                "support.work.approval",
                SQL("item.company_id = %s AND item.date_decided < %s", company, cutoff),
            ),
        ]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..years import check_years


class SupportContractOnDay(models.TransientModel):
    """The contract as it was, is or will be on a day."""

    _name = "support.contract.on.day"
    _description = "Contract on a Day"
    _inherit = "support.window.mixin"

    contract_id = fields.Many2one("support.contract", required=True, readonly=True)
    day = fields.Date(
        required=True, default=lambda self: self.env.company._support_today()
    )
    partner_id = fields.Many2one("res.partner", compute="_compute_on_day")
    terms_id = fields.Many2one("support.terms", compute="_compute_on_day")
    description = fields.Html(compute="_compute_on_day")

    @api.depends("contract_id", "day")
    def _compute_on_day(self):
        for wizard in self:
            contract = wizard.contract_id
            day = wizard.day or contract.company_id._support_today()
            check_years(self.env, day)
            state = contract._get_state_on(day)
            wizard.partner_id = state["partner_id"]
            wizard.terms_id = state["terms_id"]
            wizard.description = self.env["ir.qweb"]._render(
                "support_contract.contract_on_day", {"contract": contract, **state}
            )

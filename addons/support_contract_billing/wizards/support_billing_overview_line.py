# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.support_contract.windows import get_list_action

from .support_billing_overview import LIST_CONTEXTS


class SupportBillingOverviewLine(models.TransientModel):
    """One thing to look at, or one figure of the month, that leads to its records."""

    _name = "support.billing.overview.line"
    _description = "Line of the Month Review"
    _inherit = "support.window.mixin"
    _order = "overview_id, section, sequence, id"

    overview_id = fields.Many2one(
        "support.billing.overview", ondelete="cascade", index=True
    )
    section = fields.Selection(
        [
            ("new", "New"),
            ("changed", "Changed"),
            ("whole", "Whole now"),
            ("failed", "Failed"),
            ("waiting", "Waiting"),
            ("total", "Total"),
        ],
        required=True,
    )
    sequence = fields.Integer()
    name = fields.Char(string="Subject")
    contract_id = fields.Many2one("support.contract", ondelete="cascade")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    currency_id = fields.Many2one("res.currency")
    number = fields.Integer()
    before = fields.Monetary()
    amount = fields.Monetary()
    difference = fields.Monetary()
    amounts = fields.Char(string="Together", help="Without tax.")
    reason = fields.Text()
    is_sum = fields.Boolean()
    is_total = fields.Boolean()
    is_problem = fields.Boolean()
    res_model = fields.Char()
    res_domain = fields.Json()

    def action_open(self):
        """Open what this line is about; a button."""
        if not self.res_model:
            return False
        records = self.env[self.res_model].search(self.res_domain or [])
        if len(records) == 1:
            return records._get_records_action(name=self.name)
        return get_list_action(
            self.name,
            self.res_model,
            [("id", "in", records.ids)],
            context={"create": False} | LIST_CONTEXTS.get(self.res_model, {}),
        )

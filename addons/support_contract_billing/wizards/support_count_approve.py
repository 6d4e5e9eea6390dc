# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportCountApprove(models.TransientModel):
    """What the customer pays a month before and after."""

    _inherit = "support.count.approve"

    currency_id = fields.Many2one(related="count_id.contract_id.currency_id")
    has_fees = fields.Boolean(compute="_compute_fees")
    fee_before = fields.Monetary(string="Fee a Month Today", compute="_compute_fees")
    fee_after = fields.Monetary(string="With This Count", compute="_compute_fees")

    @api.depends("count_id")
    def _compute_fees(self):
        for wizard in self:
            fees = wizard.count_id._get_fees()
            wizard.has_fees = bool(fees)
            wizard.fee_before, wizard.fee_after = fees or (0.0, 0.0)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class L10nSeEuSalesLine(models.TransientModel):
    """What one VAT number bought in a month."""

    _name = "l10n_se.eu.sales.line"
    _description = "Line of the EU Sales List"
    _inherit = "support.window.mixin"
    _order = "is_wrong desc, number, id"

    sales_id = fields.Many2one("l10n_se.eu.sales", required=True, ondelete="cascade")
    currency_id = fields.Many2one(related="sales_id.currency_id")
    number = fields.Char("VAT Number")
    names = fields.Char("Buyer")
    goods = fields.Monetary(aggregator="sum")
    triangular = fields.Monetary("Triangular Trade", aggregator="sum")
    services = fields.Monetary(aggregator="sum")
    is_wrong = fields.Boolean(
        "No EU Number", help="No VAT number of another EU country."
    )

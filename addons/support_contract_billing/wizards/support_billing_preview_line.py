# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportBillingPreviewLine(models.TransientModel):
    """One invoice line as it would be, and how its amount comes about."""

    _name = "support.billing.preview.line"
    _description = "Invoice Line as It Would Be"
    _inherit = "support.window.mixin"
    _order = "invoice_id, sequence, id"

    preview_id = fields.Many2one(
        "support.billing.preview", required=True, ondelete="cascade", index=True
    )
    invoice_id = fields.Many2one(
        "support.billing.preview.invoice", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer()
    contract_id = fields.Many2one("support.contract", required=True)
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", store=True)
    service_id = fields.Many2one("support.contract.service", ondelete="cascade")
    product_id = fields.Many2one("product.product", ondelete="cascade")
    name = fields.Char(string="Subject")
    period_start = fields.Date(string="From")
    period_end = fields.Date(string="Until")
    quantity = fields.Float(digits="Product Unit")
    price_unit = fields.Monetary(string="Price")
    calculation = fields.Text(help="Where the customer has your language.")
    wording = fields.Text("Text on the Invoice")
    taxes = fields.Char()
    amount_untaxed = fields.Monetary(string="Without Tax")
    amount_tax = fields.Monetary(string="Tax")
    amount_total = fields.Monetary(string="Total")

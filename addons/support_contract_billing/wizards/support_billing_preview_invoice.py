# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.support_contract.windows import opens


class SupportBillingPreviewInvoice(models.TransientModel):
    """One invoice as it would be."""

    _name = "support.billing.preview.invoice"
    _description = "Invoice as It Would Be"
    _inherit = "support.window.mixin"
    _order = "id"

    preview_id = fields.Many2one(
        "support.billing.preview", required=True, ondelete="cascade", index=True
    )
    contract_id = fields.Many2one("support.contract", required=True)
    contracts = fields.Char(help="Those that share the invoice.")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    currency_id = fields.Many2one("res.currency", required=True)
    error = fields.Text(string="Problem")
    document = fields.Char(
        string="Goes On",
        help="What carries these lines. Empty: an invoice of their own.",
    )
    line_ids = fields.One2many("support.billing.preview.line", "invoice_id")
    amount_untaxed = fields.Monetary(string="Without Tax")
    amount_tax = fields.Monetary(string="Tax")
    amount_total = fields.Monetary(string="Total")

    action_open_contract = opens("contract_id")

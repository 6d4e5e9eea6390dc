# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportWhatIfLine(models.TransientModel):
    """A service as it is, or as it is thought of."""

    _name = "support.what.if.line"
    _description = "Service in a What If"
    _inherit = "support.window.mixin"
    _order = "id"

    what_if_id = fields.Many2one(
        "support.what.if", required=True, ondelete="cascade", index=True
    )
    currency_id = fields.Many2one(related="what_if_id.currency_id")
    service_id = fields.Many2one(
        "support.contract.service",
        string="Service on the Contract",
        ondelete="cascade",
        readonly=True,
    )
    type_id = fields.Many2one(
        "support.service.type",
        string="Service",
        required=True,
        domain="[('basis', '!=', 'usage')]",
    )
    date_start = fields.Date(
        required=True, default=lambda self: self.env["support.what.if"]._default_month()
    )
    date_end = fields.Date(help="The last day. Empty while it runs on.")
    fee_now = fields.Monetary(string="As Agreed", compute="_compute_fees")
    fee_then = fields.Monetary(string="Then", compute="_compute_fees")
    calculation = fields.Text(compute="_compute_fees")

    @api.depends(
        "service_id",
        "type_id",
        "date_start",
        "date_end",
        "what_if_id.month",
        "what_if_id.change_lines",
        "what_if_id.lines",
    )
    def _compute_fees(self):
        for line in self:
            what_if = line.what_if_id
            line.fee_now = line.fee_then = 0.0
            line.calculation = False
            if not (what_if.month and line.type_id and line.date_start):
                continue
            if line.service_id:
                line.fee_now = what_if._price(line.service_id)[0]
            if line.date_end and line.date_end < line.date_start:
                line.calculation = self.env._("It would end before it starts.")
                continue
            lines = max(what_if.lines, 0) if what_if.change_lines else None
            line.fee_then, line.calculation = what_if._price(
                line._new_virtual_service(), lines
            )

    def _new_virtual_service(self):
        """The service as the line says, in memory only."""
        return self.env["support.contract.service"].new(
            {
                "contract_id": self.what_if_id.contract_id.id,
                "type_id": self.type_id.id,
                "date_start": self.date_start,
                "date_end": self.date_end,
            },
            origin=self.service_id or None,
        )

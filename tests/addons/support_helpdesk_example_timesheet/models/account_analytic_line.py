# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class AccountAnalyticLine(models.Model):
    _inherit = "account.analytic.line"

    ticket_id = fields.Many2one("helpdesk.ticket")
    ticket_partner_id = fields.Many2one(
        "res.partner", related="ticket_id.partner_id", store=True, compute_sudo=True
    )

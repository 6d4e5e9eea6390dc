# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    support_public_customer = fields.Boolean(
        string="Public Customer",
        tracking=True,
        help="A contracting authority, to whom invoices go as e-invoices only and "
        "never by e-mail.",
    )

    @api.model
    def _commercial_fields(self):
        return [*super()._commercial_fields(), "support_public_customer"]

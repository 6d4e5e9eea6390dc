# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    support_customer_reference = fields.Char(
        string="Your Reference",
        help="The person or cost centre that the customer wants to see here.",
    )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportTerms(models.Model):
    _inherit = "support.terms"

    left_fee = fields.Float(default=12.0)

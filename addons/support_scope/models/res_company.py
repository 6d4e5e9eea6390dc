# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    support_scope_category_id = fields.Many2one(
        "support.scope.category",
        string="Default Category of Work",
        help="What new work under a contract begins as, until somebody sorts it.",
    )

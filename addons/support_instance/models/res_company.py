# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    support_count_days = fields.Integer(
        string="Count Lines Every",
        default=1,
        required=True,
        help="Days after which the lines of a billed instance are counted again by the "
        "scheduled action. 0: never by itself, only when its contract is billed.",
    )

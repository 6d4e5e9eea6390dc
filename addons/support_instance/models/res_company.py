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
    support_count_minutes = fields.Integer(
        string="Minutes for One Customer",
        default=30,
        required=True,
        help="How long reading and counting the code of one customer may take in a "
        "night, so that nobody's code takes the time of the others. What was counted "
        "is kept, and it goes on from there. 0: as long as it takes.",
    )

    _support_count_minutes_positive = models.Constraint(
        "CHECK (support_count_minutes >= 0)", "Enter minutes, or 0 for any number."
    )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HrEmployee(models.Model):
    _inherit = "hr.employee"

    support_type_id = fields.Many2one(
        "support.service.type",
        string="Kind of Work",
        domain=[("basis", "=", "hours")],
        ondelete="restrict",
        groups="hr.group_hr_user",
        help="What this person's time on support contracts is charged as, unless "
        "something else is chosen on the time. Its price per hour is in the terms.",
    )

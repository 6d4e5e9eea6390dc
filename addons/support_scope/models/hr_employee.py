# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


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

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged_time(self):
        # sudo: whoever deletes a person need not read their time.
        lines = self.env["account.analytic.line"].sudo()
        if lines.search_count(
            [("employee_id", "in", self.ids), ("support_charge_id", "!=", False)],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "Time of this person was charged to customers. Archive the person "
                    "instead."
                )
            )

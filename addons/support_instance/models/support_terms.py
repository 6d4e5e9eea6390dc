# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportTerms(models.Model):
    """How far lines may change before somebody looks at the count. Clause R2."""

    _inherit = "support.terms"

    count_drop_percent = fields.Float(
        string="Review Drops Above (%)",
        default=20.0,
        digits=(5, 2),
        help="A count with fewer covered lines waits for an approver. 0: never.",
    )
    count_jump_percent = fields.Float(
        string="Review Rises Above (%)",
        default=100.0,
        digits=(6, 2),
        help="A count with more covered lines waits for an approver. 0: never.",
    )
    count_change_lines = fields.Integer(
        string="Ignore Changes Below (Lines)",
        default=100,
        help="A smaller change never waits, however many percent it is.",
    )

    _count_limits_positive = models.Constraint(
        "CHECK (count_drop_percent BETWEEN 0 AND 100 AND count_jump_percent >= 0 "
        "AND count_change_lines >= 0)",
        "Limits of a count cannot be negative, and no count drops by more than 100 %.",
    )

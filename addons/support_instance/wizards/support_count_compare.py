# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..comparison import Comparison


class SupportCountCompare(models.TransientModel):
    """Any two counts side by side."""

    _name = "support.count.compare"
    _description = "Compare Line Counts"
    _inherit = "support.window.mixin"

    before_id = fields.Many2one("support.count", ondelete="cascade")
    after_id = fields.Many2one("support.count", required=True)
    # Counts of one day have the same name.
    before_read_at = fields.Datetime(
        related="before_id.read_at", string="Before Counted At"
    )
    after_read_at = fields.Datetime(
        related="after_id.read_at", string="After Counted At"
    )
    contract_id = fields.Many2one(related="after_id.contract_id")
    show_same = fields.Boolean(
        string="Show What Is the Same", help="By default only differences are shown."
    )
    table = fields.Html(compute="_compute_table", sanitize=False)

    @api.depends("before_id", "after_id")
    def _compute_display_name(self):
        for compare in self:
            compare.display_name = self.env._("Compare Counts")

    @api.depends("before_id", "after_id", "show_same")
    @api.depends_context("lang")
    def _compute_table(self):
        for compare in self:
            compare.table = compare.after_id and Comparison(
                compare.before_id, compare.after_id
            ).render(compare.show_same)

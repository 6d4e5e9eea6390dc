# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import groupby

from .. import terms_comparison


class SupportTermsCompare(models.TransientModel):
    """Two versions of the terms side by side."""

    _name = "support.terms.compare"
    _description = "Compare Support Terms"
    _inherit = "support.window.mixin"

    left_id = fields.Many2one("support.terms", string="Version", required=True)
    right_id = fields.Many2one("support.terms", string="Compared With", required=True)
    show_same = fields.Boolean(
        string="Show What Is the Same", help="By default only differences are shown."
    )
    table = fields.Html(compute="_compute_table", sanitize=False)

    @api.depends("left_id", "right_id")
    def _compute_display_name(self):
        for compare in self:
            compare.display_name = self.env._("Compare Versions")

    @api.depends("left_id", "right_id", "show_same")
    @api.depends_context("lang")
    def _compute_table(self):
        for compare in self:
            rows = compare._get_rows()
            compare.table = self.env["ir.qweb"]._render(
                "support_contract.support_terms_compare_table",
                {
                    "left": compare.left_id,
                    "right": compare.right_id,
                    "sections": groupby(rows, lambda row: row.section),
                },
            )

    def _get_rows(self):
        self.ensure_one()
        if not (self.left_id and self.right_id):
            return []
        rows = terms_comparison.compare(self.left_id, self.right_id)
        return [row for row in rows if self.show_same or row.differs]

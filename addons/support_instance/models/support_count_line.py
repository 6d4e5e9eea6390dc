# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportCountLine(models.Model):
    """One file in a line count."""

    _name = "support.count.line"
    _description = "Counted File"
    _inherit = ["support.evidence.mixin"]
    _order = "count_id, module_id, code_lines desc, path"

    _written_once = True

    module_id = fields.Many2one(
        "support.count.module", required=True, ondelete="cascade", index=True
    )
    count_id = fields.Many2one(
        "support.count", required=True, ondelete="cascade", index=True
    )
    path = fields.Char(string="File", required=True, help="Below the module's folder.")
    code_lines = fields.Integer(string="Lines of Code")
    total_lines = fields.Integer()
    blob = fields.Char(help="Git's fingerprint of the file's bytes.")
    excluded = fields.Boolean(
        help="`odoo cloc` leaves this file out: a test, a library, demo data."
    )
    error = fields.Char(help="Why the file could not be counted; it has no line then.")

    @api.model
    def _get_guard_owner(self):
        """A file belongs to the count of its module, too."""
        return (
            super()
            ._get_guard_owner()
            ._replace(
                part="module_id",
                part_table="support_count_module",
                mismatch="A file is put under a module of another line count",
            )
        )

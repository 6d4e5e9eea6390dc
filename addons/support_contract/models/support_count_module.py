# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class SupportCountModule(models.Model):
    """One module in a line count."""

    _name = "support.count.module"
    _description = "Counted Module"
    _order = "count_id, code_lines desc, name"

    count_id = fields.Many2one(
        "support.count", required=True, ondelete="cascade", index=True, readonly=True
    )
    # Not required: other kinds of evidence, such as a report, have no source.
    source_id = fields.Many2one("support.source", ondelete="set null", readonly=True)
    name = fields.Char(required=True, readonly=True)
    path = fields.Char(readonly=True, help="The module's folder in its repository.")
    revision = fields.Char(readonly=True)
    code_lines = fields.Integer(string="Lines of Code", readonly=True)
    total_lines = fields.Integer(readonly=True)
    billed = fields.Boolean(
        readonly=True, help="The contract covered the module when it was counted."
    )
    excluded_count = fields.Integer(
        string="Excluded Files",
        readonly=True,
        help="Files that `odoo cloc` leaves out: tests, libraries, demo data.",
    )
    error_count = fields.Integer(string="Errors", readonly=True)
    error = fields.Char(
        readonly=True, help="Why the module as a whole is in the total with no line."
    )
    digest = fields.Char(readonly=True)
    line_ids = fields.One2many(
        "support.count.line", "module_id", string="Files", readonly=True
    )

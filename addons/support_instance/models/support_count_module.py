# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportCountModule(models.Model):
    """One module in a line count."""

    _name = "support.count.module"
    _description = "Counted Module"
    _inherit = ["support.evidence.mixin"]
    _order = "count_id, code_lines desc, name"

    _written_once = True

    count_id = fields.Many2one(
        "support.count", required=True, ondelete="cascade", index=True
    )
    # Not required: other kinds of evidence, such as a report, have no source.
    source_id = fields.Many2one("support.source")
    source_name = fields.Char(
        string="Read From", help="Address of the source when it was counted."
    )
    # Of the count, and written with it: a stored related field would rewrite evidence.
    instance_id = fields.Many2one("support.instance", ondelete="restrict", index=True)
    date = fields.Date()
    name = fields.Char(required=True)
    path = fields.Char(help="The module's folder in its repository.")
    revision = fields.Char()
    code_lines = fields.Integer(string="Lines of Code")
    total_lines = fields.Integer()
    billed = fields.Boolean(help="The contract covered the module when it was counted.")
    cloc_exclude = fields.Text(
        string="Not to Be Counted",
        help="The patterns that the module's manifest asks to leave out, one a line.",
    )
    excluded_count = fields.Integer(
        string="Excluded Files",
        help="Files that `odoo cloc` leaves out: tests, libraries, demo data.",
    )
    error_count = fields.Integer(string="Errors")
    error = fields.Char(help="Why the module as a whole is in the total with no line.")
    digest = fields.Char(
        help="Fingerprint of its code. A report tells figures only: it has none, and "
        "the module is billed for each instance."
    )
    line_ids = fields.One2many("support.count.line", "module_id", string="Files")

    @api.model
    def _get_evidence_links(self):
        return super()._get_evidence_links() | {"source_id"}

    def _get_code_key(self):
        """Modules with the same key are the same code, and are billed once."""
        self.ensure_one()
        # Without a fingerprint nobody can say that two are the same.
        return self.name, self.digest or self.id

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class L10nSeSupportSetupLine(models.TransientModel):
    """One thing that has to be right, how it is now, and the button for it."""

    _name = "l10n_se.support.setup.line"
    _description = "Line of Ready to Invoice?"
    _inherit = "support.window.mixin"
    _order = "sequence, id"

    setup_id = fields.Many2one(
        "l10n_se.support.setup", required=True, ondelete="cascade"
    )
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Char("What", compute="_compute_state")
    state = fields.Selection(
        selection="_selection_state", string="Status", compute="_compute_state"
    )
    description = fields.Text("How It Is", compute="_compute_state")
    is_automatic = fields.Boolean(
        "Corrected Without a Question", compute="_compute_state"
    )

    @api.model
    def _selection_state(self):
        return [
            ("done", self.env._("Done")),
            ("missing", self.env._("Missing")),
            ("choice", self.env._("Look")),
            ("waiting", self.env._("Waits")),
        ]

    @api.depends("setup_id.company_id", "code")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_state(self):
        for setup, lines in self.grouped("setup_id").items():
            checks = setup._find_checks()
            has_chart = setup.company_id._l10n_se_has_bas_chart()
            for line in lines:
                check = checks[line.code]
                line.name = check.get_name()
                line.is_automatic = check.is_automatic
                if check.needs_chart and not has_chart:
                    line.state = "waiting"
                    line.description = self.env._("Needs the chart of accounts.")
                    continue
                finding = check.find()
                if not finding:
                    line.state = "done"
                    line.description = check.describe()
                    continue
                line.state = "choice" if finding.is_choice else "missing"
                paragraphs = (finding.found, finding.expected, finding.note)
                line.description = "\n".join(filter(None, paragraphs))

    def action_correct(self):
        """Put it right, or ask for what is missing."""
        self.ensure_one()
        action = self.setup_id._find_checks()[self.code].correct()
        # What the page shows is found anew.
        self.setup_id.line_ids.invalidate_recordset()
        self.setup_id.invalidate_recordset()
        return action or True

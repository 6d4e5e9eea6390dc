# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class L10nSeSupportSetupLine(models.TransientModel):
    """One thing that a person should know about, and may have corrected."""

    _name = "l10n_se.support.setup.line"
    _description = "Swedish Set-up Finding"
    _inherit = "support.window.mixin"

    setup_id = fields.Many2one(
        "l10n_se.support.setup", required=True, ondelete="cascade"
    )
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, readonly=True)
    found = fields.Text(required=True, readonly=True, help="How it is now.")
    expected = fields.Text(required=True, readonly=True, help="What it should be.")
    note = fields.Text(readonly=True, help="What the correction does not reach.")
    description = fields.Text(string="Problem", compute="_compute_description")
    correct = fields.Boolean(
        default=True, help="Whether the button below changes it as described."
    )

    @api.depends("name", "found", "expected", "note")
    def _compute_description(self):
        """All of it in one text, which a narrow screen can break into lines."""
        for line in self:
            paragraphs = [
                line.name,
                self.env._("Now: %s", line.found),
                self.env._("Corrected: %s", line.expected),
                line.note,
            ]
            line.description = "\n".join(filter(None, paragraphs))

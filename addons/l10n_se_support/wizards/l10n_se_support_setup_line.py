# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class L10nSeSupportSetupLine(models.TransientModel):
    """One thing that a person should know about, and may have corrected."""

    _name = "l10n_se.support.setup.line"
    _description = "Swedish Set-up Finding"

    setup_id = fields.Many2one(
        "l10n_se.support.setup", required=True, ondelete="cascade"
    )
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(string="What Is Wrong", required=True, readonly=True)
    found = fields.Text(readonly=True)
    expected = fields.Text(string="Should Be", readonly=True)
    note = fields.Text(readonly=True)
    correct = fields.Boolean(
        default=True, help="Whether the button below changes it as described."
    )

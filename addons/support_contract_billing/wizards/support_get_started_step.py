# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportGetStartedStep(models.TransientModel):
    """One step, how it stands, and its buttons."""

    _name = "support.get.started.step"
    _description = "Step of Get Started"
    _inherit = "support.window.mixin"
    _order = "sequence, id"

    page_id = fields.Many2one("support.get.started", required=True, ondelete="cascade")
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Char("What", compute="_compute_standing")
    state = fields.Selection(
        [("done", "Done"), ("missing", "Missing"), ("waiting", "Waits")],
        string="Status",
        compute="_compute_standing",
    )
    description = fields.Text("How It Is", compute="_compute_standing")
    button = fields.Char(compute="_compute_standing")
    other_button = fields.Char(compute="_compute_standing")

    @api.depends("page_id.company_id", "code")
    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_standing(self):
        for page, rows in self.grouped("page_id").items():
            steps = page._find_steps()
            for row in rows:
                step = steps[row.code]
                standing = step.find()
                row.name = step.get_name()
                row.state = (
                    "done"
                    if standing.done
                    else "waiting"
                    if standing.waits
                    else "missing"
                )
                row.description = standing.text
                row.button = standing.button
                row.other_button = standing.other

    def action_press(self):
        """Do it, or go where it is done; a button."""
        return self._press("press")

    def action_press_other(self):
        return self._press("press_other")

    def _press(self, name):
        self.ensure_one()
        self.check_access("read")
        action = getattr(self.page_id._find_steps()[self.code], name)()
        # What the page shows is found anew.
        self.page_id.step_ids.invalidate_recordset()
        self.page_id.invalidate_recordset()
        return action or True

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..time_correction import TimeCorrection
from ..timekeeping import format_minutes


class SupportTimeCorrection(models.TransientModel):
    """Put right what was charged for time, and see it before."""

    _name = "support.time.correction"
    _description = "Correction of Charged Time"
    _inherit = "support.window.mixin"

    charge_id = fields.Many2one("support.charge", required=True, readonly=True)
    currency_id = fields.Many2one(related="charge_id.currency_id")
    billed = fields.Char(string="Billed So Far", compute="_compute_preview")
    minutes = fields.Integer(
        string="Minutes to Bill",
        compute="_compute_minutes",
        store=True,
        readonly=False,
        help="All that should be billed for these days, rounded as it should be.",
    )
    charged = fields.Monetary(compute="_compute_preview")
    right = fields.Monetary(string="Expected Amount", compute="_compute_preview")
    difference = fields.Monetary(compute="_compute_preview")
    preview = fields.Text(string="On the Invoice", compute="_compute_preview")
    reason = fields.Char(required=True, help="The customer reads it.")

    @api.depends("charge_id")
    def _compute_minutes(self):
        for wizard in self:
            chain = wizard.charge_id._get_correction_chain()
            wizard.minutes = chain and TimeCorrection(chain).get_billed_minutes()

    @api.depends("charge_id", "minutes", "reason")
    def _compute_preview(self):
        for wizard in self:
            chain = wizard.charge_id._get_correction_chain()
            correction = TimeCorrection(chain)
            before = correction.get_billed_minutes()
            wizard.billed = format_minutes(self.env, before)
            wizard.charged = wizard.right = chain._get_charged()
            wizard.difference, wizard.preview = 0.0, False
            if wizard.minutes == before:
                continue
            try:
                vals = correction.prepare_vals(wizard.minutes, wizard.reason or "…")
            except UserError as error:
                wizard.preview = str(error)
                continue
            wizard.difference = vals["amount"]
            wizard.right = wizard.charged + vals["amount"]
            wizard.preview = f"{vals['name']}\n{vals['calculation']}"

    def action_confirm(self):
        """A button."""
        self.ensure_one()
        self.charge_id.check_access("read")
        correction = self.charge_id._correct_time(self.minutes, self.reason)
        return correction._get_records_action(name=self.env._("Correction"))

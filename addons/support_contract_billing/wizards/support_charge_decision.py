# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportChargeDecision(models.TransientModel):
    """Hold, release or waive charges, with the reason."""

    _name = "support.charge.decision"
    _description = "Decision on Charges"
    _inherit = "support.window.mixin"

    charge_ids = fields.Many2many("support.charge", required=True, readonly=True)
    decision = fields.Selection(
        [
            ("hold", "Hold"),
            ("release", "Release"),
            ("waive", "Waive"),
            ("restore", "Restore Charge"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(required=True)
    consequence = fields.Char(compute="_compute_consequence")
    example = fields.Char(compute="_compute_consequence")

    @api.depends("decision", "charge_ids.amount")
    @api.depends_context("lang")
    def _compute_consequence(self):
        texts = {
            "hold": self.env._(
                "The charge is on no invoice until it is released. Its contract gets a "
                "to-do, so that the customer is answered."
            ),
            "release": self.env._("The charge goes on the contract's next invoice."),
            "waive": self.env._("The customer does not pay this, now or later."),
            "restore": self.env._("The charge goes on the contract's next invoice."),
        }
        examples = {
            "hold": self.env._("e.g. The customer asks which module grew"),
            "release": self.env._("e.g. The customer agreed on the phone"),
            "waive": self.env._("e.g. Compensation for the outage in March"),
            "restore": self.env._("e.g. The outage was at the customer's own provider"),
        }
        for wizard in self:
            amounts = wizard.charge_ids.mapped("amount")
            if wizard.decision == "waive" and amounts and max(amounts) <= 0:
                wizard.consequence = self.env._(
                    "The customer does not get this back, now or later."
                )
            else:
                wizard.consequence = texts.get(wizard.decision)
            wizard.example = examples.get(wizard.decision)

    def action_confirm(self):
        self.check_access("read")
        self.charge_ids._decide(self.decision, self.reason)

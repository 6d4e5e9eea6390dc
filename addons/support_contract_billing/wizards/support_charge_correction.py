# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..corrections import CountCorrection


class SupportChargeCorrection(models.TransientModel):
    """Put right what was charged from a wrong count, and see it before."""

    _name = "support.charge.correction"
    _description = "Correction of a Charge"
    _inherit = "support.window.mixin"

    charge_id = fields.Many2one("support.charge", required=True, readonly=True)
    contract_id = fields.Many2one(related="charge_id.contract_id")
    currency_id = fields.Many2one(related="charge_id.currency_id")
    instance_ids = fields.Many2many(
        "support.instance",
        compute="_compute_instance_ids",
        help="Those that the period is charged by; a test instance is not offered.",
    )
    old_count_ids = fields.Many2many(
        "support.count",
        "support_charge_correction_old_rel",
        string="Charged From",
        compute="_compute_preview",
    )
    count_ids = fields.Many2many(
        "support.count",
        "support_charge_correction_new_rel",
        string="Correct Counts",
        domain="[('instance_id', 'in', instance_ids), ('state', '=', 'approved'), "
        "('id', 'not in', old_count_ids)]",
        help="The approved count that should have been charged; one for each instance "
        "that was wrong.",
    )
    charged = fields.Monetary(compute="_compute_preview")
    right = fields.Monetary(string="Expected Amount", compute="_compute_preview")
    difference = fields.Monetary(compute="_compute_preview")
    preview = fields.Text(string="On the Invoice", compute="_compute_preview")
    reason = fields.Char(required=True)

    @api.depends("charge_id")
    def _compute_instance_ids(self):
        for wizard in self:
            chain = wizard.charge_id._get_correction_chain()
            wizard.instance_ids = chain._get_charged_instances()

    @api.depends("charge_id", "count_ids")
    def _compute_preview(self):
        for wizard in self:
            chain = wizard.charge_id._get_correction_chain()
            wizard.old_count_ids = chain._get_evidence()
            wizard.charged = wizard.right = chain._get_charged()
            wizard.difference, wizard.preview = 0.0, False
            if not wizard.count_ids:
                continue
            try:
                vals = CountCorrection(chain).prepare_vals(wizard.count_ids._origin)
            except UserError as error:
                wizard.preview = str(error)
                continue
            wizard.difference = vals["amount"]
            wizard.right = wizard.charged + vals["amount"]
            wizard.preview = f"{vals['name']}\n{vals['calculation']}"

    def action_confirm(self):
        self.charge_id.check_access("read")
        if not self.count_ids:
            raise UserError(self.env._("Choose the line count that is right."))
        correction = self.charge_id._correct(self.count_ids, self.reason)
        return correction._get_records_action(name=self.env._("Correction"))

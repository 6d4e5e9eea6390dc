# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportUpgradeTrial(models.Model):
    """One trial round: the upgrade is run on a copy and somebody looks at it."""

    _name = "support.upgrade.trial"
    _description = "Upgrade Trial Round"
    _inherit = ["support.upgrade.part.mixin"]
    _order = "upgrade_id, number, id"
    _check_company_auto = True

    number = fields.Integer(string="Round", readonly=True)
    date = fields.Date(
        required=True, default=lambda self: self.env.company._support_today()
    )
    instance_id = fields.Many2one(
        "support.instance",
        domain="[('upgrade_id', '=', upgrade_id)]",
        help="Where the round took place.",
        check_company=True,
    )
    result = fields.Selection(
        [
            ("planned", "Planned"),
            ("passed", "Passed"),
            ("remarks", "Passed with remarks"),
            ("failed", "Failed"),
        ],
        default="planned",
        required=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    note = fields.Char(string="Remarks")

    @api.depends("number", "date")
    def _compute_display_name(self):
        for trial in self:
            trial.display_name = self.env._("Round %s", trial.number)

    @api.model_create_multi
    def create(self, vals_list):
        trials = super().create(vals_list)
        for trial in trials:
            trial.number = max(trial.upgrade_id.trial_ids.mapped("number")) + 1
        return trials

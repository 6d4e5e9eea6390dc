# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import format_date

from ..cancellation import Cancellation


class SupportUpgradeCancel(models.TransientModel):
    """Cancel an upgrade, or give back the right of one that was cancelled."""

    _name = "support.upgrade.cancel"
    _description = "Cancel Upgrade"
    _inherit = "support.window.mixin"

    upgrade_id = fields.Many2one("support.upgrade", required=True, readonly=True)
    state = fields.Selection(related="upgrade_id.state")
    kind = fields.Selection(
        [
            ("withdrawn", "Withdrawn by the customer"),
            ("declined", "Declined by us"),
        ],
        default="withdrawn",
        required=True,
    )
    reason = fields.Char(required=True)
    return_right = fields.Boolean(
        string="Give the Right Back",
        help="The customer can use the right again although the work had begun.",
    )
    can_return = fields.Boolean(compute="_compute_consequence")
    consequence = fields.Char(string="Effect on Right", compute="_compute_consequence")

    @api.depends("upgrade_id", "return_right", "state")
    @api.depends_context("uid", "lang")
    def _compute_consequence(self):
        for wizard in self:
            upgrade = wizard.upgrade_id
            started, holds = bool(upgrade.date_started), upgrade._holds_right()
            wizard.can_return = started and holds and upgrade._is_manager()
            wizard.consequence = wizard._get_consequence(started, holds)

    def _get_consequence(self, started, holds):
        """What the customer has afterwards, in words."""
        self.ensure_one()
        upgrade = self.upgrade_id
        if not holds:
            return self.env._("No upgrade right is reserved or used by this upgrade.")
        if started and not self.return_right and self.state != "cancelled":
            return self.env._(
                "The work has started, so the right stays used. A manager can give it "
                "back, with a reason."
            )
        today = upgrade.company_id._support_today()
        ledger = upgrade.contract_id._get_upgrade_ledger()
        period = ledger.period_at(upgrade.period_start)
        if period and period.end < today:
            return self.env._(
                "The right comes back to a period that ended on %s, so it lapses. To "
                "keep it, change what this request asks for instead of cancelling it.",
                format_date(self.env, period.end),
            )
        return self.env._("The right comes back and can be used again.")

    def action_confirm(self):
        self.ensure_one()
        if self.upgrade_id.state == "cancelled":
            Cancellation(self.upgrade_id).return_right(self.reason)
        else:
            Cancellation(self.upgrade_id).run(self.kind, self.reason, self.return_right)

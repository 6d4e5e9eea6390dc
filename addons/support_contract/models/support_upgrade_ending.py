# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

ACTIVITY = "support_contract.activity_upgrade_after_end"


class SupportUpgrade(models.Model):
    """What becomes of an upgrade whose contract, or the service behind it, ends. R8.

    Work that has begun has used its right and is finished, whatever ends meanwhile. A
    request that nobody has begun with holds its right as long as the service runs; it
    is closed with the contract, as nothing could be done with it any more.
    """

    _inherit = "support.upgrade"

    cancel_kind = fields.Selection(selection_add=[("ended", "The contract ended")])

    def _close_with_contract(self):
        """The contract of these upgrades has ended."""
        for upgrade in self:
            if upgrade.state in ("requested", "accepted"):
                upgrade._cancel(
                    "ended",
                    self.env._("The contract ended before the work had begun."),
                )
            elif upgrade._is_under_way():
                user = upgrade.user_id.filtered("active")
                upgrade.activity_schedule(
                    ACTIVITY,
                    user_id=(user or upgrade.contract_id._get_responsible_user()).id,
                )

    def _is_under_way(self):
        self.ensure_one()
        return self.state in ("started", "testing")

    def _move(self, state, date_field=None, note=""):
        result = super()._move(state, date_field, note)
        if state in ("done", "cancelled"):
            self.activity_unlink([ACTIVITY])
        return result

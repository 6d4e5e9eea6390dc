# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError

from .instances import UpgradeInstances
from .reservation import Reservation

ACTIVITY_AFTER_END = "support_upgrade.activity_upgrade_after_end"


class Cancellation:
    """An upgrade ends without going live; what becomes of its right. Clause R8."""

    def __init__(self, upgrade):
        upgrade.ensure_one()
        self.upgrade = upgrade
        self.env = upgrade.env

    def run(self, kind, reason, return_right=False):
        """End an upgrade that does not go live.

        Before the work the right comes back by itself, afterwards only if a manager
        says so.

        :param kind: ``withdrawn`` by the customer, ``declined`` by us, or ``ended``
            with the contract
        """
        self.upgrade._check_state("requested", "accepted", "started", "testing")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the upgrade is cancelled."))
        started = bool(self.upgrade.date_started)
        if started and return_right:
            self._check_may_return()
        self.upgrade._with_permission().write(
            {"cancel_kind": kind, "cancel_reason": reason.strip()}
        )
        self.upgrade._move("cancelled", "date_cancelled", note=reason)
        if started and return_right:
            self.return_right(reason)
        elif not started:
            Reservation(self.upgrade).give_back()
        UpgradeInstances(self.upgrade).close(self.upgrade.company_id._support_today())

    def return_right(self, reason):
        """Let the customer have the right again although the work had begun."""
        self._check_may_return()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the right is given back."))
        if self.upgrade.state != "cancelled" or not self.upgrade._holds_right():
            raise UserError(
                self.env._("Only the right of a cancelled upgrade can be given back.")
            )
        Reservation(self.upgrade).give_back()
        self.upgrade._log_step(
            self.env._("Right given back: %s", reason.strip()), kind="override"
        )

    def _check_may_return(self):
        if not self.upgrade._is_manager():
            raise AccessError(
                self.env._(
                    "The work has started. Only a manager can give the right back."
                )
            )


def close_with_contract(upgrades):
    """The contract of these upgrades has ended."""
    for upgrade in upgrades:
        if upgrade.state in ("requested", "accepted"):
            reason = upgrade.env._("The contract ended before the work had begun.")
            Cancellation(upgrade).run("ended", reason)
        elif upgrade._is_under_way():
            user = upgrade.user_id.filtered("active")
            upgrade.activity_schedule(
                ACTIVITY_AFTER_END,
                user_id=(user or upgrade.contract_id._get_responsible_user()).id,
            )

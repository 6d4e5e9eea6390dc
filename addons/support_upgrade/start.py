# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import UserError

from .fees import Fees
from .instances import UpgradeInstances
from .reservation import Reservation


class Start:
    """The start of the work on an upgrade. Clauses R5, R8, R9, R12.

    The right is used, the test and the development instance of the new version are
    made, the customer's modules are listed, and the one-off fee falls due.
    """

    def __init__(self, upgrade):
        upgrade.ensure_one()
        self.upgrade = upgrade
        self.env = upgrade.env

    def run(self):
        """Start the work.

        :raise UserError: when there is neither a right nor the customer's approval of
            a billable extra
        """
        upgrade = self.upgrade
        upgrade._check_state("accepted")
        upgrade._check_contract_running()
        self._check_instance_free()
        self._take_right()
        fee = upgrade.contract_id._get_agreed(
            "upgrade_fee", upgrade.company_id._support_today()
        )
        upgrade._with_permission().write(
            {"fee_due": fee.value, "fee_source": fee.source}
        )
        upgrade._move("started", "date_started")
        # Whoever starts it at the same moment waits here, and finds it started. Without
        # this they would learn from the charge that it exists already.
        upgrade.flush_recordset()
        upgrade._log_step(upgrade.right_text)
        UpgradeInstances(upgrade).create_missing()
        self._list_modules()
        Fees(upgrade).charge_start()

    def _check_instance_free(self):
        """One instance is upgraded once at a time, from the version that it runs."""
        upgrade, instance = self.upgrade, self.upgrade.instance_id
        other = instance.upgraded_by_ids.filtered(
            lambda upgrade: upgrade._is_under_way()
        )[:1]
        if other:
            raise UserError(
                self.env._(
                    "%(upgrade)s is upgrading %(instance)s. Finish or cancel it first.",
                    upgrade=other.name,
                    instance=instance.display_name,
                )
            )
        runs = instance.series
        if runs and runs != upgrade.from_series:
            raise UserError(
                self.env._(
                    "%(instance)s runs %(runs)s, not %(from)s. Correct the request.",
                    instance=instance.display_name,
                    runs=runs,
                    **{"from": upgrade.from_series},
                )
            )

    def _take_right(self):
        """Make sure that the work may start.

        What was reserved with the request is taken; else what is left today; else the
        customer has to have approved a billable extra.
        """
        upgrade = self.upgrade
        today = upgrade.company_id._support_today()
        if not upgrade._holds_right():
            Reservation(upgrade).reserve(today)
        verdict = upgrade.contract_id._right("upgrade", today, upgrade=upgrade)
        if upgrade._holds_right() and verdict:
            return
        if not upgrade._get_approval("extra"):
            raise UserError(
                self.env._(
                    "%(reason)s Wait until then, or put the customer's approval of a "
                    "billable extra on record.",
                    reason=verdict.reason,
                )
                if verdict.changes_on
                else self.env._(
                    "%(reason)s The upgrade can go on as a billable extra, with the "
                    "customer's approval on record.",
                    reason=verdict.reason,
                )
            )
        if upgrade.right_no:
            Reservation(upgrade).drop()

    def _list_modules(self):
        """One line for each of the covered modules, to decide on. Clause R9."""
        upgrade = self.upgrade
        known = set(upgrade.module_ids.mapped("name"))
        covered = upgrade.instance_id.module_ids.filtered("covered")
        upgrade.module_ids = [
            Command.create({"name": module.name, "lines_before": module.code_lines})
            for module in covered
            if module.in_last_count and module.name not in known
        ]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .support_contract import ACCOUNTANTS

# decision: (statuses it is made on, status after it, group that may make it)
DECISIONS = {
    "hold": (("pending",), "held", "support_contract.group_support_user"),
    "release": (("held",), "pending", "support_contract.group_support_billing"),
    "waive": (
        ("pending", "held"),
        "waived",
        "support_contract.group_support_manager",
    ),
    "restore": (("waived",), "pending", "support_contract.group_support_manager"),
}
HELD_ACTIVITY = "support_contract_billing.activity_charge_held"


class SupportContract(models.Model):
    _inherit = "support.contract"

    def _update_held_activity(self):
        """One to-do as long as charges are held: money must not be forgotten."""
        for contract in self:
            held = contract.charge_ids.filtered(lambda charge: charge.state == "held")
            note = "; ".join(
                f"{charge.name}: {charge.decision_reason or ''}" for charge in held
            )
            activities = contract.activity_search([HELD_ACTIVITY])
            if not held:
                activities.unlink()
            elif activities:
                activities.note = note
            else:
                contract.activity_schedule(
                    HELD_ACTIVITY,
                    note=note,
                    user_id=contract._get_responsible_user(ACCOUNTANTS).id,
                )

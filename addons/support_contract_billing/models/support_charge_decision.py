# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

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


class SupportCharge(models.Model):
    """Charges that a customer questions, and those that nobody has to pay."""

    _inherit = "support.charge"

    decision_reason = fields.Char(
        string="Reason",
        readonly=True,
        copy=False,
        help="Why it is held or waived, or why it no longer is.",
    )
    decision_user_id = fields.Many2one(
        "res.users",
        string="Decided By",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    decision_date = fields.Datetime(string="Decided On", readonly=True, copy=False)

    def action_hold(self):
        return self._open_decision("hold")

    def action_release(self):
        return self._open_decision("release")

    def action_waive(self):
        return self._open_decision("waive")

    def action_restore(self):
        return self._open_decision("restore")

    def _open_decision(self, decision):
        self.check_access("read")
        titles = {
            "hold": self.env._("Hold Charges"),
            "release": self.env._("Release Charges"),
            "waive": self.env._("Waive Charges"),
            "restore": self.env._("Charge After All"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[decision],
            "res_model": "support.charge.decision",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_charge_ids": self.ids,
                "default_decision": decision,
            },
        }

    def _decide(self, decision, reason):
        """Hold, release, waive or restore the charges, with a reason, in the log.

        :param decision: a key of ``DECISIONS``
        :raise AccessError: for who may not decide that
        """
        before, after, group = DECISIONS[decision]
        if not self.env.user.has_group(group):
            raise AccessError(
                self.env._(
                    "Only a manager can waive a charge, and only an accountant can "
                    "release a held one."
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why, for those who read it later."))
        self.check_access("read")
        for charge in self:
            if charge.state not in before:
                charge._raise_undecidable()
            if decision == "waive":
                charge._check_no_correction_invoiced()
        # sudo: charges are written by the system alone, never by a person.
        charges_sudo = self.sudo()
        if decision == "waive":
            # Nothing is left of a correction when there is nothing to correct.
            charges_sudo |= charges_sudo._get_open_corrections(before)
        elif decision == "restore":
            charges_sudo |= charges_sudo._get_corrections_waived_along()
            charges_sudo._check_restorable()
        now = fields.Datetime.now()
        for charge_sudo in charges_sudo:
            charge_sudo._set_state(
                {
                    "state": after,
                    "decision_reason": reason.strip(),
                    "decision_user_id": self.env.uid,
                    "decision_date": now,
                },
                reason.strip(),
            )
        charges_sudo.contract_id._update_held_activity()
        if decision == "restore":
            charges_sudo._adjust_for_amendment()

    def _raise_undecidable(self):
        self.ensure_one()
        if self.state == "invoiced":
            raise UserError(
                self.env._(
                    "“%(charge)s” is on %(invoice)s. Delete its line there while the "
                    "invoice is a draft, or credit it.",
                    charge=self.name,
                    invoice=self.sudo().move_id.display_name,
                )
            )
        raise UserError(
            self.env._(
                "“%(charge)s” cannot be decided that way: it is %(state)s.",
                charge=self.name,
                state=self._describe_state().lower(),
            )
        )


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

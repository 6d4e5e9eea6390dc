# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Charges that a customer questions, and those that nobody has to pay."""

from odoo.exceptions import AccessError, UserError

from .billing import ACCOUNTANTS

# decision: (statuses it is made on, status after it, group that may make it); an add-on
# with a status of its own extends `_get_open_states` of the charge.
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


class Decision:
    """A person holds, releases, waives or restores charges, and gives the reason.

    :param charges: `support.charge` as the person sees them
    :param decision: a key of ``DECISIONS``
    """

    def __init__(self, charges, decision):
        self.charges, self.decision, self.env = charges, decision, charges.env
        self.before, self.after, self.group = DECISIONS[decision]

    def make(self, reason):
        """Check who decides and what, change the charges and log it.

        :raise AccessError: for who may not decide that
        :raise UserError: when a charge cannot be decided that way
        """
        reason = (reason or "").strip()
        self._check_group()
        if not reason:
            raise UserError(self.env._("Say why, for those who read it later."))
        self.charges.check_access("read")
        for charge in self.charges:
            if charge.state not in self._get_states():
                self._refuse(charge)
            if self.decision == "waive":
                self._check_no_correction_invoiced(charge)
        # sudo: charges are written by the system alone, never by a person.
        charges_sudo = self.charges.sudo()
        if self.decision == "waive":
            # Nothing is left of a correction when there is nothing to correct.
            charges_sudo |= self._get_later(
                charges_sudo, lambda later, charge: later.state in self._get_states()
            )
        elif self.decision == "restore":
            # Those that were waived together with what they correct.
            charges_sudo |= self._get_later(
                charges_sudo,
                lambda later, charge: later.state == "waived"
                and not later.is_dropped
                and later.decision_date == charge.decision_date,
            )
            self._check_restorable(charges_sudo)
        for charge_sudo in charges_sudo:
            after = self.after
            if self.decision == "restore":
                after = charge_sudo._get_restored_state()
            vals = charge_sudo._prepare_decision_vals(after, reason)
            charge_sudo._set_state(vals, reason)
        update_held_activity(charges_sudo.contract_id)
        if self.decision == "restore":
            charges_sudo._adjust_again()

    def _get_states(self):
        """Statuses that the decision is made on."""
        if self.decision == "waive":
            return self.charges._get_open_states()
        return self.before

    def _check_group(self):
        if not self.env.user.has_group(self.group):
            raise AccessError(
                self.env._(
                    "Only a manager can waive a charge, and only an accountant can "
                    "release a held one."
                )
            )

    def _refuse(self, charge):
        """Explain why a charge in its status cannot be decided that way."""
        if charge.state == "invoiced":
            raise UserError(
                self.env._(
                    "“%(charge)s” is on %(invoice)s. Delete its line there while the "
                    "invoice is a draft, or credit it.",
                    charge=charge.display_name,
                    invoice=charge.sudo().move_id.display_name,
                )
            )
        raise UserError(
            self.env._(
                "“%(charge)s” cannot be decided that way: it is %(state)s.",
                charge=charge.display_name,
                state=charge._describe_state().lower(),
            )
        )

    def _get_later(self, charges, belongs):
        """Later corrections of these charges.

        :param belongs: function of a correction and the charge that tells which
        """
        return charges.union(
            *(
                later
                for charge in charges
                for later in charge._get_later_corrections()
                if belongs(later, charge)
            )
        )

    # === WAIVE === #

    def _check_no_correction_invoiced(self, charge):
        """A charge stands as long as a correction of it does."""
        for later in charge._get_later_corrections():
            if later.state == "invoiced":
                raise UserError(
                    self.env._(
                        "“%(charge)s” is corrected on %(invoice)s and cannot be "
                        "waived any more. Credit both.",
                        charge=charge.display_name,
                        invoice=later.sudo().move_id.display_name,
                    )
                )

    # === RESTORE === #

    def _check_restorable(self, charges):
        """Each correction is the difference to what was charged when it was made.

        So it is worth something only beside the very same charges before it.

        :raise UserError: when the customer would pay another sum than what is right
        """
        for charge in charges:
            if charge.is_dropped:
                raise UserError(
                    self.env._(
                        "“%s” was dropped because the agreement changed again, and is "
                        "not owed.",
                        charge.display_name,
                    )
                )
            if charge.currency_id.is_zero(charge.amount):
                raise UserError(
                    self.env._(
                        "“%s” costs nothing, so there is nothing to charge after all.",
                        charge.display_name,
                    )
                )
            self._check_earlier_charges(charge, charges)
            self._check_later_corrections(charge, charges)

    def _check_earlier_charges(self, charge, restored):
        """Refuse to restore a correction of what stays waived.

        :param restored: all charges of this decision
        """
        for earlier in charge._get_earlier_charges() - restored:
            if (
                earlier.state == "waived"
                and not earlier.is_dropped
                and earlier.decision_date
                and earlier.decision_date >= charge.decision_date
            ):
                raise UserError(
                    self.env._(
                        "“%(charge)s” puts “%(corrected)s” right, which is "
                        "waived. Charge that after all.",
                        charge=charge.display_name,
                        corrected=earlier.display_name,
                    )
                )

    def _check_later_corrections(self, charge, restored):
        """Refuse to restore what was corrected after it was waived.

        :param restored: all charges of this decision
        """
        for later in charge._get_later_corrections():
            if later in restored:
                fits = later.decision_date == charge.decision_date
            else:
                fits = later.state == "waived"
            if not fits:
                raise UserError(
                    self.env._(
                        "“%(charge)s” was corrected after it was waived: "
                        "“%(correction)s”. Correct that instead.",
                        charge=charge.display_name,
                        correction=later.display_name,
                    )
                )


def update_held_activity(contracts):
    """One to-do as long as charges are held: money must not be forgotten."""
    for contract in contracts:
        held = contract.charge_ids.filtered(lambda charge: charge.state == "held")
        note = "; ".join(
            f"{charge.display_name}: {charge.decision_reason or ''}" for charge in held
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

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Charges that come off their invoice again, and go back on it.

A charge keeps its key for good, so coming off an invoice never makes room for a
second one. The lines it was on are remembered: the same invoice can take it back
as long as no other has asked for it.
"""

from odoo import fields
from odoo.exceptions import UserError


def reopen(charges, reason):
    """Take the charges off their invoice lines; they wait for the next invoice.

    :param reason: what happened to the invoice, a sentence
    """
    # sudo: charges are written by the system alone, never by a person.
    charges_sudo = charges.sudo().filtered(lambda charge: charge.state == "invoiced")
    for charge_sudo in charges_sudo:
        line_sudo = charge_sudo.move_line_id
        charge_sudo._set_state(
            {
                "state": "pending",
                "move_line_id": False,
                "former_line_ids": [fields.Command.link(line_sudo.id)],
            },
            reason,
        )
    charges_sudo._notify_contracts(
        reason, charges.env._("These charges wait for the next invoice:")
    )


def take_back(charge, line, reason):
    """Put a re-opened charge on a line that asked for it before.

    :param reason: what happened to the invoice, a sentence
    :raise UserError: when it is charged elsewhere, waived, or held until a customer
        is answered
    """
    # sudo: see reopen.
    charge_sudo, env = charge.sudo(), charge.env
    if charge_sudo.state == "held":
        raise UserError(
            env._(
                "%(invoice)s cannot be used again while its charge “%(charge)s” is "
                "held: %(reason)s. Release the charge first.",
                invoice=line.move_id.display_name,
                charge=charge_sudo.name,
                reason=charge_sudo.decision_reason or "",
            )
        )
    if charge_sudo.state != "pending":
        raise UserError(
            env._(
                "%(invoice)s cannot be used again: its charge “%(charge)s” is by "
                "now: %(state)s %(other)s",
                invoice=line.move_id.display_name,
                charge=charge_sudo.name,
                state=charge_sudo._get_state_label().lower(),
                other=charge_sudo.move_id.display_name or "",
            ).strip()
        )
    charge_sudo._set_state(
        {
            "state": "invoiced",
            "move_line_id": line.id,
            "former_line_ids": [fields.Command.unlink(line.id)],
        },
        reason,
    )
    # Nobody saw to it while the line asked for nothing.
    line._check_support_charge_amount()

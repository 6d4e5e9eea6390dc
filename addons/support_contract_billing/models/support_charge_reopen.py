# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError


class SupportCharge(models.Model):
    """Charges that come off their invoice again, and go back on it.

    A charge keeps its key for good, so coming off an invoice never makes room for a
    second one. The lines it was on are remembered: the same invoice can take it back
    as long as no other has asked for it.
    """

    _inherit = "support.charge"

    former_line_ids = fields.Many2many(
        "account.move.line",
        "support_charge_former_line_rel",
        string="Earlier Invoice Lines",
        readonly=True,
        copy=False,
        help="Lines of cancelled or reversed invoices that asked for it before.",
    )

    def _reopen(self, reason):
        """Take the charges off their invoice lines; they wait for the next invoice.

        :param reason: what happened to the invoice, a sentence
        """
        # sudo: charges are written by the system alone, never by a person.
        charges_sudo = self.sudo().filtered(lambda charge: charge.state == "invoiced")
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
            reason, self.env._("These charges wait for the next invoice:")
        )

    def _take_back(self, line, reason):
        """Put a re-opened charge on a line that asked for it before.

        :raise UserError: when it is charged elsewhere, waived, or held until a customer
            is answered
        """
        self.ensure_one()
        # sudo: see _reopen.
        charge_sudo = self.sudo()
        if charge_sudo.state == "held":
            raise UserError(
                self.env._(
                    "%(invoice)s cannot be used again while its charge “%(charge)s” is "
                    "held: %(reason)s. Release the charge first.",
                    invoice=line.move_id.display_name,
                    charge=charge_sudo.name,
                    reason=charge_sudo.decision_reason or "",
                )
            )
        if charge_sudo.state != "pending":
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(invoice)s cannot be used again: its charge “%(charge)s” is by "
                    "now: %(state)s %(other)s",
                    invoice=line.move_id.display_name,
                    charge=charge_sudo.name,
                    state=states[charge_sudo.state].lower(),
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

    def _set_state(self, vals, reason):
        """Write another status with what belongs to it, and log it."""
        self.ensure_one()
        before = self._describe_state()
        self.write(vals)
        self.contract_id._log_event(
            "charge",
            reason,
            record=self,
            field_name="state",
            before=before,
            after=self._describe_state(),
        )

    def _describe_state(self):
        """Status and invoice in words, for the log."""
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        text = states[self.state]
        return f"{text}: {self.move_id.display_name}" if self.move_id else text

    def _notify_contracts(self, *sentences):
        """Write the sentences and the names of these charges on their contracts."""
        for contract, charges in self.grouped("contract_id").items():
            contract.message_post(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    Markup("<br/>").join(sentences),
                    Markup().join(
                        Markup("<li>%s</li>") % charge.name for charge in charges
                    ),
                )
            )

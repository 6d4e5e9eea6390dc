# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    """A customer who refuses invoices without their numbers gets none without."""

    _inherit = "account.move"

    def _post(self, soft=True):
        for move in self:
            if move.move_type == "out_invoice":
                move._check_support_required()
            move._check_support_customer()
        # Whatever a draft went through, it asks for what the charges say.
        self.invoice_line_ids._check_support_charge_booked()
        return super()._post(soft=soft)

    def _check_support_required(self):
        """Refuse what was emptied on the draft.

        :raise UserError: with what to enter
        """
        self.ensure_one()
        contracts_sudo = self._get_support_charges().contract_id
        if not (self.ref or "").strip() and any(
            contracts_sudo.mapped("billing_order_required")
        ):
            raise UserError(
                self.env._(
                    "%(customer)s wants their order number on every invoice. Enter it "
                    "as the reference of %(invoice)s.",
                    customer=self.partner_id.display_name,
                    invoice=self.display_name,
                )
            )
        if not (self.support_customer_reference or "").strip() and any(
            contracts_sudo.mapped("billing_reference_required")
        ):
            raise UserError(
                self.env._(
                    "%(customer)s wants their reference on every invoice. Enter it as "
                    "“Your Reference” of %(invoice)s.",
                    customer=self.partner_id.display_name,
                    invoice=self.display_name,
                )
            )

    def _check_support_customer(self):
        """Refuse a draft that was given to somebody who does not owe the charges.

        They would get the specification of another customer's agreement as well.

        :raise UserError: with what to do
        """
        self.ensure_one()
        for charge_sudo in self._get_support_charges():
            owing = charge_sudo.partner_id.commercial_partner_id
            if owing == self.partner_id.commercial_partner_id:
                continue
            raise UserError(
                self.env._(
                    "“%(charge)s” is owed by %(owing)s, and %(invoice)s is to "
                    "%(customer)s. Choose %(owing)s or an address of theirs again. If "
                    "somebody else has the contract by now, delete the invoice and "
                    "amend the customer of the contract.",
                    charge=charge_sudo.name,
                    owing=owing.display_name,
                    invoice=self.display_name,
                    customer=self.partner_id.display_name,
                )
            )

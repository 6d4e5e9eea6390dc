# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.proposed import EDITABLE

FROM_CHANGE = {"compute": "_compute_order_details", **EDITABLE}


class SupportContractAmend(models.TransientModel):
    """Agree on what the customer wants to see on invoices, and from when."""

    _inherit = "support.contract.amend"

    order_number = fields.Char(
        string="New Order Number",
        help="Is on invoices for what ends on that day or later.",
        **FROM_CHANGE,
    )
    order_reference = fields.Char(string="New Reference", **FROM_CHANGE)

    @api.model
    def _selection_change(self):
        selection = super()._selection_change()
        at = [key for key, __ in selection].index("undo")
        label = self.env._("Change the customer's order number or reference")
        selection.insert(at, ("order", label))
        return selection

    @api.depends("contract_id", "change")
    def _compute_order_details(self):
        """Those of a new customer are their own."""
        for wizard in self:
            kept = wizard.change == "order" and wizard.contract_id
            wizard.order_number = kept and kept.billing_order_number
            wizard.order_reference = kept and kept.billing_reference

    def _prepare_order_vals(self):
        return {
            "billing_order_number": self.order_number,
            "billing_reference": self.order_reference,
        }

    def _get_changes_order(self):
        return [(self.contract_id, self._prepare_order_vals())]

    def _get_changes_customer(self):
        changes = super()._get_changes_customer()
        return [(record, vals | self._prepare_order_vals()) for record, vals in changes]

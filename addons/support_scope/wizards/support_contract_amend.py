# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportContractAmend(models.TransientModel):
    """Agree on whether billed work waits for the customer's approval."""

    _inherit = "support.contract.amend"

    approval_required = fields.Boolean(
        string="Billed Work Needs Approval",
        compute="_compute_approval_required",
        store=True,
        readonly=False,
        help="Decides on time of the days from then on; what is before stays as it is.",
    )

    @api.model
    def _selection_change(self):
        selection = super()._selection_change()
        at = [key for key, __ in selection].index("terms")
        selection.insert(
            at, ("approval", self.env._("Ask for approval of billed work, or no more"))
        )
        return selection

    @api.depends("contract_id")
    def _compute_approval_required(self):
        for wizard in self:
            wizard.approval_required = wizard.contract_id.approval_required

    def _get_changes_approval(self):
        return [(self.contract_id, {"approval_required": self.approval_required})]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models

from ..read_once import read_once
from ..rights import RightJudge

BADGE = Markup('<span class="badge rounded-pill %s me-1">%s</span>')


class SupportOverviewCustomer(models.TransientModel):
    """A contract in the list "My customers", with what may be asked of it today.

    Add-ons above have a column by a field, computed for all rows at once, and an
    inherited view.
    """

    _name = "support.overview.customer"
    _description = "Customer on the Overview"
    _inherit = "support.window.mixin"
    _order = "overview_id, sequence, id"

    overview_id = fields.Many2one("support.overview", ondelete="cascade", index=True)
    sequence = fields.Integer()
    contract_id = fields.Many2one("support.contract", ondelete="cascade")
    partner_id = fields.Many2one(related="contract_id.partner_id")
    name = fields.Char(related="contract_id.name")
    next_deadline = fields.Date(compute="_compute_next_deadline")
    rights = fields.Html("May Have Today", compute="_compute_rights", sanitize=False)

    @api.depends("contract_id")
    def _compute_rights(self):
        # Read together, not one by one.
        contracts = {one.id: one for one in read_once(self.contract_id)}
        rights = self._get_rights()
        for customer in self:
            contract = contracts.get(customer.contract_id.id)
            customer.rights = contract and Markup("").join(
                self._render_badge(right, contract) for right in rights
            )

    @api.depends("contract_id")
    def _compute_next_deadline(self):
        deadlines = dict(
            self.env["support.deadline"]._read_group(
                [
                    ("contract_id", "in", self.contract_id.ids),
                    ("date", ">=", self.env.company._support_today()),
                ],
                ["contract_id"],
                ["date:min"],
            )
        )
        for customer in self:
            customer.next_deadline = deadlines.get(customer.contract_id)

    @api.model
    def _get_rights(self):
        """The rights that are asked for every day, as `support.right`; extend."""
        rights = self.env["support.right"].search([])
        asked = ("maintenance", "hotfix", "upgrade")
        return rights.filtered(lambda right: right.code in asked)

    @api.model
    def _render_badge(self, right, contract):
        """Whether the customer has the right today, as HTML.

        :param contract: a `support.contract` that is only read, see
            :mod:`..read_once`
        """
        day = contract.company_id._support_today()
        allowed = RightJudge(contract).is_allowed(right, day)
        note = self._describe_right(right, contract, day) if allowed else ""
        return BADGE % (
            "text-bg-success" if allowed else "text-bg-light",
            f"{right.name} {note or ('✓' if allowed else '✗')}",
        )

    @api.model
    def _describe_right(self, right, contract, day):
        """What else there is to say of a right that the customer has; extend."""
        return ""

    def action_open(self):
        """Open the contract; a button."""
        self.check_access("read")
        return self.contract_id._get_records_action()

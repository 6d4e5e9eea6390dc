# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportContractContact(models.Model):
    """Who of the customer may say yes to billed work, and up to how much."""

    _inherit = "support.contract.contact"

    currency_id = fields.Many2one(related="contract_id.currency_id")
    may_approve = fields.Boolean(
        string="May Approve Work",
        compute="_compute_may_approve",
        store=True,
        readonly=False,
        help="Says yes to work that is billed.",
    )
    approval_limit = fields.Monetary(
        help="The untaxed amount that this person may approve at once. Empty: any.",
    )

    _approval_limit_positive = models.Constraint(
        "CHECK (approval_limit >= 0)", "A limit cannot be negative."
    )

    @api.depends("role")
    def _compute_may_approve(self):
        for contact in self:
            contact.may_approve = contact.role == "administrator"

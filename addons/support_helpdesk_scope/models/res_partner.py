# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.windows import get_list_action

from ..month import Month


class ResPartner(models.Model):
    _inherit = "res.partner"

    support_ticket_month = fields.Integer(
        string="Tickets This Month",
        compute="_compute_support_month",
        compute_sudo=True,
        groups="support_contract.group_support_user",
    )
    support_time_month = fields.Char(
        string="Time This Month",
        compute="_compute_support_month",
        compute_sudo=True,
        groups="support_contract.group_support_user",
    )

    @api.depends_context("company", "allowed_company_ids")
    def _compute_support_month(self):
        month = Month(self.env)
        Contract = self.env["support.contract"]
        for partner in self:
            contracts = Contract.search(
                [
                    (
                        "partner_id.commercial_partner_id",
                        "=",
                        partner.commercial_partner_id.id,
                    ),
                    # In superuser mode no rule leaves other companies aside.
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
            partner.support_ticket_month = month.count_tickets(contracts)
            partner.support_time_month = month.get_time(contracts)

    def action_view_support_tickets(self):
        """The tickets on this customer's contracts; a button."""
        self.ensure_one()
        return get_list_action(
            self.env._("Tickets"),
            "helpdesk.ticket",
            [
                (
                    "support_contract_id.partner_id.commercial_partner_id",
                    "=",
                    self.commercial_partner_id.id,
                )
            ],
            "kanban,list,form",
            context={"search_default_group_verdict": 1},
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.support_contract.windows import get_list_action


class SupportOverview(models.TransientModel):
    """The user's open tickets, on the first page; their customers are mine."""

    _inherit = "support.overview"

    ticket_count = fields.Integer("My Tickets Waiting", compute="_compute_ticket_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ticket_count(self):
        tickets = self.env["helpdesk.ticket"]
        readable = tickets.has_access("read")
        number = readable and tickets.search_count(self._get_tickets_domain())
        for overview in self:
            overview.ticket_count = number

    def action_view_tickets(self):
        self.check_access("read")
        return get_list_action(
            self.env._("My Tickets Waiting"),
            "helpdesk.ticket",
            list(self._get_tickets_domain()),
        )

    @api.model
    def _get_tickets_domain(self):
        own = Domain("company_id", "in", self.env.companies.ids)
        tickets = self.env["helpdesk.ticket"]
        mine = Domain("user_id", "=", self.env.uid)
        return own & mine & Domain(tickets._get_open_work_domain())

    @api.model
    def _get_mine(self):
        tickets = self.env["helpdesk.ticket"]
        if not tickets.has_access("read"):
            return super()._get_mine()
        contracts = tickets.search(self._get_tickets_domain()).support_contract_id
        return super()._get_mine() | Domain("id", "in", contracts.ids)

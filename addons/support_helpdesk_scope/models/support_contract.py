# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.support_contract.windows import get_linked_action

from ..month import Month


class SupportContract(models.Model):
    _inherit = "support.contract"

    ticket_count_month = fields.Integer(
        string="Tickets This Month", compute="_compute_month", compute_sudo=True
    )
    time_month = fields.Char(
        string="Time This Month", compute="_compute_month", compute_sudo=True
    )

    def _compute_month(self):
        month = Month(self.env)
        for contract in self:
            contract.ticket_count_month = month.count_tickets(contract)
            contract.time_month = month.get_time(contract)

    def action_view_tickets(self):
        """The tickets of this contract; a button."""
        return get_linked_action(
            self,
            "support_helpdesk_scope.helpdesk_ticket_action",
            link="support_contract_id",
            context={"search_default_group_verdict": 1},
        )

    def _get_work_time_domain(self):
        domain = super()._get_work_time_domain()
        return domain | Domain("ticket_id.support_contract_id", "in", self.ids)

    def _set_state(self, state, note=""):
        result = super()._set_state(state, note)
        self._evaluate_waiting_tickets()
        return result

    def _after_amendment(self, amendment):
        result = super()._after_amendment(amendment)
        self._evaluate_waiting_tickets()
        return result

    def _evaluate_waiting_tickets(self):
        """Look again at open tickets without a contract that could be on these now."""
        customers = self.partner_id.commercial_partner_id
        # sudo: whose work a ticket is does not depend on who asks.
        Ticket = self.env["helpdesk.ticket"].sudo()
        Ticket.search(
            Domain(Ticket._get_open_work_domain())
            & Domain("is_support_work", "=", True)
            & Domain("support_contract_id", "=", False)
            & (
                Domain("partner_id", "=", False)
                | Domain("commercial_partner_id", "in", customers.ids)
            )
        )._evaluate()

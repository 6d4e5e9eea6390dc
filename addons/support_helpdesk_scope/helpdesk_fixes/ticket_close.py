# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController


class HelpdeskTicketClose(HelpdeskTicketController):
    """Only a ticket of one's own customer is closed, and never by a link.

    Upstream, helpdesk_mgmt/controllers/main.py: the ticket is found in superuser mode,
    so any portal user closes any ticket of any customer by its number, also by GET.
    """

    @http.route(methods=["POST"])
    def support_ticket_close(self, ticket_id="", stage_id="", **kw):
        if ticket := self._get_closable_ticket(ticket_id):
            team = ticket.with_company(ticket.company_id).team_id
            stages = team._get_applicable_stages().filtered("close_from_portal")
            if stage := stages.filtered(lambda one: str(one.id) == stage_id):
                ticket.stage_id = stage
            return request.redirect(f"/my/ticket/{ticket.id}")
        return request.redirect("/my")

    def _get_closable_ticket(self, ticket_id):
        """The ticket if it is the visitor's own, else None; in superuser mode, for
        customers write nothing else of it.
        """
        user = request.env.user
        ticket = request.env["helpdesk.ticket"].browse(
            int(ticket_id) if ticket_id.isdecimal() else 0
        )
        try:
            ticket.check_access("write" if user._is_internal() else "read")
            sudo = ticket.sudo().exists()
        except (AccessError, MissingError):
            return None
        # Whoever follows from another company reads along only.
        own = sudo.commercial_partner_id == user.commercial_partner_id
        return sudo if sudo and (own or user._is_internal()) else None

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


class SupportHelpdeskPortal(CustomerPortalHelpdesk):
    """A ticket's page says to key users whether the agreement includes it, and shows
    the conversation alone to whoever follows it from elsewhere, or has its link.
    """

    @http.route()
    def portal_my_ticket(self, ticket_id, access_token=None, **kw):
        ticket = request.env["helpdesk.ticket"].browse(ticket_id)
        if ticket._is_followed_from_outside():
            # sudo: no field of the ticket is a follower's to read; the page shows what
            # the followers' mails say.
            values = self._ticket_get_page_view_values(ticket.sudo(), None, **kw)
            return request.render("helpdesk_mgmt.portal_helpdesk_ticket_page", values)
        return super().portal_my_ticket(ticket_id, access_token=access_token, **kw)

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        verdict = ticket._get_portal_verdict(request.env.user)
        return values | {
            "support_verdict": verdict,
            "conversation_only": not ticket._is_of_customer(request.env.user),
        }

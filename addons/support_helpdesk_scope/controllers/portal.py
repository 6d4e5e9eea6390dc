# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.myaccount import CustomerPortalHelpdesk


class SupportHelpdeskPortal(CustomerPortalHelpdesk):
    """A ticket's page says to key users whether the agreement includes it."""

    def _ticket_get_page_view_values(self, ticket, access_token, **kwargs):
        values = super()._ticket_get_page_view_values(ticket, access_token, **kwargs)
        verdict = ticket._get_portal_verdict(request.env.user)
        return values | {"support_verdict": verdict}

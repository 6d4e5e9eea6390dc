# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.http import request

from odoo.addons.helpdesk_mgmt.controllers.main import HelpdeskTicketController


class HelpdeskTicketSubmitted(HelpdeskTicketController):
    """A customer chooses a topic that the form offers.

    Upstream, helpdesk_mgmt/controllers/main.py: the number is taken unchecked, and a
    topic proposes what kind of work it is.
    """

    def _prepare_submit_ticket_vals(self, **kw):
        topics = request.env["helpdesk.ticket.category"]
        shown = topics.search([("show_in_portal", "=", True)])
        if kw.get("category") not in map(str, shown.ids):
            kw = {**kw, "category": 0}
        return super()._prepare_submit_ticket_vals(**kw)

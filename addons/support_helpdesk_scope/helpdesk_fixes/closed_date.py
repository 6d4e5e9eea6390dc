# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def clear_closed_date(tickets):
    """A ticket that is open again has no date on which it was closed.

    Upstream: `write` of helpdesk_mgmt/models/helpdesk_ticket.py sets the date and never
    takes it away, so reports and the portal show an open ticket as closed.
    """
    # sudo: whoever reopens a ticket may be without the right to write on others.
    reopened = tickets.sudo().filtered(
        lambda one: one.closed_date and not one.stage_id.closed
    )
    if reopened:
        reopened.write({"closed_date": False})

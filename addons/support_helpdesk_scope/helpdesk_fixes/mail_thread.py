# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, models

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """Automatic replies open no tickets: each answer to them would open the next.

    Neither Odoo nor `helpdesk_mgmt` looks at the headers by which a mail says that a
    machine answers. Replies to a ticket that is there are kept. Mails that a machine
    begins by itself, such as alarms, open tickets as before; of those Odoo stops too
    many from one sender.
    """

    _inherit = "mail.thread"

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        routes = super().message_route(
            message, message_dict, model, thread_id, custom_values
        )
        if not _is_automatic_reply(message):
            return routes
        kept = [one for one in routes if one[0] != "helpdesk.ticket" or one[1]]
        if len(kept) < len(routes):
            _logger.info(
                "The automatic reply %s opens no ticket.", message_dict["message_id"]
            )
        return kept


def _is_automatic_reply(message):
    """Whether the headers say so: RFC 3834, and what was usual before it."""
    submitted = (message.get("Auto-Submitted") or "").strip().lower()
    precedence = (message.get("Precedence") or "").strip().lower()
    # Replies by machines have an empty sender, so that nobody replies to them.
    sender = message.get("Return-Path")
    return (
        submitted.startswith("auto-replied")
        or precedence == "auto_reply"
        or bool(message.get("X-Autoreply") or message.get("X-Autorespond"))
        or (sender is not None and str(sender).strip() == "<>")
    )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..questions import AUTOMATIC


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Whether a program has sent it is known here alone. RFC 3834, section 5."""
        submitted = (message.get("Auto-Submitted") or "no").strip().lower()
        automatic = (
            submitted != "no"
            or message.get("X-Autoreply")
            or message.get("X-Autorespond")
            or (message.get("Precedence") or "").strip().lower()
            in ("auto_reply", "bulk", "junk", "list")
        )
        if automatic:
            self = self.with_context(**{AUTOMATIC: True})
        return super()._message_route_process(message, message_dict, routes)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def _get_failure_in_words(self):
        """Why the e-mail did not go out or did not arrive."""
        self.ensure_one()
        labels = dict(self._fields["failure_type"]._description_selection(self.env))
        # sudo: e-mails are the system's own.
        detail = self.failure_reason or self.sudo().mail_mail_id.failure_reason
        kind = labels.get(self.failure_type) or self.env._("The e-mail failed")
        return f"{kind}: {detail}" if detail else kind

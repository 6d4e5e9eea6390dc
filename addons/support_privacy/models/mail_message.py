# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import models

from odoo.addons.support_contract_billing.retention import get_until


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _is_support_kept(self):
        """Whether it is on bookkeeping material that still has to be kept."""
        self.ensure_one()
        if not self.res_id or self.model not in self.env:
            return False
        record = self.env[self.model].browse(self.res_id)
        until = get_until(record).get(record.id)
        return bool(until) and until > date.today()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import models

from odoo.addons.support_contract_billing.retention import get_until


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _filter_support_kept(self):
        """Those on bookkeeping material that still has to be kept."""
        kept = self.browse()
        for model, messages in self.filtered("res_id").grouped("model").items():
            if model in self.env:
                until = get_until(self.env[model].browse(messages.mapped("res_id")))
                ids = {one for one, day in until.items() if day > date.today()}
                kept |= messages.filtered(lambda one, ids=ids: one.res_id in ids)
        return kept

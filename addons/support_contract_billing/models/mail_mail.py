# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """An e-mail with an invoice has failed, or at last gone out: see what of it.

        Only asked for here. This transaction has sent e-mails, and must not fail
        because of somebody who works on the same contract.
        """
        moves = self.env["account.move"].browse(
            mail.res_id
            for mail in self
            if mail.is_notification and mail.model == "account.move"
        )
        result = super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )
        contracts = moves._get_support_contracts() if moves else []
        if contracts and (failure_type or any(contracts.mapped("sending_error"))):
            contracts._ask_for_sending_check()
        return result

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class AccountMoveSend(models.AbstractModel):
    """The specification goes with the invoice, and a failure is kept."""

    _inherit = "account.move.send"

    @api.model
    def _get_placeholder_mail_attachments_data(self, move, **options):
        data = super()._get_placeholder_mail_attachments_data(move, **options)
        if move.has_support_specification and not move.support_specification_id:
            name = move._get_support_specification_name()
            data.append(
                {
                    "id": f"placeholder_{name}",
                    "name": name,
                    "mimetype": "application/pdf",
                    "placeholder": True,
                }
            )
        return data

    @api.model
    def _link_invoice_documents(self, invoices_data):
        result = super()._link_invoice_documents(invoices_data)
        for invoice in invoices_data:
            invoice._make_support_specification()
        return result

    @api.model
    def _get_invoice_extra_attachments(self, move):
        attachments = super()._get_invoice_extra_attachments(move)
        return attachments + move.support_specification_id

    @api.model
    def _hook_if_errors(self, moves_data, allow_raising=True):
        """Odoo leaves the reason among the invoice's messages, where nobody looks."""
        result = super()._hook_if_errors(moves_data, allow_raising=allow_raising)
        for move, move_data in moves_data.items():
            if move.support_charge_count:
                text = self._format_error_text(move_data["error"])
                move.support_sending_error = text
                self.env["support.contract"]._ask_for_sending_check()
        return result

    @api.model
    def _hook_if_success(self, moves_data, from_cron=False):
        result = super()._hook_if_success(moves_data, from_cron=from_cron)
        for move, move_data in moves_data.items():
            if not move.support_charge_count:
                continue
            problem = from_cron and self._get_no_address(move, move_data)
            if problem or move.support_sending_error:
                move.support_sending_error = problem
                self.env["support.contract"]._ask_for_sending_check()
        return result

    @api.model
    def _get_no_address(self, move, move_data):
        """The sentence for an invoice that went by e-mail to nobody; else False.

        Odoo takes such a sending for a success.
        """
        if "email" not in move_data["sending_methods"] or move_data["mail_partner_ids"]:
            return False
        return self.env._(
            "%s has no e-mail address. Enter it and send the invoice again.",
            move.partner_id.display_name,
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..questions import AUTOMATIC


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
    def _generate_invoice_fallback_documents(self, invoices_data):
        """What is posted goes out as the invoice, never as a proforma of it."""
        for invoice, data in invoices_data.items():
            if data.get("error") and invoice._has_own_links():
                invoice._make_support_pdf()
                if invoice.invoice_pdf_report_id:
                    data.pop("error")
        return super()._generate_invoice_fallback_documents(invoices_data)

    @api.model
    def _get_invoice_extra_attachments(self, move):
        attachments = super()._get_invoice_extra_attachments(move)
        return attachments + move.support_specification_id

    @api.model
    def _send_mail(self, move, mail_template, **kwargs):
        # To send it once more answers nobody.
        move = move.with_context(**{AUTOMATIC: True})
        return super()._send_mail(move, mail_template, **kwargs)

    # === WHETHER SOMEBODY CAN RECEIVE IT === #

    @api.model
    def _get_alerts(self, moves, moves_data):
        """Nothing is mailed to a public customer. One invoice is refused at once; of
        many, those that Odoo sends later get a to-do.
        """
        alerts = super()._get_alerts(moves, moves_data)
        public = moves.filtered(
            lambda move: "email" in moves_data[move]["sending_methods"]
            and _is_public(move)
        )
        if public:
            alerts["support_public_customer"] = {
                "message": self._get_no_way("email", public[0]),
                "level": "danger" if len(moves) == 1 else "warning",
            }
        return alerts

    @api.model
    def _is_applicable_to_move(self, method, move, **move_data):
        if method == "email" and _is_public(move):
            return False
        return super()._is_applicable_to_move(method, move, **move_data)

    @api.model
    def _get_default_sending_settings(self, move, from_cron=False, **custom_settings):
        """An invoice of ours goes out by itself only where it can be received."""
        if (
            not from_cron
            or "sending_methods" in custom_settings
            or not move.support_charge_count
        ):
            return super()._get_default_sending_settings(
                move, from_cron=from_cron, **custom_settings
            )
        methods, reason = self._get_support_sending_methods(move)
        settings = super()._get_default_sending_settings(
            move, from_cron=from_cron, **custom_settings, sending_methods=methods
        )
        return settings | {"support_unsent": reason}

    @api.model
    def _get_support_sending_methods(self, move):
        """Ways on which the invoice reaches its customer, else why there is none.

        :return: (set of methods, sentence); by hand, where there is a sentence
        """
        move = move.with_company(move.company_id)
        reasons = {
            method: self._get_no_way(method, move)
            for method in sorted(self._get_default_sending_methods(move))
        }
        methods = {method for method, reason in reasons.items() if not reason}
        if methods:
            return methods, ""
        if (
            move.company_id.support_email_instead
            and not {"email", "manual"} & reasons.keys()
            and not self._get_no_way("email", move)
        ):
            return {"email"}, ""
        # E-invoices come after e-mail.
        return {"manual"}, list(reasons.values())[-1]

    @api.model
    def _get_no_way(self, method, move):
        """Why the customer cannot receive this invoice so, and what to do; extend.

        :return: a sentence, or nothing where they can
        """
        customer = move.commercial_partner_id
        if method == "manual":
            return self.env._(
                "%(customer)s gets invoices by hand. Download it with “Send” and hand "
                "it over, or choose another way of sending on the contact and send it "
                "again.",
                customer=customer.display_name,
            )
        if method == "email":
            return _is_public(move) and self.env._(
                "%(customer)s is a public customer and takes e-invoices only. Choose "
                "an e-invoice as the way of sending on the contact and send it again.",
                customer=customer.display_name,
            )
        if self._is_applicable_to_move(method, move):
            return ""
        return self.env._(
            "%(customer)s cannot receive an invoice in the way that is chosen on the "
            "contact. Choose another one and send it again.",
            customer=customer.display_name,
        )

    @api.model
    def _get_unreached(self, move, move_data):
        """Why an invoice that Odoo takes for sent was not; extend."""
        if "email" in move_data["sending_methods"] and _is_public(move):
            return self._get_no_way("email", move)
        return move_data.get("support_unsent")

    @api.model
    def _hook_if_errors(self, moves_data, allow_raising=True):
        """Odoo leaves the reason among the invoice's messages, where nobody looks."""
        for move_data in moves_data.values():
            # Too large for Peppol: Odoo itself expects something else there.
            if isinstance(move_data["error"], str):
                move_data["error"] = {"error_title": move_data["error"]}
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
            problem = self._get_unreached(move, move_data) or (
                from_cron and self._get_no_address(move, move_data)
            )
            move.support_failing_since = False
            # Odoo says so as soon as there is a PDF, and then never again.
            move.is_move_sent = not problem
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


def _is_public(move):
    return move.commercial_partner_id.support_public_customer

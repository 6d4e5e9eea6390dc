# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, MissingError

from odoo.addons.account.controllers.portal import PortalAccount


class SupportInvoicePortal(PortalAccount):
    """The customer's page of an invoice of ours."""

    @http.route()
    def portal_my_invoice_detail(
        self, invoice_id, access_token=None, report_type=None, download=False, **kw
    ):
        """Whoever opens a posted invoice first gets the invoice, and no proforma."""
        if report_type:
            try:
                move_sudo = self._document_check_access(
                    "account.move", invoice_id, access_token
                )
            except (AccessError, MissingError):
                move_sudo = None
            if move_sudo and move_sudo._has_own_links():
                move_sudo._make_support_pdf()
        return super().portal_my_invoice_detail(
            invoice_id,
            access_token=access_token,
            report_type=report_type,
            download=download,
            **kw,
        )

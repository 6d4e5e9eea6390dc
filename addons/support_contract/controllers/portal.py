# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import binascii

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..portal import find_contract, find_contracts
from ..signing import get_digest_to_sign
from .link import refuse_link


class SupportPortal(CustomerPortal):
    """The agreement as its customer sees it."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "support_contract_count" in counters:
            values["support_contract_count"] = len(find_contracts(request.env.user))
        return values

    @http.route("/my/support", type="http", auth="user", website=True, readonly=True)
    def portal_my_support(self, **kwargs):
        values = self._prepare_portal_layout_values()
        values |= {
            "contracts": find_contracts(request.env.user),
            "page_name": "support_contract",
            "default_url": "/my/support",
        }
        return request.render("support_contract.portal_my_support", values)

    @http.route(
        "/my/support/<int:contract_id>", type="http", auth="public", website=True
    )
    def portal_support_contract(
        self, contract_id, access_token=None, message=None, report_type=None, **kwargs
    ):
        try:
            contract_sudo = self._get_portal_contract(
                contract_id,
                access_token,
                card="agreement" if report_type else None,
            )
        except (AccessError, MissingError):
            refuse_link(access_token)
            return request.redirect("/my")
        if report_type == "pdf":
            return self._show_report(
                model=contract_sudo,
                report_type="pdf",
                report_ref="support_contract.action_report_agreement",
                download=True,
            )
        if report_type == "signed" and contract_sudo.signed_document_id:
            stream = request.env["ir.binary"]._get_stream_from(
                contract_sudo.signed_document_id
            )
            return stream.get_response(as_attachment=True)
        return self._render_portal_contract(contract_sudo, access_token, message)

    def _render_portal_contract(self, contract_sudo, access_token, message, **values):
        cards = contract_sudo._get_visible_cards(request.env.user, access_token)
        values |= self._prepare_portal_layout_values()
        values |= {
            # Not `contract`: OCA contract has breadcrumbs for that.
            "support_contract": contract_sudo,
            "cards": cards,
            "overview": contract_sudo._prepare_portal_overview(cards),
            # Only what opened this page opens its links too.
            "token": access_token,
            "digest": "sign" in cards and get_digest_to_sign(contract_sudo),
            "message": message if message in self._get_portal_messages() else None,
            "page_name": "support_contract",
            "res_company": contract_sudo.company_id,
        }
        return request.render("support_contract.portal_contract", values)

    @http.route(
        "/my/support/<int:contract_id>/sign",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_support_sign(
        self, contract_id, access_token=None, name=None, signature=None
    ):
        query = request.httprequest.args
        access_token = access_token or query.get("access_token")
        try:
            contract_sudo = self._get_portal_contract(
                contract_id, access_token, card="sign"
            )
            with request.env.cr.savepoint():  # half a signature is none
                contract_sudo._sign(
                    name,
                    signature,
                    request.env.user,
                    request.httprequest.remote_addr,
                    query.get("digest"),
                )
        except (AccessError, MissingError):
            return {"error": request.env._("This agreement is not yours to sign.")}
        except (TypeError, ValueError, binascii.Error):
            return {
                "error": request.env._("The signature could not be read. Try again.")
            }
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": contract_sudo._get_portal_link(
                access_token, message="signed"
            ),
        }

    def _get_portal_messages(self):
        """What the page of a contract can be opened with, to say what was done."""
        return {"signed"}

    def _get_portal_contract(self, contract_id, access_token, card=None):
        """The contract in superuser mode, if the visitor may see that of it.

        :raise AccessError, MissingError: otherwise
        """
        return find_contract(contract_id, request.env.user, access_token, card)

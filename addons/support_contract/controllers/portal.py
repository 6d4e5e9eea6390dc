# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import binascii

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..asking import Asking
from ..portal import find_contract, find_contracts, get_pages
from ..read_once import read_once
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
        contracts = find_contracts(request.env.user)
        if len(contracts) == 1:
            return request.redirect(contracts._get_portal_link(None))
        values = self._prepare_portal_layout_values()
        values |= {
            "contracts": contracts,
            "page_name": "support_contract",
            "default_url": "/my/support",
        }
        return request.render("support_contract.portal_my_support", values)

    @http.route(
        [
            "/my/support/<int:contract_id>",
            "/my/support/<int:contract_id>/<string:page>",
        ],
        type="http",
        auth="public",
        website=True,
    )
    def portal_support_contract(
        self,
        contract_id,
        page=None,
        access_token=None,
        message=None,
        report_type=None,
        **kwargs,
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
        return self._render_portal_contract(contract_sudo, access_token, page, message)

    def _render_portal_contract(
        self, contract_sudo, access_token, page, message=None, **values
    ):
        """One page of a contract.

        :param page: its code; by default the first one that the visitor may see
        """
        cards = contract_sudo._get_visible_cards(request.env.user, access_token)
        pages = get_pages(contract_sudo, cards)
        if page and page not in pages:
            if page in contract_sudo._get_portal_pages():
                link = contract_sudo._get_portal_link(access_token)
                return request.redirect(link if pages else "/my")
            raise NotFound()
        if not pages:
            return request.redirect("/my")
        page = page or next(iter(pages))
        visitor = self._get_visitor(contract_sudo, access_token)
        contract_sudo = read_once(contract_sudo).with_context(
            support_visitor=visitor.id
        )
        values |= self._prepare_portal_layout_values()
        values |= {
            # Not `contract`: OCA contract has breadcrumbs for that.
            "support_contract": contract_sudo,
            "cards": cards,
            "pages": pages,
            "page": page,
            # What other pages show is not computed.
            "overview": contract_sudo._prepare_portal_overview(
                cards & pages[page].cards
            ),
            # Only what opened this page opens its links too.
            "token": access_token,
            "digest": "sign" in cards & pages[page].cards
            and get_digest_to_sign(contract_sudo),
            "message": message if message in self._get_portal_messages() else None,
            "page_name": "support_contract",
            "res_company": contract_sudo.company_id,
        }
        return request.render("support_contract.portal_page", values)

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
            # A change of what was sent closes the link as well.
            return {
                "error": request.env._(
                    "This agreement is not yours to sign, or it has changed since it "
                    "was sent: ask us to send it again."
                )
            }
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

    @http.route(
        "/my/support/<int:contract_id>/ask",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_support_ask(
        self,
        contract_id,
        kind="",
        page="today",
        text="",
        choice="",
        access_token=None,
        **kwargs,
    ):
        """The customer asks, orders, or wishes to end something."""
        try:
            contract_sudo = self._get_portal_contract(
                contract_id, access_token, card=f"ask_{kind}"
            )
        except (AccessError, MissingError):
            refuse_link(access_token)
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                person = self._get_visitor(contract_sudo, access_token)
                Asking(contract_sudo, kind, person).ask(text, choice, kwargs)
        except UserError as error:
            return self._render_portal_contract(
                contract_sudo,
                access_token,
                page if page != "today" else None,
                asked={"kind": kind, "text": text, "choice": choice}
                | {"error": str(error)},
            )
        link = contract_sudo._get_page_link(page, access_token, message="asked")
        return request.redirect(link)

    def _get_visitor(self, contract_sudo, access_token):
        """Who looks at a contract: whom the link was mailed to, or who is logged in.

        :return: `res.partner` in superuser mode
        """
        user = request.env.user
        person = contract_sudo._get_link_person(access_token, user)
        return person if person and user._is_public() else user.partner_id.sudo()

    def _get_portal_messages(self):
        """What the page of a contract can be opened with, to say what was done."""
        return {"signed", "asked"}

    def _get_portal_contract(self, contract_id, access_token, card=None):
        """The contract in superuser mode, if the visitor may see that of it.

        :raise AccessError, MissingError: otherwise
        """
        return find_contract(contract_id, request.env.user, access_token, card)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from werkzeug.exceptions import abort
from werkzeug.urls import url_encode

from odoo import SUPERUSER_ID, http
from odoo.exceptions import AccessError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..links import PAGE, read_token


class SupportLink(CustomerPortal):
    """Where the links in our mails lead, and where one gets a new one.

    Whether a token was forged, is out of date or somebody else's is not told: all get
    the same page and the same answer.
    """

    @http.route(PAGE, type="http", auth="public", website=True, sitemap=False)
    def portal_support_link(self, access_token="", **kwargs):
        link = read_token(request.env, access_token)
        if not link or not link.opens_for(request.env.user):
            return self._render_link_refused(access_token)
        record_sudo = link.record
        if page := record_sudo._get_link_page(access_token):
            return request.redirect(page)
        template, values = record_sudo._get_link_template()
        values = self._prepare_portal_layout_values() | values
        return request.render(
            template, values | {"res_company": record_sudo.company_id}
        )

    @http.route(
        f"{PAGE}/new",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def portal_support_link_new(self, access_token="", **kwargs):
        if link := read_token(request.env, access_token):
            link.renew()
        return self._render_link_refused(access_token, asked=True)

    def _render_link_refused(self, access_token, asked=False):
        values = self._prepare_portal_layout_values()
        values |= {"token": access_token, "asked": asked, "no_breadcrumbs": True}
        return request.render("support_contract.portal_link_refused", values)

    def _document_check_access(self, model_name, document_id, access_token=None):
        """Documents of ours open by our own links, and no more by Odoo's token."""
        model = request.env[model_name]
        if not isinstance(model, request.env.registry["support.link.mixin"]):
            return super()._document_check_access(
                model_name, document_id, access_token=access_token
            )
        # sudo: whose document it is, before anything of it is given away.
        record_sudo = model.browse(document_id).sudo().exists()
        if not record_sudo or not record_sudo._has_own_links():
            return super()._document_check_access(
                model_name, document_id, access_token=access_token
            )
        if record_sudo._get_link_person(access_token):
            return record_sudo.with_user(SUPERUSER_ID).with_context(
                support_link_token=access_token
            )
        try:
            return super()._document_check_access(model_name, document_id)
        except AccessError:
            refuse_link(access_token)
            raise


def refuse_link(access_token):
    """Lead a visitor whose link opens nothing to where they get a new one.

    Whoever changed the number in the address has a link that opens something else.
    """
    link = read_token(request.env, access_token) if access_token else None
    if link and link.opens_for(request.env.user):
        return
    if access_token and request.dispatcher.routing_type == "http":
        query = url_encode({"access_token": access_token})
        abort(request.redirect(f"{PAGE}?{query}"))

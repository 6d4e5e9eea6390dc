# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from odoo.addons.support_contract.controllers.portal import SupportPortal


class SupportCodePortal(SupportPortal):
    """Where the customer says where the code of a system is."""

    def _get_portal_messages(self):
        return super()._get_portal_messages() | {"code"}

    @http.route(
        "/my/support/<int:contract_id>/code",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_support_code(
        self,
        contract_id,
        access_token=None,
        instance_id=None,
        url=None,
        branch=None,
        **kwargs,
    ):
        """The customer says where the code of a system is."""
        try:
            contract_sudo = self._get_portal_contract(
                contract_id, access_token, card="code"
            )
        except (AccessError, MissingError):
            return request.redirect("/my")
        try:
            with request.env.cr.savepoint():
                contract_sudo._propose_address(
                    instance_id, url, branch, request.env.user
                )
        except UserError as error:
            return self._render_portal_contract(
                contract_sudo,
                access_token,
                "code",
                code_error=str(error),
                code_entered={"instance": instance_id, "url": url, "branch": branch},
            )
        return request.redirect(
            contract_sudo._get_portal_link(access_token, "/code", message="code")
        )

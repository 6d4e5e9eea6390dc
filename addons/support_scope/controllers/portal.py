# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.support_contract.controllers.link import refuse_link

from ..approvers import Approvers


class SupportApprovalPortal(CustomerPortal):
    """Where a customer says yes or no to billed work. Opening it decides nothing."""

    @http.route(
        "/my/support/approval/<int:approval_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
    )
    def portal_support_approval(
        self, approval_id, access_token=None, error=None, **kwargs
    ):
        approval_sudo = self._get_approval(approval_id, access_token)
        return self._render_approval(approval_sudo, access_token)

    @http.route(
        "/my/support/approval/<int:approval_id>/decide",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_support_approval_decide(
        self,
        approval_id,
        answer="",
        name="",
        order_number="",
        reason="",
        day="",
        access_token=None,
        **kwargs,
    ):
        approval_sudo = self._get_approval(approval_id, access_token)
        approvers = Approvers(approval_sudo)
        partner, via = approvers.get_decider(request.env.user, access_token)
        error = None
        try:
            with request.env.cr.savepoint():
                if answer == "accept":
                    approval_sudo._accept(partner, name, via, order_number, reason)
                elif answer == "decline":
                    approval_sudo._decline(partner, name, via, reason)
                elif answer == "object":
                    approval_sudo._object(reason, partner)
                elif answer == "end":
                    approval_sudo._end(fields.Date.to_date(day), partner, reason)
        except UserError as refused:
            error = str(refused)
        except ValueError:
            error = request.env._("Enter a day.")
        return self._render_approval(approval_sudo, access_token, error)

    def _get_approval(self, approval_id, access_token):
        """The approval in superuser mode, if the visitor may see it; else a 404."""
        approval_sudo = request.env["support.work.approval"]._get_portal_approval(
            approval_id, request.env.user, access_token
        )
        if not approval_sudo:
            refuse_link(access_token)
            raise NotFound()
        return approval_sudo

    def _render_approval(self, approval_sudo, access_token, error=None):
        approvers = Approvers(approval_sudo)
        partner, _via = approvers.get_decider(request.env.user, access_token)
        ends = approval_sudo._get_earliest_end()
        values = self._prepare_portal_layout_values() | {
            "approval": approval_sudo,
            "token": access_token,
            "error": error,
            "words": approval_sudo._words(),
            "may_decide": approval_sudo._is_open() and approvers.may_decide(partner),
            "ends": ends if ends and approvers.may_end(partner) else None,
            "decider": partner,
            "page_name": "support_approval",
            "res_company": approval_sudo.company_id,
        }
        return request.render("support_scope.portal_approval", values)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import request

from ..watching import BillingWatch, find_company


class SupportHealth(http.Controller):
    @http.route(
        "/support/health",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
    )
    def health(self):
        """Whether billing of a company goes on, for its monitor: 200 or 503, with the
        reasons.

        The token is in the header: `Authorization: Bearer …`. Without it nothing is
        told, not even whether there is one.
        """
        scheme, _space, token = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        company = find_company(request.env, token.strip())
        if scheme.lower() != "bearer" or not company:
            return request.make_json_response({"status": "forbidden"}, status=403)
        # sudo: the monitor has shown its token, and is told sentences only.
        watch = BillingWatch(company.env, company)
        warnings = watch.get_warnings()
        last = watch.get_last_finished()
        return request.make_json_response(
            {
                "status": "warning" if warnings else "ok",
                "warnings": warnings,
                "last_run": last.date_end.isoformat() if last else None,
            },
            status=503 if warnings else 200,
        )

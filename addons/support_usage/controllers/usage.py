# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..recording import UsageRefused

# Scope of the keys that may do this and nothing else.
SCOPE = "support_usage"
MAX_BYTES = 2_000_000


class SupportUsageController(http.Controller):
    @http.route(
        "/support/usage",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def record_usage(self):
        """Record metered usage; see `support.usage.record_usage` for the rows.

        The body is JSON, ``{"usage": [row, …]}``. The key comes as
        ``Authorization: Bearer …`` and acts for the user who made it. All or nothing:
        200 with a status for each row, or 422 with what is wrong with which row.
        Sending the same again is always safe.
        """
        user = self._authenticate()
        if not user:
            return self._answer({"error": "A valid key is needed."}, 401)
        request.update_env(user=user.id, context={"lang": user.lang})
        length = request.httprequest.content_length
        if length is None:
            return self._answer({"error": "Content-Length is needed."}, 411)
        if length > MAX_BYTES:
            return self._answer({"error": "Send less at a time."}, 413)
        try:
            body = json.loads(request.httprequest.get_data())
            rows = body["usage"]
        except (ValueError, RecursionError, TypeError, KeyError):
            return self._answer({"error": 'Send JSON: {"usage": [row, …]}.'}, 400)
        try:
            with request.env.cr.savepoint():
                results = request.env["support.usage"].record_usage(rows)
        except UsageRefused as error:
            rows = [
                {"row": number, "reference": reference, "error": text}
                for number, reference, text in error.problems
            ]
            return self._answer({"error": "Nothing was recorded.", "rows": rows}, 422)
        except AccessError as error:
            return self._answer({"error": str(error)}, 403)
        except UserError as error:
            return self._answer({"error": str(error)}, 422)
        return self._answer({"usage": results}, 200)

    def _authenticate(self):
        """The user whose key it is; none without a valid one."""
        scheme, _space, key = request.httprequest.headers.get(
            "Authorization", ""
        ).partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            return None
        # sudo: the caller is nobody yet.
        keys_sudo = request.env["res.users.apikeys"].sudo()
        uid = keys_sudo._check_credentials(scope=SCOPE, key=key.strip())
        return uid and request.env["res.users"].sudo().browse(uid)

    def _answer(self, data, status):
        headers = [("WWW-Authenticate", "Bearer")] if status == 401 else []
        return request.make_json_response(data, headers=headers, status=status)

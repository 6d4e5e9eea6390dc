# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
import re

from odoo import http
from odoo.http import request

from ..cloc import CountError
from ..cloc.odoo_report import MAX_SIZE, ReportUnreadable
from ..uploads import Uploads


def _max_length(controller):
    """Text is not read before we have looked at its length, and answered in words.
    Forms and files would be, so Odoo refuses them."""
    is_text = request.httprequest.mimetype == "text/plain"
    return 2**62 if is_text else MAX_SIZE


class SupportUpload(http.Controller):
    """A customer's own server sends what its `odoo cloc -v` prints."""

    @http.route(
        "/support/count/<int:source_id>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        max_content_length=_max_length,
    )
    def support_count_upload(self, source_id, **kwargs):
        """One report; see the add-on's readme/USAGE.md for the line that calls it.

        :return: 200 with JSON ``{"lines", "modules", "new"}``; 401 for everything that
            a stranger could find out something by; 400, 411, 413, 415, 422, 429 in
            words
        """
        httprequest = request.httprequest
        scheme, _blank, token = httprequest.headers.get("Authorization", "").partition(
            " "
        )
        # Whatever is wrong with the sender comes first: the text of a stranger is not
        # even read.
        source = request.env["support.source"]._get_by_token(source_id, token.strip())
        if scheme.lower() != "bearer" or not source:
            return self._refuse(401, "This token opens nothing here.")
        if httprequest.content_length is None:
            return self._refuse(411, "Send the length of the text (Content-Length).")
        if httprequest.content_length > MAX_SIZE:
            return self._refuse(413, f"The text is larger than {MAX_SIZE // 2**20} MB.")
        if not self._is_allowed(source):
            return self._refuse(
                429, "Too many reports within an hour. Send one a day.", retry=3600
            )
        if httprequest.mimetype != "text/plain":
            return self._refuse(
                415, 'Send the text as it is, with "Content-Type: text/plain".'
            )
        # Before anything is locked: a sender may be slow, or stop half-way.
        text = httprequest.get_data()
        Uploads(source).wait_for_counts()
        try:
            report, is_new = request.env["support.cloc.report"]._receive(
                source, text, self._get_version()
            )
            count = source.instance_id._record_count(source.instance_id._read_sources())
        except ReportUnreadable as error:
            return self._refuse(400, str(error))
        except CountError as error:
            return self._refuse(422, str(error))
        return request.make_json_response(
            {
                "lines": report.code_lines,
                "modules": len(count.sudo().module_ids),
                "new": is_new,
            }
        )

    def _is_allowed(self, source):
        """Whether it is within the limit. The call counts, whatever comes of it; an
        attempt that Odoo repeats, since another call came between, counts once."""
        if not getattr(request, "support_upload_allowed", False):
            request.support_upload_allowed = Uploads(source).is_allowed()
            # What fails later takes only its own work back.
            request.env.cr.commit()  # pylint: disable=invalid-commit
        return request.support_upload_allowed

    def _get_version(self):
        """ "17.0" of "Odoo Server 17.0-20260101", or nothing."""
        text = request.httprequest.headers.get("Odoo-Version", "")
        match = re.search(r"(?<![\d.])(saas[~-])?\d{1,2}\.\d{1,2}(?![\d])", text[:200])
        return match[0] if match else ""

    def _refuse(self, status, message, retry=None):
        headers = [("Content-Type", "application/json")]
        if retry:
            headers.append(("Retry-After", str(retry)))
        if status == 401:
            headers.append(("WWW-Authenticate", "Bearer"))
        body = json.dumps({"error": message}) + "\n"
        return request.make_response(body, headers, status=status)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import csv
import io

from odoo import http
from odoo.http import content_disposition, request

# A spreadsheet runs a text that begins so.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class SupportEvidenceController(http.Controller):
    """Evidence behind a charge as files, for those who may read the charge."""

    @http.route("/support/charge/<int:charge_id>/files.csv", type="http", auth="user")
    def charge_files(self, charge_id):
        """The counted files, one a row."""
        charge = self._get_charge(charge_id)
        counts = charge.count_ids
        counts.check_access("read")
        env = request.env
        rows = [
            (
                count.instance_id.display_name,
                count.date,
                line.module_id.name,
                line.path,
                line.code_lines,
                line.total_lines,
                env._("yes") if line.module_id.billed else env._("no"),
                env._("yes") if line.excluded else "",
                line.error or "",
                line.module_id.revision or "",
            )
            for count in counts
            for line in count.line_ids
        ]
        titles = (
            env._("Instance"),
            env._("Counted on"),
            env._("Module"),
            env._("File"),
            env._("Lines of code"),
            env._("All lines"),
            env._("Covered"),
            env._("Excluded"),
            env._("Error"),
            env._("Revision"),
        )
        return self._answer(f"{charge.name} files", titles, rows)

    def _get_charge(self, charge_id):
        charge = request.env["support.charge"].browse(charge_id).exists()
        if not charge:
            raise request.not_found()
        charge.check_access("read")
        return charge

    def _answer(self, name, titles, rows):
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(titles)
        writer.writerows([self._cell(value) for value in row] for row in rows)
        # The mark at the beginning lets spreadsheets see that it is UTF-8.
        return request.make_response(
            file.getvalue().encode("utf-8-sig"),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{name}.csv")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    def _cell(self, value):
        """A value of a row; a text that a spreadsheet would run is quoted."""
        if isinstance(value, str) and value.startswith(FORMULA_STARTS):
            return f"'{value}"
        return value

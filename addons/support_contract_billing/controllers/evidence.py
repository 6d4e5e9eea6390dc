# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import http
from odoo.http import content_disposition, request

from ..tables import make_csv


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
        return request.make_response(
            make_csv(titles, rows),
            headers=[
                ("Content-Type", "text/csv; charset=utf-8"),
                ("Content-Disposition", content_disposition(f"{name}.csv")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

    @http.route(
        "/support/invoice/<int:invoice_id>/evidence.zip",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def invoice_evidence(self, invoice_id):
        """Everything behind an invoice, for those who keep the books."""
        invoice = request.env["account.move"].browse(invoice_id).exists()
        if not invoice or not invoice.is_sale_document():
            raise request.not_found()
        content = invoice._make_support_evidence()
        name = (invoice.name or "draft").replace("/", "_")
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/zip"),
                ("Content-Disposition", content_disposition(f"{name}.zip")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timezone

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.evidence_guard import get_columns, guard_table

from ..cloc.odoo_report import read_report, read_text
from ..evidence import fingerprint
from .support_evidence_mixin import MESSAGE


class SupportClocReport(models.Model):
    """The text of an instance's own `odoo cloc -v`, as it was received.

    Evidence: it is only ever added. The same text again is the same report, received
    again. Clause R2.
    """

    _name = "support.cloc.report"
    _description = "Line Count Report"
    _inherit = ["support.protected.mixin"]
    _order = "date_received desc, id desc"
    _rec_name = "date_received"
    _check_company_auto = True

    source_id = fields.Many2one("support.source", required=True, check_company=True)
    instance_id = fields.Many2one("support.instance", required=True, check_company=True)
    company_id = fields.Many2one("res.company", required=True)
    text = fields.Text(required=True)
    digest = fields.Char(required=True, help="SHA-256 of the text, as bytes in UTF-8.")
    odoo_version = fields.Char(
        help="The Odoo that has counted; the text does not tell."
    )
    code_lines = fields.Integer(string="Lines of Code")
    date_first = fields.Datetime(string="First Received", required=True)
    date_received = fields.Datetime(string="Last Received", required=True)

    _source_digest_uniq = models.UniqueIndex(
        "(source_id, digest, COALESCE(odoo_version, ''))",
        "This text has been received already.",
    )

    def init(self):
        columns = sorted(get_columns(self) - {"date_received"})
        guard_table(self.env.cr, self._table, columns, MESSAGE)

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() - {"date_received"}

    def _check_editable(self, operation):
        if operation == "write":
            raise UserError(self.env._("A report is evidence and does not change."))
        if operation == "unlink":
            raise UserError(self.env._("A report is evidence and cannot be deleted."))

    @api.model
    def _receive(self, source, text, odoo_version=""):
        """Store a report of `source`, or note that it came again.

        :param text: str, or bytes in UTF-8
        :raise ..cloc.odoo_report.ReportUnreadable: if it is no text
        :raise ..cloc.odoo_report.ReportRefused: with the line that is wrong
        :return: (report with rights of the system, whether it is new)
        """
        text = read_text(text).removeprefix("\ufeff").replace("\r\n", "\n").strip("\n")
        report = read_report(text)
        version = odoo_version or source.instance_id.series or ""
        digest = fingerprint(text)
        # To the microsecond: of two in one second the later one counts.
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        # sudo: a report comes from here alone, nobody writes one by hand.
        Report = self.sudo()
        known = Report.search(
            [
                ("source_id", "=", source.id),
                ("digest", "=", digest),
                ("odoo_version", "=", version or False),
            ]
        )
        if known:
            known.date_received = now
            return known, False
        return (
            Report.create(
                {
                    "source_id": source.id,
                    "instance_id": source.instance_id.id,
                    "company_id": source.instance_id.company_id.id,
                    "text": text,
                    "digest": digest,
                    "odoo_version": version or False,
                    "code_lines": report.code,
                    "date_first": now,
                    "date_received": now,
                }
            ),
            True,
        )

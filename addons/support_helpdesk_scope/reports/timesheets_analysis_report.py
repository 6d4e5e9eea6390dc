# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class TimesheetsAnalysisReport(models.Model):
    """Odoo's report of time shares the search view of time, and so has its ticket."""

    _inherit = "timesheets.analysis.report"

    ticket_id = fields.Many2one("helpdesk.ticket", readonly=True)

    @api.model
    def _select(self):
        return super()._select() + ", A.ticket_id AS ticket_id"

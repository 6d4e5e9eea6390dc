# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..verdicts import get_verdicts

# Odoo's search view of time is that of its report as well: what we add there is here.
COLUMNS = (
    "support_contract_id",
    "support_verdict",
    "support_charge_id",
    "support_minutes",
    "support_billed_minutes",
)


class TimesheetsAnalysisReport(models.Model):
    """Odoo's own report of time, by contract and verdict too."""

    _inherit = "timesheets.analysis.report"

    support_contract_id = fields.Many2one("support.contract", readonly=True)
    support_verdict = fields.Selection(get_verdicts, string="Verdict", readonly=True)
    support_charge_id = fields.Many2one("support.charge", readonly=True)
    support_minutes = fields.Integer(string="Minutes", readonly=True)
    support_billed_minutes = fields.Integer(string="Minutes to Bill", readonly=True)

    @api.model
    def _select(self):
        return super()._select() + "".join(f", A.{name} AS {name}" for name in COLUMNS)

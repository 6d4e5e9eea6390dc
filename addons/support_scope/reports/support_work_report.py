# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL

from ..verdicts import get_verdicts


class SupportWorkReport(models.Model):
    """Included and billed hours and their value, by customer, category and month."""

    _name = "support.work.report"
    _description = "Hours Under Support Contracts"
    _auto = False
    _order = "date desc, id"
    _rec_name = "contract_id"
    _depends = {
        "account.analytic.line": [
            "company_id",
            "date",
            "support_billed_minutes",
            "support_contract_id",
            "support_judged_category_id",
            "support_minutes",
            "support_price",
            "support_type_id",
            "support_verdict",
        ],
        "support.contract": ["partner_id", "user_id"],
    }

    date = fields.Date(readonly=True)
    contract_id = fields.Many2one("support.contract", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Account Manager", readonly=True)
    category_id = fields.Many2one(
        "support.scope.category", string="Category of Work", readonly=True
    )
    type_id = fields.Many2one(
        "support.service.type", string="Kind of Work", readonly=True
    )
    verdict = fields.Selection(get_verdicts, readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    hours = fields.Float(readonly=True, help="As they were worked.")
    hours_included = fields.Float(string="Included Hours", readonly=True)
    hours_billed = fields.Float(
        string="Hours to Bill",
        readonly=True,
        help="Without goodwill, and before each day is rounded up.",
    )
    value_included = fields.Monetary(
        string="Value of Included Hours",
        readonly=True,
        help="What they would have cost, in the company's currency.",
    )
    value_billed = fields.Monetary(
        string="Value of Hours to Bill",
        readonly=True,
        help="Before each day is rounded up, in the company's currency.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
SELECT line.id,
    line.date,
    line.support_contract_id AS contract_id,
    contract.partner_id,
    contract.user_id,
    line.support_judged_category_id AS category_id,
    line.support_type_id AS type_id,
    line.support_verdict AS verdict,
    line.company_id,
    company.currency_id,
    line.support_minutes / 60.0 AS hours,
    included.minutes / 60.0 AS hours_included,
    billed.minutes / 60.0 AS hours_billed,
    round((included.minutes * line.support_price / 60)::numeric, 2) AS value_included,
    round((billed.minutes * line.support_price / 60)::numeric, 2) AS value_billed
FROM account_analytic_line line
JOIN res_company company ON company.id = line.company_id
LEFT JOIN support_contract contract ON contract.id = line.support_contract_id
CROSS JOIN LATERAL (SELECT CASE WHEN line.support_verdict = 'included'
    THEN line.support_minutes ELSE 0 END AS minutes) included
CROSS JOIN LATERAL (SELECT CASE WHEN line.support_verdict = 'billed'
    AND line.support_by_hours
    THEN line.support_billed_minutes ELSE 0 END AS minutes) billed
WHERE line.support_verdict IS NOT NULL
            """
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class SupportContractEarnings(models.Model):
    """What a contract earns: fees and billed hours against the cost of time.

    Month by month and without persons. Posted invoices count, in the month that they
    charge; time counts when it was worked, also what nobody pays.
    """

    _name = "support.contract.earnings"
    _description = "What a Contract Earns"
    _auto = False
    _order = "month desc, contract_id, id"
    _rec_name = "contract_id"
    _depends = {
        "account.analytic.line": [
            "date",
            "support_contract_id",
            "support_cost",
            "support_minutes",
            "support_verdict",
        ],
        "account.move": ["state"],
        "account.move.line": ["amount_currency", "balance", "move_id"],
        "support.charge": [
            "amount",
            "contract_id",
            "correction_origin",
            "date",
            "kind",
            "move_line_id",
            "period_start",
        ],
        "support.contract": ["company_id", "partner_id", "user_id"],
    }

    month = fields.Date(readonly=True)
    contract_id = fields.Many2one("support.contract", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one("res.users", string="Account Manager", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    fees = fields.Monetary(readonly=True, help="Everything that is not time.")
    billed = fields.Monetary(string="Billed Time", readonly=True)
    cost = fields.Monetary(
        string="Cost of Time",
        readonly=True,
        help="By what an hour of each person cost when the time was logged.",
    )
    result = fields.Monetary(
        string="Earned", readonly=True, help="Fees and billed time less its cost."
    )
    hours = fields.Float(string="Hours Worked", readonly=True)
    hours_without_cost = fields.Float(
        readonly=True, help="Of people without an hourly cost: the real cost is higher."
    )

    @property
    def _table_query(self):
        return SQL(
            """
WITH money AS (
    SELECT charge.contract_id,
        date_trunc('month', COALESCE(charge.period_start, charge.date))::date AS month,
        charge.kind = 'time' OR COALESCE(charge.correction_origin, '') = 'time'
            AS is_time,
        charge.amount * CASE WHEN item.amount_currency = 0 THEN 1
            ELSE item.balance / item.amount_currency END AS amount
    FROM support_charge charge
    JOIN account_move_line item ON item.id = charge.move_line_id
    JOIN account_move move ON move.id = item.move_id AND move.state = 'posted'
),
rows AS (
    SELECT contract_id, month,
        CASE WHEN is_time THEN 0 ELSE amount END AS fees,
        CASE WHEN is_time THEN amount ELSE 0 END AS billed,
        0 AS cost, 0 AS minutes, 0 AS minutes_without_cost
    FROM money
    UNION ALL
    SELECT support_contract_id, date_trunc('month', date)::date, 0, 0,
        support_minutes * COALESCE(support_cost, 0) / 60, support_minutes,
        CASE WHEN COALESCE(support_cost, 0) = 0 THEN support_minutes ELSE 0 END
    FROM account_analytic_line
    WHERE support_verdict IS NOT NULL AND support_contract_id IS NOT NULL
)
SELECT row_number() OVER (ORDER BY rows.month, rows.contract_id) AS id,
    rows.month,
    rows.contract_id,
    contract.partner_id,
    contract.user_id,
    contract.company_id,
    company.currency_id,
    round(sum(fees)::numeric, 2) AS fees,
    round(sum(billed)::numeric, 2) AS billed,
    round(sum(cost)::numeric, 2) AS cost,
    round(sum(fees + billed - cost)::numeric, 2) AS result,
    sum(minutes) / 60.0 AS hours,
    sum(minutes_without_cost) / 60.0 AS hours_without_cost
FROM rows
JOIN support_contract contract ON contract.id = rows.contract_id
JOIN res_company company ON company.id = contract.company_id
GROUP BY rows.month, rows.contract_id, contract.id, company.id
            """
        )

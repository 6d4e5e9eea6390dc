# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, file_open

QUERY = "support_billing_report/models/support_revenue_report.sql"


class SupportRevenueReport(models.Model):
    """Recurring revenue month by month, and what moved it: read from the ledger.

    A row is one movement of one service in one month. The sum of all rows of a month
    is the monthly recurring revenue: what was carried over, and what came and went. A
    charge for part of a month counts with the fee of the whole one; a month has the
    fee of its last day; a waived charge counts, as the agreement goes on.

    A correction belongs to the month that it puts right, whenever it is charged: that
    month is restated, by a movement of its own, and the next one is compared with what
    is right. So a wrong count is no growth that shrinks again. A month whose agreement
    changed after it was charged counts as if that had been known: by the price of its
    last day, and not at all when the service had ended before.

    Where quantity and price changed together, the quantity is valued at the old average
    price of a unit and the rest is price.
    """

    _name = "support.revenue.report"
    _description = "Recurring Revenue"
    _auto = False
    _order = "month desc, partner_id, id"
    _rec_name = "movement"
    _depends = {
        "support.charge": [
            "contract_id",
            "currency_id",
            "kind",
            "monthly_amount",
            "state",
            "amount",
            "correction_origin",
            "period_end",
            "period_start",
            "rate",
            "service_id",
            "units",
        ],
        "support.contract": ["partner_id", "user_id", "company_id"],
        "support.contract.service": ["date_start", "date_end", "type_id"],
    }

    month = fields.Date()
    movement = fields.Selection("_selection_movement")
    contract_id = fields.Many2one("support.contract")
    partner_id = fields.Many2one("res.partner", string="Customer")
    user_id = fields.Many2one("res.users", string="Account Manager")
    service_id = fields.Many2one(
        "support.contract.service", string="Service on the Contract"
    )
    type_id = fields.Many2one("support.service.type", string="Service")
    charge_id = fields.Many2one("support.charge")
    company_id = fields.Many2one("res.company")
    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary(
        string="Monthly Recurring Revenue",
        help="In the company's currency, at the rate of the month's first day. All "
        "movements of a month together are its recurring revenue. Months are not added "
        "up: without them it is that of the last one.",
    )
    annual = fields.Monetary(
        string="Annual Recurring Revenue", help="Twelve times as much."
    )

    @api.model
    def _selection_movement(self):
        return [
            ("kept", self.env._("Carried over")),
            ("taken", self.env._("Taken over from elsewhere")),
            ("new", self.env._("New")),
            ("grown", self.env._("Lines or quantity grown")),
            ("shrunk", self.env._("Lines or quantity shrunk")),
            ("price", self.env._("Price")),
            ("corrected", self.env._("Corrected")),
            ("ended", self.env._("Ended")),
        ]

    @api.model
    def _read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        """A monthly figure is added up within one month, and never over several.

        Where months are not told apart it is the figure of the last whole one; by
        quarter or year, of the last one of each.
        """
        monthly = any(one.startswith(("amount:", "annual:")) for one in aggregates)
        if monthly and "month:month" not in groupby:
            domain = Domain(domain)
            domain &= Domain("month", "in", self._get_last_months(domain, groupby))
        return super()._read_group(domain, groupby, aggregates, *args, **kwargs)

    @api.model
    def _get_last_months(self, domain, groupby):
        """The last whole month that the domain finds, of each quarter or year if
        these are told apart.
        """
        spans = [one for one in groupby if one.split(":")[0] == "month"]
        first = self.env.company._support_today().replace(day=1)
        # This month is not over: what is paid in arrears is still missing in it.
        whole = domain & Domain("month", "<", first)
        rows = self._read_group(whole, spans, ["month:max"])
        return [row[-1] for row in rows if row[-1]]

    @property
    def _table_query(self):
        with file_open(QUERY) as file:
            query = file.read()
        return SQL(
            query,
            own_rate=self._get_rate_query(SQL("company.currency_id")),
            other_rate=self._get_rate_query(SQL("movements.currency_id")),
            corrections=SQL(
                """
        SELECT correction.monthly_amount, correction.units, correction.rate
        FROM support_charge correction
        WHERE correction.service_id = charge.service_id
            AND correction.period_start BETWEEN charge.period_start
                AND charge.period_end
            AND correction.kind = 'correction' AND correction.state != 'waived'
                """
            ),
        )

    @api.model
    def _get_rate_query(self, currency):
        """The rate of a currency on the first day of the month, as Odoo looks it up."""
        return SQL(
            """
            SELECT rates.rate FROM res_currency_rate rates
            WHERE rates.currency_id = %s
                AND (rates.company_id IS NULL OR rates.company_id
                    = split_part(company.parent_path, '/', 1)::int)
                AND rates.name <= movements.month
            ORDER BY rates.company_id, rates.name DESC LIMIT 1
            """,
            currency,
        )

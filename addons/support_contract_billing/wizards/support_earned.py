# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.support_contract.years import check_years


class SupportEarned(models.TransientModel):
    """Earned and not invoiced on a day, for closing the books of a month."""

    _name = "support.earned"
    _description = "Earned and Not Invoiced"

    day = fields.Date(
        string="On",
        required=True,
        default=lambda self: self._default_day(),
        help="The end of this day.",
    )

    @api.model
    def _default_day(self):
        """The last day of the month that is over."""
        return fields.Date.add(
            self.env.company._support_today().replace(day=1), days=-1
        )

    def action_show(self):
        """Compute the rows of the day and show them."""
        self.ensure_one()
        check_years(self.env, self.day)
        Line = self.env["support.earned.line"]
        Line.search([("create_uid", "=", self.env.uid)]).unlink()
        contracts = self.env["support.contract"].search(
            [("state", "not in", ("draft", "cancelled"))]
        )
        # sudo: accountants read the contracts; what their fee is computed from may be
        # closed to them.
        Line._fill(contracts.sudo()._get_earned_rows(self.day), self.day)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Earned and Not Invoiced on %s", format_date(self.env, self.day)
            ),
            "res_model": Line._name,
            "view_mode": "list,kanban,pivot,form",
            "mobile_view_mode": "kanban",
            "domain": [("create_uid", "=", self.env.uid)],
            "context": {"create": False, "search_default_by_account": 1},
        }


class SupportEarnedLine(models.TransientModel):
    """What was earned by a day and not invoiced by then, or the other way round."""

    _name = "support.earned.line"
    _description = "Earned and Not Invoiced"
    _order = "account_id, contract_id, id"

    day = fields.Date(string="On", required=True)
    contract_id = fields.Many2one("support.contract", required=True, ondelete="cascade")
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="cascade")
    account_id = fields.Many2one(
        "account.account", string="Income Account", ondelete="cascade"
    )
    charge_id = fields.Many2one("support.charge", ondelete="cascade")
    name = fields.Char(string="What")
    earned = fields.Monetary(
        help="By the days through that day, in the company's currency."
    )
    invoiced = fields.Monetary(help="By posted invoices dated that day or before.")
    accrued = fields.Monetary(
        string="Earned, Not Invoiced", help="An asset: accrued income."
    )
    deferred = fields.Monetary(
        string="Invoiced, Not Earned", help="A liability: deferred income."
    )
    estimated = fields.Boolean(
        help="There is no charge yet: the amount is by today's counts and prices."
    )
    note = fields.Text()

    @api.model
    def _fill(self, rows, day):
        accounts = {}
        return self.create([self._prepare_vals(row, day, accounts) for row in rows])

    @api.model
    def _prepare_vals(self, row, day, accounts):
        contract, charge = row["contract"], row["charge"]
        company, currency = contract.company_id, contract.currency_id
        rate = charge._get_booked_rate(day)
        earned, invoiced = (
            company.currency_id.round(row[name] * rate)
            if rate
            else currency._convert(row[name], company.currency_id, company, day)
            for name in ("earned", "invoiced")
        )
        account = charge.move_line_id.account_id
        if not account:
            customer = charge.partner_id or contract.partner_id
            key = (customer, company, row["product"])
            if key not in accounts:
                accounts[key] = self._get_income_account(*key)
            account = accounts[key]
        return {
            "day": day,
            "contract_id": contract.id,
            "partner_id": contract.partner_id.id,
            "company_id": company.id,
            "currency_id": company.currency_id.id,
            "account_id": account.id,
            "charge_id": charge.id,
            "name": row["name"],
            "earned": earned,
            "invoiced": invoiced,
            "accrued": max(earned - invoiced, 0.0),
            "deferred": max(invoiced - earned, 0.0),
            "estimated": row["estimated"],
            "note": row["error"]
            or (row["estimated"] and self.env._("Not charged yet; estimated."))
            or False,
        }

    @api.model
    def _get_income_account(self, partner, company, product):
        """The account that an invoice line for this customer would have."""
        position = (
            self.env["account.fiscal.position"]
            .sudo()
            .with_company(company)
            ._get_fiscal_position(partner)
        )
        template = product.sudo().with_company(company).product_tmpl_id
        return (
            template.get_product_accounts(fiscal_pos=position)["income"]
            or (self.env["account.account"])
        )

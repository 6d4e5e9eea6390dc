# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract_billing.taxation import (
    get_customer_position,
    get_product_taxation,
    get_taxation,
)


class SupportEarnedLine(models.TransientModel):
    """What was earned by a day and not invoiced by then, or the other way round."""

    _name = "support.earned.line"
    _description = "Earned and Not Invoiced"
    _inherit = "support.window.mixin"
    _order = "account_id, contract_id, id"

    day = fields.Date(string="On", required=True)
    contract_id = fields.Many2one("support.contract", required=True)
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    account_id = fields.Many2one(
        "account.account", string="Income Account", ondelete="cascade"
    )
    charge_id = fields.Many2one("support.charge", ondelete="cascade")
    name = fields.Char(string="Subject")
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
        return self._create_rows(
            [self._prepare_vals(row, day, accounts) for row in rows]
        )

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
        if charge and not account:
            account = get_taxation(charge).account
        elif not account:
            key = (contract.partner_id, company, row["product"])
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
        position = get_customer_position(partner, company)
        return get_product_taxation(product, company, position).account

    def action_choose_days(self):
        """The page on which other days are chosen; a button of the list."""
        page = self.env["support.earned"].create({})
        return page._get_records_action(name=self.env._("Another Day"))

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.read_once import read_once
from odoo.addons.support_contract.windows import get_list_action
from odoo.addons.support_contract_billing.fees import render_price
from odoo.addons.support_contract_billing.simulation import Simulation, prefetch_fees

MONTHS = 12


class SupportForecast(models.TransientModel):
    """What a service will cost in a month to come, as things are agreed today.

    Known ends, notices, scheduled amendments and special conditions are in it. What is
    metered is not: nobody knows it before.
    """

    _name = "support.forecast"
    _description = "Forecast of Monthly Fees"
    _inherit = "support.window.mixin"
    _order = "month, partner_id, id"

    contract_id = fields.Many2one("support.contract", required=True)
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True)
    user_id = fields.Many2one("res.users", string="Account Manager", ondelete="cascade")
    service_id = fields.Many2one(
        "support.contract.service",
        string="Service on the Contract",
        ondelete="cascade",
    )
    type_id = fields.Many2one(
        "support.service.type", string="Service", ondelete="cascade"
    )
    currency_id = fields.Many2one("res.currency", required=True)
    month = fields.Date(required=True, help="The month in which the days begin.")
    period_start = fields.Date(string="From")
    period_end = fields.Date(string="Until")
    date = fields.Date(string="Invoiced From", help="The first day it can be invoiced.")
    amount = fields.Monetary(string="Fee", help="Without tax.")
    calculation = fields.Text()
    kind = fields.Selection(
        [
            ("fee", "Fee"),
            ("usage", "Metered, not included"),
            ("failed", "Not known"),
        ],
        required=True,
        default="fee",
    )

    @api.model
    def action_open(self):
        """Compute the forecast of all running contracts and show it; a menu."""
        contracts = self.env["support.contract"]
        contracts = contracts.search(contracts._get_running_domain())
        return self._open(contracts)

    @api.model
    def _open(self, contracts):
        # Who may not see charges may not see what they will be.
        self.env["support.charge"].check_access("read")
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        services = read_once(contracts).service_ids
        first = {
            company: company._support_today().replace(day=1)
            for company in contracts.company_id
        }
        for company, own in services.grouped("company_id").items():
            prefetch_fees(own, first[company], self._get_last_day(first[company]))
        rows = self._create_rows(
            [
                vals
                for service in services
                for vals in self._prepare_vals_list(service, first[service.company_id])
            ]
        )
        return get_list_action(
            self.env._("Forecast of 12 Months, Without Metered Usage"),
            self._name,
            [("create_uid", "=", self.env.uid)],
            view_mode="graph,pivot,list,form" if rows else "list,form",
            context={"create": False, "search_default_fees": len(contracts) > 1},
        )

    @api.model
    def _get_last_day(self, first):
        return fields.Date.add(first, months=MONTHS, days=-1)

    @api.model
    def _prepare_vals_list(self, service, first):
        """Values of a row for each billing period of a service in the next months.

        :param first: the first day of this month
        """
        contract = service.contract_id
        last = self._get_last_day(first)
        if service.date_start > last or service._is_over(first):
            return []
        vals = {
            "contract_id": contract.id,
            "partner_id": contract.partner_id.id,
            "company_id": contract.company_id.id,
            "user_id": contract.user_id.id,
            "service_id": service.id,
            "type_id": service.type_id.id,
            "currency_id": contract.currency_id.id,
            "month": max(first, service.date_start.replace(day=1)),
            "period_start": False,
            "period_end": False,
            "date": False,
            "amount": 0.0,
            "calculation": False,
            "kind": "fee",
        }
        if service.type_id.basis == "usage":
            note = self.env._("Known only when it has been metered.")
            return [{**vals, "kind": "usage", "calculation": note}]
        if reason := service._get_held_reason():
            return [{**vals, "kind": "failed", "calculation": reason}]
        [found] = Simulation(contract, service).get_fees(first, last)
        if found.error:
            return [{**vals, "kind": "failed", "calculation": found.error}]
        return [
            {
                **vals,
                "month": fee.period.covered.start.replace(day=1),
                "period_start": fee.period.covered.start,
                "period_end": fee.period.covered.end,
                "date": fee.period.due,
                "amount": float(fee.price.amount),
                "calculation": render_price(service.env, fee.price),
            }
            for fee in found.fees
        ]

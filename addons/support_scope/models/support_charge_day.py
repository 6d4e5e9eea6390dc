# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.evidence_guard import (
    Owner,
    get_columns,
    guard_table,
)
from odoo.addons.support_contract_billing.models.support_charge import GUARD_MESSAGE


class SupportChargeDay(models.Model):
    """The time on one piece of work on one day, as it was charged. Clause R4."""

    _name = "support.charge.day"
    _description = "Charged Day of Work"
    _inherit = ["support.protected.mixin"]
    _order = "date, id"
    _check_company_auto = True

    charge_id = fields.Many2one(
        "support.charge",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    contract_id = fields.Many2one(
        related="charge_id.contract_id", store=True, index=True
    )
    company_id = fields.Many2one(related="charge_id.company_id", store=True)
    currency_id = fields.Many2one(related="charge_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    work_model = fields.Char(required=True, readonly=True)
    work_id = fields.Many2oneReference(
        model_field="work_model", required=True, readonly=True
    )
    minutes = fields.Integer(
        string="Minutes Worked", readonly=True, help="As they were logged."
    )
    billed_minutes = fields.Integer(
        string="Minutes Billed", readonly=True, help="Rounded up once for the day."
    )
    amount = fields.Monetary(readonly=True)

    _work_index = models.Index("(work_model, work_id, date)")

    def init(self):
        # What is computed follows from the charge, and is written later.
        columns = get_columns(self)
        guard_table(
            self.env.cr,
            self._table,
            sorted(name for name in columns if not self._fields[name].compute),
            GUARD_MESSAGE,
            owner=Owner("support_charge", "invoiced", "charge_id"),
        )

    def _get_time(self):
        """The time that was logged on these days of work and charged at their prices,
        in superuser mode.
        """
        # sudo: who reads what was charged need not read the time of others.
        days = self.sudo()
        lines = days.env["account.analytic.line"].search(
            [
                ("support_contract_id", "in", days.contract_id.ids),
                ("date", "in", list(set(days.mapped("date")))),
                ("support_charge_id", "!=", False),
            ]
        )
        keys = {
            (
                day.work_model,
                day.work_id,
                day.date,
                json.dumps(day.charge_id.time_terms, sort_keys=True),
            )
            for day in days
        }
        return lines.filtered(lambda line: line._get_charged_key() in keys)

    def _check_editable(self, operation):
        if operation == "write" or (
            operation == "unlink"
            and any(day.charge_id.state == "invoiced" for day in self)
        ):
            raise UserError(self.env._("What was charged for a day stays as it is."))

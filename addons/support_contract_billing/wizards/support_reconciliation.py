# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.years import check_years


class SupportReconciliation(models.TransientModel):
    """Contracts times months against posted invoices: only what differs."""

    _name = "support.reconciliation"
    _description = "Reconciliation of Contracts and Invoices"

    date_start = fields.Date(
        string="From", required=True, default=lambda self: self._default_start()
    )
    date_end = fields.Date(
        string="Until", required=True, default=lambda self: self._default_end()
    )

    @api.model
    def _default_end(self):
        """The last day of the month that is over."""
        return fields.Date.add(
            self.env.company._support_today().replace(day=1), days=-1
        )

    @api.model
    def _default_start(self):
        return fields.Date.add(
            self.env.company._support_today().replace(day=1), months=-12
        )

    def action_show(self):
        """Compare and show the differences."""
        self.ensure_one()
        check_years(self.env, self.date_start, self.date_end)
        if self.date_end < self.date_start:
            raise UserError(self.env._("The last day is before the first one."))
        Line = self.env["support.reconciliation.line"]
        Line.search([("create_uid", "=", self.env.uid)]).unlink()
        contracts = self.env["support.contract"].search(
            [("state", "not in", ("draft", "cancelled"))]
        )
        # sudo: accountants read the contracts; what their fee is computed from may be
        # closed to them.
        differences = contracts.sudo()._get_differences(self.date_start, self.date_end)
        Line.create([Line._prepare_vals(difference) for difference in differences])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Differences Between Contracts and Invoices"),
            "res_model": Line._name,
            "view_mode": "list,kanban,pivot,form",
            "mobile_view_mode": "kanban",
            "domain": [("create_uid", "=", self.env.uid)],
            "context": {"create": False},
            "help": self.env._(
                "<p class='o_view_nocontent_smiling_face'>Everything agrees</p>"
                "<p>Every month of every service was charged once, and every charge is "
                "on a posted invoice with its amount.</p>"
            ),
        }


class SupportReconciliationLine(models.TransientModel):
    """One difference between what was agreed and what was invoiced."""

    _name = "support.reconciliation.line"
    _description = "Difference Between Contract and Invoice"
    _order = "kind, contract_id, period_start, id"

    kind = fields.Selection(
        [
            ("missing", "Days were never charged"),
            ("usage", "Usage was never charged"),
            ("double", "Days were charged twice"),
            ("no_line", "Charge is on no invoice"),
            ("held", "Charge is held"),
            ("draft", "Invoice is a draft"),
            ("cancelled", "Invoice is cancelled"),
            ("credited", "Invoice was credited, the charge still counts"),
            ("amount", "Invoice says another amount"),
            ("customer", "Invoice is to another customer"),
            ("line_without_charge", "Invoice line has no charge"),
        ],
        string="What Differs",
        required=True,
    )
    contract_id = fields.Many2one("support.contract", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="contract_id.partner_id", store=True)
    company_id = fields.Many2one(related="contract_id.company_id", store=True)
    currency_id = fields.Many2one(related="contract_id.currency_id", store=True)
    service_id = fields.Many2one("support.contract.service", ondelete="cascade")
    type_id = fields.Many2one(
        "support.service.type", string="Service Type", ondelete="cascade"
    )
    charge_id = fields.Many2one("support.charge", ondelete="cascade")
    move_id = fields.Many2one("account.move", string="Invoice", ondelete="cascade")
    period_start = fields.Date(string="From")
    period_end = fields.Date(string="Until")
    expected = fields.Monetary(help="What it should be, without tax.")
    found = fields.Monetary(help="What the invoice says, without tax.")
    difference = fields.Monetary(help="Expected less found.")
    note = fields.Text()

    @api.model
    def _prepare_vals(self, row):
        period = row.get("period")
        expected, found = row.get("expected", 0.0), row.get("found", 0.0)
        if row["kind"] == "draft":
            found = 0.0
        ids = {
            f"{name}_id": row[name].id if row.get(name) else False
            for name in ("contract", "service", "charge", "move")
        }
        # A fee or usage is of no service on the contract.
        service_type = self.env["support.service.type"]
        if row.get("type"):
            service_type = row["type"]
        elif row.get("service"):
            service_type = row["service"].type_id
        elif row.get("charge"):
            for evidence in row["charge"]._get_metered_evidence():
                service_type |= evidence.type_id
        return {
            **ids,
            "type_id": service_type.id,
            "kind": row["kind"],
            "period_start": period and period.start,
            "period_end": period and period.end,
            "expected": expected,
            "found": found,
            "difference": expected - found,
            "note": row.get("note") or False,
        }

    def action_open(self):
        """Open what the difference is about; a button."""
        self.ensure_one()
        record = self.move_id or self.charge_id or self.contract_id
        return record._get_records_action(name=record.display_name)

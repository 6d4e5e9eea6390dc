# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class SupportReconciliationLine(models.TransientModel):
    """One difference between what was agreed and what was invoiced."""

    _name = "support.reconciliation.line"
    _description = "Difference Between Contract and Invoice"
    _inherit = "support.window.mixin"
    _order = "kind, contract_id, period_start, id"

    kind = fields.Selection(
        [
            ("missing", "Days were never charged"),
            ("usage", "Usage was never charged"),
            ("double", "Days were charged twice"),
            ("agreement", "Charge is not what is agreed by now"),
            ("uncomputed", "Charge cannot be compared with the agreement"),
            ("no_line", "Charge is on no invoice"),
            ("held", "Charge is held"),
            ("draft", "Invoice is a draft"),
            ("cancelled", "Invoice is cancelled"),
            ("credited", "Invoice was credited, the charge still counts"),
            ("amount", "Invoice says another amount"),
            ("customer", "Invoice is to another customer"),
            ("line_without_charge", "Invoice line has no charge"),
        ],
        string="Finding",
        required=True,
    )
    contract_id = fields.Many2one("support.contract", required=True)
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
        contract = row["contract"]
        return {
            **ids,
            "partner_id": contract.partner_id.id,
            "company_id": contract.company_id.id,
            "currency_id": contract.currency_id.id,
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

    def action_choose_days(self):
        """The page on which other days are chosen; a button of the list."""
        page = self.env["support.reconciliation"].create({})
        return page._get_records_action(name=self.env._("Other Days"))

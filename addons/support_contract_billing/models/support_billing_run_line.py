# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.support_contract.windows import opens


class SupportBillingRunLine(models.Model):
    """What came of one contract in one run."""

    _name = "support.billing.run.line"
    _description = "Contract in a Billing Run"
    _order = "run_id desc, id"
    _check_company_auto = True

    run_id = fields.Many2one("support.billing.run", required=True, ondelete="cascade")
    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    partner_id = fields.Many2one(related="contract_id.partner_id")
    company_id = fields.Many2one("res.company", required=True)
    state = fields.Selection(
        [
            ("todo", "To do"),
            ("done", "Billed"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        default="todo",
        required=True,
    )
    reason = fields.Text(help="Why it was skipped or failed.")
    move_id = fields.Many2one(
        "account.move", string="Invoice", index="btree_not_null", check_company=True
    )
    # Mostly empty: an invoice and the credit notes beside it are rare.
    further_move_ids = fields.Many2many(
        "account.move",
        "support_billing_run_line_move_rel",
        string="Further Documents",
        check_company=True,
    )
    document_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_document_ids",
        help="The invoice and the credit notes that were made.",
    )
    currency_id = fields.Many2one("res.currency")
    amount = fields.Monetary(help="Without tax.")
    date = fields.Datetime(string="Processed On")

    _run_contract_uniq = models.UniqueIndex(
        "(run_id, contract_id)", "This run already has that contract."
    )

    @api.depends("move_id", "further_move_ids")
    def _compute_document_ids(self):
        for line in self:
            line.document_ids = line.move_id | line.further_move_ids

    action_view_contract = opens("contract_id")

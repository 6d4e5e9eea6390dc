# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..invoicing import bill_batch

_logger = logging.getLogger(__name__)


class SupportBillingRunLine(models.Model):
    """What came of one contract in one run."""

    _name = "support.billing.run.line"
    _description = "Contract in a Billing Run"
    _order = "run_id desc, id"

    run_id = fields.Many2one(
        "support.billing.run",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    contract_id = fields.Many2one(
        "support.contract",
        required=True,
        ondelete="cascade",
        index=True,
        readonly=True,
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    state = fields.Selection(
        [
            ("todo", "To do"),
            ("done", "Billed"),
            ("skipped", "Skipped"),
            ("failed", "Failed"),
        ],
        default="todo",
        required=True,
        readonly=True,
    )
    reason = fields.Text(readonly=True, help="Why it was skipped or failed.")
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
    )
    # Mostly empty: an invoice and the credit notes beside it are rare.
    further_move_ids = fields.Many2many(
        "account.move",
        "support_billing_run_line_move_rel",
        string="Further Documents",
        readonly=True,
    )
    document_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_document_ids",
        help="The invoice and the credit notes that were made.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True, help="Without tax.")
    date = fields.Datetime(string="Processed On", readonly=True)

    _run_contract_uniq = models.UniqueIndex(
        "(run_id, contract_id)", "This run already has that contract."
    )

    @api.depends("move_id", "further_move_ids")
    def _compute_document_ids(self):
        for line in self:
            line.document_ids = line.move_id | line.further_move_ids

    def action_view_contract(self):
        self.ensure_one()
        return self.contract_id._get_records_action(name=self.env._("Contract"))

    def _bill(self):
        """Bill the contracts of these lines in the running transaction.

        Only those that nobody else works on, and that still run.
        """
        locked = self.contract_id.try_lock_for_update(allow_referencing=True)
        if elsewhere := self.contract_id - locked:
            _logger.info("%s: another process has these", elsewhere)
        lines = self.filtered(
            lambda line: line.state == "todo" and line.contract_id in locked
        )
        outcomes = bill_batch(lines.contract_id)
        now = fields.Datetime.now()
        for line in lines:
            outcome = outcomes[line.contract_id]
            further = outcome.moves[1:].ids if outcome.moves else []
            line.write(
                {
                    **({"further_move_ids": [Command.set(further)]} if further else {}),
                    "state": outcome.state,
                    "reason": outcome.reason or False,
                    "move_id": outcome.moves[:1].id if outcome.moves else False,
                    "currency_id": line.contract_id.currency_id.id,
                    "amount": sum(charge.amount for charge in outcome.charges),
                    "date": now,
                }
            )
        if billed := [outcome for outcome in outcomes.values() if outcome.moves]:
            _logger.info(
                "%s contracts are billed with %s",
                len(billed),
                ", ".join(
                    move.name or "a draft"
                    for outcome in billed
                    for move in outcome.moves
                ),
            )

    def _note_failure(self, error):
        """An error that nobody foresaw stays with its contract."""
        self.ensure_one()
        expected = isinstance(error, UserError)
        _logger.log(
            logging.INFO if expected else logging.WARNING,
            "Contract %s could not be billed: %s",
            self.contract_id.id,
            error,
            exc_info=not expected,
        )
        self.contract_id._record_billing_failure(error)
        self.write(
            {
                "state": "failed",
                "reason": str(error) or repr(error),
                "date": fields.Datetime.now(),
            }
        )

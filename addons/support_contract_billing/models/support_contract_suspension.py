# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import models
from odoo.tools import format_date

from odoo.addons.support_contract.periods import ONE_DAY
from odoo.addons.support_contract.spans import Span
from odoo.addons.support_contract.verdict import Suspension


class SupportContract(models.Model):
    """Rights that rest while an invoice is unpaid, where the terms say so.

    The terms say nothing by default.
    """

    _inherit = "support.contract"

    def _right_suspension(self, on_date):
        if suspension := super()._right_suspension(on_date):
            return suspension
        for span in self._get_unpaid_spans():
            if on_date in span:
                # sudo: whoever asks about a right need not read invoices.
                move = self.env["account.move"].sudo().browse(span.source)
                return Suspension(
                    self.env._(
                        "Invoice %(number)s, due on %(due)s, is not paid.",
                        number=move.name,
                        due=format_date(self.env, move.invoice_date_due),
                    ),
                    rights=self._get_suspended_rights(on_date),
                )
        return None

    def _get_suspension_days(self, on_date):
        days = super()._get_suspension_days(on_date)
        return [
            *days,
            *(day for span in self._get_unpaid_spans() for day in span.boundaries),
        ]

    def _get_suspended_rights(self, on_date):
        rights = self._get_agreed("suspend_right_ids", on_date).value
        return frozenset(rights.mapped("code"))

    def _get_unpaid_spans(self):
        """The days on which an invoice was overdue for longer than the terms allow.

        From the day after that many days to the day before its payment, each with the
        id of the invoice.

        :return: list of :class:`odoo.addons.support_contract.spans.Span`
        """
        self.ensure_one()
        spans = []
        # sudo: whoever asks about a right need not read invoices.
        for move in self.sudo().invoice_ids:
            if move.state != "posted" or move.move_type != "out_invoice":
                continue
            for line in move.line_ids:
                if line.account_id.account_type == "asset_receivable":
                    spans += self._get_unpaid_line_spans(line)
        return spans

    def _get_unpaid_line_spans(self, line):
        """The same for one instalment of an invoice, as a list of one or none."""
        due = line.date_maturity or line.date
        days = self._get_agreed("suspend_days", due).value
        if not days:
            return []
        first, last = due + timedelta(days=days + 1), None
        if line.reconciled:
            matched = line.matched_debit_ids | line.matched_credit_ids
            last = max(matched.mapped("max_date"), default=due) - ONE_DAY
            if last < first:
                return []
        return [Span(first, last, source=line.move_id.id)]

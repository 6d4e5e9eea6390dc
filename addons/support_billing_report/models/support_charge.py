# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

from ..earned import earned_part, metered_part


class SupportCharge(models.Model):
    """How much of a charge was earned by a day, and how much was invoiced by then."""

    _inherit = "support.charge"

    def _get_open_on_domain(self, day):
        """Charges that can differ on ``day``: all but those earned and invoiced."""
        return Domain("state", "not in", list(self._get_unowed_states())) & (
            Domain("state", "!=", "invoiced")
            | Domain("period_end", ">", day)
            | Domain("date", ">", day)
            | Domain("move_id.date", ">", day)
            | Domain("move_id.state", "!=", "posted")
            | Domain("former_line_ids", "!=", False)
        )

    def _get_earned_on(self, day):
        """What the days of the charge through ``day`` are worth, in its currency.

        The day of each is counted, whenever the charge was made. A waived one was
        earned until it was waived. Of an invoice that was credited no more is earned
        than what is left of it: nobody asks for the rest any more.
        """
        self.ensure_one()
        earned = self._get_part_on(day)
        credited = self._get_credited_on(day)
        return min(earned, self.amount - credited) if credited else earned

    def _get_part_on(self, day):
        """The part of the amount for the days through ``day``."""
        if self.state == "waived":
            decided = self.decision_date
            if not decided or self.company_id._support_date(decided) <= day:
                return 0.0
        if evidence := self._get_metered_evidence():
            return metered_part(evidence, self.amount, day, self.currency_id)
        if not (self.period_start and self.period_end):
            return self.amount if self.date <= day else 0.0
        if day < self.period_start:
            return 0.0
        if day >= self.period_end:
            return self.amount
        return earned_part(
            self.amount, self.period_start, self.period_end, day, self.currency_id
        )

    def _get_invoiced_on(self, day):
        """What posted invoices asked for by ``day``, in the charge's currency.

        An invoice that was reversed later asked for it until then, and one that was
        credited by hand asks for what is left.
        """
        self.ensure_one()
        asked = self.amount * len(self._get_lines_asked_for(day))
        return asked - self._get_credited_on(day)

    def _get_credited_on(self, day):
        """What people's credit notes had taken back by ``day`` of what was asked for.

        What names no line of the invoice is shared out to all of them.
        """
        credited = 0.0
        for line in self._get_lines_asked_for(day):
            move, others = line.move_id, line.move_id.invoice_line_ids
            if move.move_type != "out_invoice":
                continue
            credits_found = move._get_support_credit_lines()
            untaxed = credits_found and move._get_support_untaxed()
            for credit in credits_found:
                if credit.move_id.date > day:
                    continue
                if credit._is_support_credit_of(line):
                    credited += credit.price_subtotal
                elif untaxed and not any(map(credit._is_support_credit_of, others)):
                    share = line.price_subtotal / untaxed
                    credited += credit.price_subtotal * share
        return self.currency_id.round(credited)

    def _get_booked_rate(self, day):
        """What one unit of the charge's currency was booked as by ``day``, in the
        company's; none before it was invoiced.

        What was invoiced ahead is not revalued: the ledger keeps the invoice's rate.
        """
        lines = self._get_lines_asked_for(day)
        amount = sum(lines.mapped("amount_currency"))
        return sum(lines.mapped("balance")) / amount if amount else None

    def _get_lines_asked_for(self, day):
        """Lines of posted invoices that asked for this charge on ``day``."""
        lines = self.env["account.move.line"]
        for line in self.move_line_id | self.former_line_ids:
            move = line.move_id
            if move.state != "posted" or move.date > day:
                continue
            reversed_by = move.reversal_move_ids.filtered(
                lambda credit: credit.state == "posted" and credit.date <= day
            )
            if line in self.former_line_ids and reversed_by:
                continue
            lines |= line
        return lines

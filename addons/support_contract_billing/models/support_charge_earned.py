# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import groupby

from odoo.addons.support_contract.periods import calendar_month

from ..periods import service_periods
from ..pricing import Part, Rounding, part_amount


class SupportCharge(models.Model):
    """How much of a charge was earned by a day, and how much was invoiced by then."""

    _inherit = "support.charge"

    def _get_open_on_domain(self, day):
        """Charges that can differ on ``day``: all but those earned and invoiced."""
        return (
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
        earned until it was waived.
        """
        self.ensure_one()
        if self.state == "waived":
            decided = self.decision_date
            if not decided or self.company_id._support_date(decided) <= day:
                return 0.0
        if evidence := self._get_metered_evidence():
            return _metered_part(evidence, self.amount, day, self.currency_id)
        if not (self.period_start and self.period_end):
            return self.amount if self.date <= day else 0.0
        if day < self.period_start:
            return 0.0
        if day >= self.period_end:
            return self.amount
        return _earned_part(
            self.amount, self.period_start, self.period_end, day, self.currency_id
        )

    def _get_invoiced_on(self, day):
        """What posted invoices asked for by ``day``, in the charge's currency.

        An invoice that was reversed later asked for it until then.
        """
        self.ensure_one()
        return self.amount * len(self._get_lines_asked_for(day))

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


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_earned_uncharged(self, day):
        """What was earned by ``day`` and has no charge yet, as things are today.

        :return: list of (values of the charge to come, earned of it)
        """
        self.ensure_one()
        schedule = self._get_schedule()
        anchor = self.contract_id.date_start
        pieces = (
            piece
            for first, last in self._get_uncharged_days()
            if first <= day
            for whole in service_periods(schedule, first, last, day, anchor)
            for piece in self._split(schedule, whole)
        )
        found = []
        for piece in pieces:
            covered = piece.covered
            if covered.start > day:
                continue
            vals = self._prepare_recurring_charge_vals(piece)
            amount = vals["amount"]
            if day < covered.end:
                amount = _earned_part(
                    amount, covered.start, covered.end, day, self.currency_id
                )
            found.append((vals, amount))
        return found


class SupportContract(models.Model):
    _inherit = "support.contract"

    def _get_earned_rows(self, day):
        """What differs between earned and invoiced on ``day``.

        :return: list of dicts: contract, charge (may be empty), service, product,
            name, earned, invoiced (in the contract's currency), estimated (there is no
            charge yet), error (why it is not known)
        """
        rows = []
        Charge = self.env["support.charge"]
        charges = Charge.search(
            Domain("contract_id", "in", self.ids) & Charge._get_open_on_domain(day),
            order="contract_id, period_start, id",
        )
        for charge in charges:
            earned, invoiced = charge._get_earned_on(day), charge._get_invoiced_on(day)
            if charge.currency_id.compare_amounts(earned, invoiced):
                rows.append(
                    {
                        "contract": charge.contract_id,
                        "charge": charge,
                        "product": charge.product_id,
                        "name": charge.name,
                        "earned": earned,
                        "invoiced": invoiced,
                        "estimated": False,
                        "error": "",
                    }
                )
        for contract in self.filtered_domain(self._get_running_domain()):
            for service in contract.service_ids:
                if service.type_id.basis != "usage":
                    rows += contract._get_uncharged_rows(service, day)
            rows += contract._get_uncharged_evidence_rows(day)
        return rows

    def _get_uncharged_evidence_rows(self, day):
        """The same for what was metered by ``day`` and has no charge yet."""
        self.ensure_one()
        evidence = self._get_uncharged_evidence(last=calendar_month(day).end)
        rows = []
        for kind, own in groupby(evidence, lambda one: one.type_id):
            row = {
                "contract": self,
                "charge": self.env["support.charge"],
                "product": kind.product_id,
                "name": kind.name,
                "earned": 0.0,
                "invoiced": 0.0,
                "estimated": True,
                "error": "",
            }
            try:
                for vals, charged in self._prepare_evidence_charges_vals(own):
                    part = _metered_part(charged, vals["amount"], day, self.currency_id)
                    if not self.currency_id.is_zero(part):
                        rows.append({**row, "name": vals["name"], "earned": part})
            except UserError as error:
                rows.append({**row, "error": str(error)})
        return rows

    def _get_uncharged_rows(self, service, day):
        row = {
            "contract": self,
            "charge": self.env["support.charge"],
            "product": service.type_id.product_id,
            "name": service.type_id.name,
            "earned": 0.0,
            "invoiced": 0.0,
            "estimated": True,
            "error": "",
        }
        try:
            return [
                {**row, "name": vals["name"], "earned": earned}
                for vals, earned in service._get_earned_uncharged(day)
                if earned
            ]
        except UserError as error:
            return [{**row, "error": str(error)}]


def _metered_part(evidence, amount, day, currency):
    """How much of the ``amount`` of all of this evidence was earned by ``day``.

    Each is earned on its own day, at the average price of them all.
    """
    if all(one.date <= day for one in evidence):
        return amount
    total = sum(one.quantity for one in evidence)
    through = sum(one.quantity for one in evidence if one.date <= day)
    return currency.round(amount * through / (total or 1.0))


def _earned_part(amount, start, end, day, currency):
    """The share of the days ``start`` to ``day``; parts add up to the whole."""
    part = Part(1, (day - start).days + 1, (end - start).days + 1)
    return float(part_amount(amount, part, Rounding(currency.rounding)))

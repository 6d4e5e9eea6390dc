# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import ONE_DAY, Period

from ..periods import BillingPeriod, Schedule, due_date, period_of
from ..pricing import Price


@dataclass(frozen=True)
class Piece:
    """Days of one price.

    :param period: :class:`..periods.BillingPeriod`
    :param quantity: :class:`odoo.addons.support_contract.basis.Quantity`
    :param figures: as ``service._get_figures`` returns them
    :param price: :class:`..pricing.Price` of these days
    """

    period: BillingPeriod
    quantity: Quantity
    figures: dict
    price: Price


@dataclass(frozen=True)
class ExpectedPrice:
    """What the days of a charge cost by the agreement as it is known today.

    :param days: :class:`Period` that was charged
    :param full: the whole billing period around it
    :param pieces: list of :class:`Piece`, in order; none where the agreement covers
        no day of it
    """

    days: Period
    full: Period
    pieces: list

    @property
    def amount(self):
        """Sum of the pieces, an exact Decimal of the currency's precision."""
        return sum((piece.price.amount for piece in self.pieces), Decimal(0))

    @property
    def covered(self):
        """The charged days that the agreement covers, or None."""
        if not self.pieces:
            return None
        first, last = self.pieces[0].period.covered, self.pieces[-1].period.covered
        return Period(first.start, last.end)

    @property
    def uncovered(self):
        """The charged days that it does not cover: at most one stretch at each end."""
        covered = self.covered
        if not covered:
            return [self.days]
        before = self.days.clip(end=covered.start - ONE_DAY)
        after = self.days.clip(start=covered.end + ONE_DAY)
        return [days for days in (before, after) if days]


class SupportCharge(models.Model):
    """A charge for days of a service, computed anew by what is agreed today.

    By the very code that charges a period, so that it never matters when somebody
    knew what: what was charged and its corrections are together what would have been
    charged.
    """

    _inherit = "support.charge"

    def _get_expected_amount(self, counts=None):
        """What the days of this chain should cost.

        :param counts: the line counts to compute from; by default the valid evidence
        :return: :class:`ExpectedPrice`, or None when the billing periods of the terms
            do not fit the charged days any more
        """
        root = self[0]
        days = Period(root.period_start, root.period_end)
        full = root._get_full_period()
        if not full:
            return None
        if counts is None:
            # What costs nothing has evidence too, and is waived.
            counts = self._get_evidence() or root.count_ids
        service = root.service_id.with_context(lang=root.partner_id.lang)
        part = service._get_charged_part(days)
        pieces = []
        if part:
            schedule = service._get_schedule_on(root.period_start)
            due = due_date(schedule, full, part)
            for period in service._split(schedule, BillingPeriod(full, part, due)):
                quantity = root._get_quantity_again(service, period, counts)
                figures = service._get_figures(period.covered.start)
                price = service._compute_price(period, quantity, figures)
                pieces.append(Piece(period, quantity, figures, price))
        return ExpectedPrice(days, full, pieces)

    def _get_full_period(self):
        """The whole billing period that this charge is of, or None if none fits.

        By the terms of its first day; the terms may have changed their calendar
        inside the period, and the run bills by those of its own day.
        """
        self.ensure_one()
        service, start = self.service_id, self.period_start
        anchor = service.contract_id.date_start
        for schedule in (service._get_schedule_on(start), service._get_schedule()):
            full = period_of(schedule, start, anchor)
            if self.period_end in full:
                return full
        return None

    def _get_quantity_again(self, service, period, counts):
        """How much of the service the days of a period are charged for.

        A fee's quantity is settled when it is charged, and a wrong count is another
        matter: only agreed numbers of users have a history of their own to look at.
        """
        basis = service.type_id.basis
        if basis == "lines":
            return Quantity(counts._get_billed_lines(), "lines", counts)
        if basis in ("fixed", "users"):
            return service._get_quantity(min(period.due, period.covered.end))
        units = self.units
        if units != round(units):
            return Quantity(units)
        step = service._get_agreed("step", period.covered.start).value or 1
        unit = "instances" if basis == "instances" else service.type_id.name
        return Quantity(round(units) * step, unit)

    def _get_right_or_refuse(self, counts):
        right = self._get_expected_amount(counts)
        if right is None:
            raise UserError(
                self.env._(
                    "The billing periods of the terms have changed, and “%(charge)s” "
                    "does not fit them any more. Credit the invoice instead.",
                    charge=self[0].name,
                )
            )
        return right

    def _prepare_difference_vals(self, right, amount, counts, origin, lines):
        """Values of the correction that makes this chain right.

        :param right: :class:`ExpectedPrice`
        :param amount: the difference
        :param counts: the line counts behind what is right
        :param origin: a key of ``correction_origin``
        :param lines: texts that the calculation begins with
        """
        root, tail = self[0], self[-1]
        env = root.with_context(lang=root.partner_id.lang).env
        today = root.company_id._support_today()
        return {
            "name": env._("Correction: %s", root.name),
            "contract_id": root.contract_id.id,
            "company_id": root.company_id.id,
            "currency_id": root.currency_id.id,
            "service_id": root.service_id.id,
            "product_id": root.product_id.id,
            "kind": "correction",
            "correction_origin": origin,
            "corrects_id": tail.id,
            "key": f"correction:{self._name}:{tail.id}:{today}",
            "date": today,
            "period_start": root.period_start,
            "period_end": root.period_end,
            # Negative quantities and not prices: e-invoices forbid the latter.
            "quantity": -1.0 if amount < 0 else 1.0,
            "price_unit": abs(amount),
            "amount": amount,
            "calculation": "\n".join(
                [*lines, *self._render_right(right), self._render_difference(amount)]
            ),
            "count_ids": [fields.Command.set(counts.ids)],
            # What is right, as if it had been charged so at once.
            **self._prepare_right_rate_vals(right),
        }

    def _prepare_right_rate_vals(self, right):
        """What the correction says about a whole month: that of its last day."""
        root = self[0]
        if not right.pieces:
            return {"monthly_amount": 0.0, "units": 0.0, "rate": root.rate}
        last = right.pieces[-1]
        return root.service_id._prepare_rate_vals(
            last.period, last.quantity, last.figures, last.price
        )

    def _render_right(self, right):
        """What is right and how it is computed, for a reader: a list of lines."""
        root = self[0]
        service = root.service_id.with_context(lang=root.partner_id.lang)
        env, lines = service.env, []
        nothing = env["support.count"]
        is_whole = not right.uncovered and len(right.pieces) == 1
        for piece in right.pieces:
            is_last = piece is right.pieces[-1]
            text = service._render_calculation(
                piece.price,
                (piece.quantity.count_ids or nothing) if is_last else nothing,
                piece.figures,
            )
            if not is_whole:
                days = service._format_days(piece.period.covered)
                text = env._("%(days)s: %(calculation)s", days=days, calculation=text)
            lines.append(env._("Right: %s", text))
        for days in right.uncovered:
            lines.append(
                env._(
                    "Not covered by the agreement: %(days)s, "
                    "%(covered)s/%(total)s days",
                    days=service._format_days(days),
                    covered=days.days,
                    total=right.full.days,
                )
            )
        if len(right.pieces) > 1:
            total = self._render_money(env, float(right.amount))
            lines.append(env._("Right together: %s", total))
        return lines

    def _render_difference(self, amount):
        env = self[0].with_context(lang=self[0].partner_id.lang).env
        return env._("Difference: %s", self._render_money(env, amount))

    def _render_money(self, env, value):
        return formatLang(env, value, currency_obj=self[0].currency_id)


class SupportContractService(models.Model):
    _inherit = "support.contract.service"

    def _get_schedule_on(self, day):
        """When this service was billed by its terms of that day."""
        return Schedule(
            self._get_agreed("calendar", day).value,
            self._get_agreed("timing", day).value,
        )

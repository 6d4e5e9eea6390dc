# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What charged days should cost by the agreement of today, and their correction.

A *chain* is a `support.charge` recordset: the original charge and its corrections, in
order. A correction is a charge of its own, so history stays; it can be corrected in its
turn. The chain has no branches, so its sum is always what the customer pays.
"""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from odoo.addons.support_contract.basis import Quantity
from odoo.addons.support_contract.periods import ONE_DAY, Period
from odoo.addons.support_instance.count_day import LATE

from .crediting import CreditNotes


@dataclass(frozen=True)
class ExpectedPrice:
    """What the days of a charge cost by the agreement as it is known today.

    :param days: :class:`Period` that was charged
    :param full: the whole billing period around it
    :param pieces: list of :class:`.fees.Fee`, in order, of days that cost the same;
        none where the agreement covers no day of it
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
        """The charged days that the agreement does not cover: at most one stretch at
        each end.
        """
        covered = self.covered
        if not covered:
            return [self.days]
        before = self.days.clip(end=covered.start - ONE_DAY)
        after = self.days.clip(start=covered.end + ONE_DAY)
        return [days for days in (before, after) if days]


def compute_expected_price(chain, counts=None):
    """What the days of a chain of charges should cost by what is agreed today.

    By the very code that charges a period, so that it never matters when somebody
    knew what: what was charged and its corrections are together what would have been
    charged.

    :param counts: the line counts to compute from; by default the valid evidence
    The first day of the contract or the terms may have moved its billing periods since:
    each day costs its share of the one that it is in by now.

    :return: :class:`ExpectedPrice`
    :raise UserError: when there is no price
    """
    root = chain[0]
    days = Period(root.period_start, root.period_end)
    if counts is None:
        # What costs nothing has evidence too, and is waived.
        counts = chain._get_evidence() or root.count_ids
    service = root.service_id.with_context(lang=root.partner_id.lang)
    part = service._get_charged_part(days)
    pieces = []
    if part:
        for whole in service._get_periods(part.start, part.end, part.end):
            for period in service._split(whole):
                quantity = _get_quantity_again(root, service, period, counts)
                pieces.append(service._get_fee(period, quantity))
    full = service._get_whole_period(days.start)
    # Days of several billing periods, by now, are a period of their own.
    return ExpectedPrice(days, full if days.end in full else days, pieces)


def _get_quantity_again(charge, service, period, counts):
    """How much of the service the days of a period are charged for.

    A fee's quantity is settled when it is charged, and a wrong count is another
    matter: only agreed numbers of users have a history of their own to look at.

    :param service: of the charge, in the customer's language
    """
    basis = service.type_id.basis
    if basis == "lines":
        return Quantity(counts._get_billed_lines(), "lines", counts)
    if basis in ("fixed", "users"):
        return service._get_quantity(min(period.due, period.covered.end))
    units = charge.units
    if units != round(units):
        return Quantity(units)
    step = service._get_agreed("step", period.covered.start).value or 1
    unit = "instances" if basis == "instances" else service.type_id.name
    return Quantity(round(units) * step, unit)


class Correction:
    """The charge that makes a chain of charges right; common to every cause.

    :param chain: `support.charge`, the original charge and its corrections, in order
    """

    # A key of `support.charge.correction_origin`.
    origin = None

    def __init__(self, chain):
        self.chain, self.root, self.tail = chain, chain[0], chain[-1]
        self.env = chain.env
        self.currency = self.root.currency_id

    @cached_property
    def customer_env(self):
        """The environment in the language of the customer who reads the invoice."""
        return self.root.with_context(lang=self.root.partner_id.lang).env

    @cached_property
    def charged_or_waived(self):
        """The sum of this chain, with the last difference that a person waived.

        A manager can waive what a changed agreement gives back, or asks for. That
        stays decided, and is the ground on which later differences are computed.
        """
        last = self._get_last_agreement_correction()
        charged = self.chain._get_charged()
        return charged + last.amount if last.state == "waived" else charged

    def _get_last_agreement_correction(self):
        """The last correction for a changed agreement that was not dropped, or none."""
        return self.chain.filtered(
            lambda charge: charge.correction_origin == "agreement"
            and not charge.is_dropped
        )[-1:]

    def _create(self, vals, reason):
        """Write a correction of this chain, log it and tell who follows the contract.

        :param vals: as `_prepare_difference_vals` gives them
        """
        # sudo: charges are written by the system alone, never by a person.
        correction = self.chain.sudo().create(vals)
        contract, charged = correction.contract_id, self.chain._get_charged()
        contract._log_event(
            "charge",
            reason,
            record=correction,
            field_name="amount",
            before=contract.currency_id.format(charged),
            after=contract.currency_id.format(charged + vals["amount"]),
        )
        correction._notify_contracts(
            reason, self.env._("It goes on the next invoice, as the difference:")
        )
        return correction

    def _prepare_difference_vals(self, expected, amount, counts, lines):
        """Values of the correction that makes this chain right.

        :param expected: :class:`ExpectedPrice`
        :param amount: the difference
        :param counts: the line counts behind what is right
        :param lines: texts that the calculation begins with
        """
        root, tail = self.root, self.tail
        today = root.company_id._support_today()
        rate = {"monthly_amount": 0.0, "units": 0.0, "rate": root.rate}
        if expected.pieces:
            rate = root.service_id._prepare_rate_vals(expected.pieces[-1])
        return {
            "name": self.customer_env._("Correction: %s", root.name),
            "contract_id": root.contract_id.id,
            "company_id": root.company_id.id,
            "currency_id": root.currency_id.id,
            "service_id": root.service_id.id,
            "product_id": root.product_id.id,
            "kind": "correction",
            "correction_origin": self.origin,
            "corrects_id": tail.id,
            "key": f"correction:{root._name}:{tail.id}:{today}",
            "date": today,
            "period_start": root.period_start,
            "period_end": root.period_end,
            # Negative quantities and not prices: e-invoices forbid the latter.
            "quantity": -1.0 if amount < 0 else 1.0,
            "price_unit": abs(amount),
            "amount": amount,
            "calculation": "\n".join(
                [
                    *lines,
                    *self._render_expected(expected),
                    self.customer_env._("Difference: %s", self._format_money(amount)),
                ]
            ),
            "count_ids": [fields.Command.set(counts.ids)],
            # What is right, as if it had been charged so at once, on the last day.
            **rate,
        }

    def _render_expected(self, expected):
        """What is right and how it is computed, for a reader: a list of lines."""
        env, lines = self.customer_env, []
        service = self.root.service_id.with_env(env)
        nothing = env["support.count"]
        is_whole = not expected.uncovered and len(expected.pieces) == 1
        for piece in expected.pieces:
            is_last = piece is expected.pieces[-1]
            text = service._render_calculation(
                piece.price,
                (piece.quantity.count_ids or nothing) if is_last else nothing,
                piece.figures,
            )
            if not is_whole:
                days = service._format_days(piece.period.covered)
                text = env._("%(days)s: %(calculation)s", days=days, calculation=text)
            lines.append(env._("Expected: %s", text))
        for days in expected.uncovered:
            lines.append(
                env._(
                    "Not covered by the agreement: %(days)s, "
                    "%(covered)s/%(total)s days",
                    days=service._format_days(days),
                    covered=days.days,
                    total=expected.full.days,
                )
            )
        if len(expected.pieces) > 1:
            total = self._format_money(float(expected.amount))
            lines.append(env._("Expected in total: %s", total))
        return lines

    def _render_waived(self):
        """The earlier difference that a person waived, in words: one line or none."""
        waived = self.charged_or_waived - self.chain._get_charged()
        if self.currency.is_zero(waived):
            return []
        return [self.customer_env._("Waived before: %s", self._format_money(waived))]

    def _get_invoice_names(self):
        """Numbers and dates of the posted invoices that this chain is on, in words."""
        env = self.customer_env
        return ", ".join(
            env._(
                "invoice %(number)s of %(date)s",
                number=move.name,
                date=format_date(env, move.invoice_date),
            )
            for move in self.chain.move_id
            if move.state == "posted"
        )

    def _format_money(self, value):
        return formatLang(self.customer_env, value, currency_obj=self.currency)


class CountCorrection(Correction):
    """What was charged from a wrong line count is corrected by the difference."""

    origin = "count"

    def make(self, counts, reason):
        """Charge, or credit, the difference that other counts make.

        :param counts: approved `support.count`; each takes the place of the one of the
            same instance
        :param reason: why the first count was wrong
        :return: the correction, which waits for the next invoice
        :raise UserError: when the counts change nothing
        """
        return self._create(self.prepare_vals(counts), reason)

    def prepare_vals(self, counts):
        """Values of the charge that corrects this chain, by other line counts.

        With the days and prices that are agreed for the period, as known today.
        """
        if not self.tail.is_correctable and not self.root.is_correctable:
            raise UserError(
                self.env._("Only what is charged by lines of code can be corrected.")
            )
        counts = self.replace_counts(counts)
        expected = compute_expected_price(self.chain, counts)
        amount = self.currency.round(float(expected.amount) - self.charged_or_waived)
        if self.currency.is_zero(amount):
            raise UserError(
                self.env._(
                    "That count leads to the same price: there is nothing to correct."
                )
            )
        CreditNotes(self.chain).check_not_credited(amount)
        vals = self._prepare_difference_vals(
            expected, amount, counts, self._render_charged_lines()
        )
        if expected.covered:
            vals["period_start"] = expected.covered.start
            vals["period_end"] = expected.covered.end
        return vals

    def replace_counts(self, counts):
        """The evidence of this chain with ``counts`` instead of the old ones.

        :raise UserError: when a count does not belong there, or nothing changes
        """
        old = self.chain._get_evidence()
        contract = self.root.contract_id
        if counts.filtered(
            lambda count: count.state != "approved" or count.contract_id != contract
        ):
            raise UserError(
                self.env._("Choose approved line counts of %s.", contract.display_name)
            )
        if foreign := counts.instance_id - self.chain._get_charged_instances():
            raise UserError(
                self.env._(
                    "%(instance)s was not billed in that period: its lines make no "
                    "price. Choose a line count of an instance that was.",
                    instance=foreign[0].display_name,
                )
            )
        if len(counts.instance_id) < len(counts):
            raise UserError(self.env._("Choose one line count for each instance."))
        if not counts - old:
            raise UserError(
                self.env._("That is what was charged: choose another line count.")
            )
        kept = old.filtered(lambda count: count.instance_id not in counts.instance_id)
        return kept | counts

    def _render_charged_lines(self):
        """What was charged and from how many lines, in the customer's language."""
        env, old = self.customer_env, self.chain._get_evidence()
        text = env._(
            "Charged: %(amount)s for %(lines)s lines, counted on %(days)s",
            amount=self._format_money(self.chain._get_charged()),
            lines=formatLang(env, old._get_billed_lines(), digits=0),
            days=", ".join(format_date(env, count.date) for count in old),
        )
        if invoice := self._get_invoice_names():
            text += f" ({invoice})"
        return [text, *self._render_waived()]


def true_up(charges):
    """Correct provisional charges as soon as the code can be read again. Clause R2.

    They were made from an old count because none could be made in time. The first
    approved count from the count day on decides what the period really costs; until
    there is one, nothing is done. What is right, or was decided otherwise, is
    provisional no longer.
    """
    for charge in charges:
        counts, is_open = _get_final_counts(charge)
        if counts and _makes_difference(charge, counts):
            period = charge.service_id._get_whole_period(charge.period_start)
            reason = charge.env._(
                "The code could not be counted before %s, so an older count was "
                "charged until it could.",
                format_date(charge.env, period.start),
            )
            charge._correct(counts, reason)
        if not is_open:
            # sudo: charges are written by the system alone, never by a person.
            charge.sudo().provisional = False


def _get_final_counts(charge):
    """(counts that take the place of provisional ones, whether some are missing).

    What a person has corrected meanwhile stays as they decided.
    """
    counts, is_open = charge.env["support.count"], False
    if charge.state == "waived":
        return counts, is_open
    evidence = charge._get_correction_chain()._get_evidence()
    period = charge.service_id._get_whole_period(charge.period_start)
    for instance, found in charge.service_id._get_period_counts(period).items():
        old = charge.count_ids.filtered(lambda c, own=instance: c.instance_id == own)
        if not old or old not in evidence:
            continue
        is_open = is_open or found.provisional
        if found.rule == LATE and found.count.id != old.id:
            counts += counts.browse(found.count.id)
    return counts, is_open


def _makes_difference(charge, counts):
    """Whether the period costs another amount with these counts."""
    # sudo: what a period costs does not depend on who looks.
    chain = charge.sudo()._get_correction_chain()
    correction = CountCorrection(chain)
    expected = compute_expected_price(chain, correction.replace_counts(counts))
    due = float(expected.amount) - correction.charged_or_waived
    if CreditNotes(chain).get_credited_away(due):
        return False
    return not charge.currency_id.is_zero(due)

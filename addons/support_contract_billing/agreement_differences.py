# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Charged days whose agreement changed afterwards: the difference, by itself.

An amendment has the charges corrected at once that lie on the days it changes.
"""

from datetime import date

from odoo.addons.support_contract.periods import ONE_DAY, Period

from .corrections import Correction, compute_expected_price
from .crediting import CreditNotes
from .decisions import update_held_activity
from .fees import PRICE_FIGURES


class AgreementCorrection(Correction):
    """What was charged before the agreement changed is corrected by the difference.

    A month was charged, mostly in advance, and then the service ends inside it or
    costs something else from a day on. The difference is a correction like that of a
    wrong count, in the same chain: its sum is what the customer would have paid had
    everything been known before. What waits for an invoice when the agreement changes
    once more is dropped and made anew; what was invoiced is countered.
    """

    origin = "agreement"

    def adjust(self, reason, span=None, amendment=None):
        """Charge or credit what the agreement, as it is now, makes of this chain.

        Does nothing where it is right, so it can be asked for at any time.

        :param reason: why the agreement changed, for the log
        :param span: :class:`Period` of days whose price can differ by that
        :param amendment: ``support.contract.amendment`` that changed it
        """
        currency = self.currency
        if self._is_out_of_question():
            return
        expected = compute_expected_price(self.chain)
        if expected is None:
            self.chain._notify_contracts(
                reason,
                self.env._(
                    "What it changes could not be computed, as the billing periods of "
                    "the terms are others by now. Look at these charges:"
                ),
            )
            return
        due = float(expected.amount)
        if not currency.compare_amounts(due, self.charged_or_waived):
            return
        waiting = self._get_waiting_correction()
        held = waiting.state == "held" and waiting.decision_reason
        if waiting:
            span = span and Period(
                min(span.start, waiting.period_start), max(span.end, waiting.period_end)
            )
            self._drop(waiting, reason)
        rest = AgreementCorrection(self.chain - waiting)
        amount = currency.round(due - rest.chain._get_charged())
        if currency.is_zero(amount) or not currency.compare_amounts(
            due, rest.charged_or_waived
        ):
            return
        credited, left = CreditNotes(rest.chain).get_credited_by_hand()
        if currency.compare_amounts(credited, 0) > 0:
            if currency.compare_amounts(left, 0) <= 0:
                return  # nothing is left that could be corrected
            if amount < 0:
                held = held or CreditNotes(rest.chain).describe_credited(credited)
        vals = rest._prepare_vals(expected, amount, span, bool(waiting))
        # Dropped ones keep their place: the chain has no branches.
        vals["corrects_id"] = self.tail.id
        vals["key"] = f"correction:{self.root._name}:{self.tail.id}:{vals['date']}"
        amendment = amendment or self._get_last_agreement_correction().amendment_id
        vals["amendment_id"] = amendment.id
        if held:
            vals |= self.root._prepare_decision_vals("held", held)
        self._create(vals, reason)

    def _is_out_of_question(self):
        """Whether nobody has to pay for the charged days, whatever is agreed.

        What costs nothing is waived as well, but can come to cost something.
        """
        root = self.root
        return (
            root.kind != "recurring"
            or not root.period_start
            or root.currency_id != root.contract_id.currency_id
            or (root.state == "waived" and not root.currency_id.is_zero(root.amount))
        )

    def _get_waiting_correction(self):
        """The correction for a changed agreement that waits for an invoice and that
        nothing builds on, or none.
        """
        last = self.chain.filtered(lambda charge: not charge.is_dropped)[-1:]
        return last.filtered(
            lambda charge: charge.correction_origin == "agreement"
            and charge.state in ("pending", "held")
        )

    def _drop(self, correction, reason):
        """Take back a correction that was never invoiced."""
        was_held = correction.state == "held"
        text = self.env._("The agreement changed again: %s", reason)
        vals = correction._prepare_decision_vals("waived", text)
        correction._set_state(vals | {"is_dropped": True}, text)
        if was_held:
            update_held_activity(correction.contract_id)
        correction._notify_contracts(text, self.env._("This correction is dropped:"))

    def _prepare_vals(self, expected, amount, span, replaces):
        """Values of the correction; its days are those that cost something else.

        :param replaces: it takes the place of one that was dropped
        """
        root, env = self.root, self.customer_env
        service = root.service_id.with_env(env)
        text = env._(
            "Charged: %(amount)s for %(days)s",
            amount=self._format_money(self.chain._get_charged()),
            days=service._format_days(expected.days),
        )
        if invoice := self._get_invoice_names():
            text += f" ({invoice})"
        counts = self.chain._get_evidence() or root.count_ids
        vals = self._prepare_difference_vals(
            expected, amount, counts, [text, *self._render_waived()]
        )
        start, end = root.period_start, root.period_end
        if span:
            start, end = max(start, span.start), min(end, span.end)
        covered = expected.covered
        if covered and (replaces or not span) and len(expected.pieces) == 1:
            # Alone it stands for the days after the end, whenever that was agreed.
            if covered.start == root.period_start and start <= covered.end < end:
                start = covered.end + ONE_DAY
        vals["period_start"], vals["period_end"] = start, end
        # Not before the days have come that are given back or cost more.
        vals["date"] = max(vals["date"], start)
        return vals


CONTRACT = "support.contract"
SERVICE = "support.contract.service"
CONDITION = "support.contract.condition"


def adjust_charges(amendment):
    """Correct the charges of days that cost something else by an amendment.

    Also those of days to come: whoever is charged for them from today on is
    charged by what is scheduled, and so is who was charged before.
    """
    # sudo: charges are written by the system alone, and a consultant may take down
    # a notice that the terms allow.
    Charge = amendment.env["support.charge"].sudo()
    amendment_sudo = amendment.sudo()
    for service in amendment_sudo.contract_id.service_ids:
        span = get_changed_days(amendment_sudo, service)
        if not span or service.type_id.basis == "usage":
            continue
        charges = Charge.search(
            [
                ("service_id", "=", service.id),
                ("kind", "=", "recurring"),
                ("period_start", "<=", span.end),
                ("period_end", ">=", span.start),
            ],
            order="period_start, id",
        )
        for charge in charges:
            AgreementCorrection(charge._get_correction_chain()).adjust(
                amendment_sudo.reason, span, amendment_sudo
            )


def get_changed_days(amendment, service):
    """The days on which a service can cost something else by this amendment.

    :return: :class:`Period` around all of them, or None
    """
    spans = [
        span
        for line in amendment.line_ids
        if (span := _get_days_of_line(line, service))
    ]
    if not spans:
        return None
    return Period(min(span.start for span in spans), max(span.end for span in spans))


def _get_days_of_line(line, service):
    """The days on which a service can cost something else by one line of an amendment.

    :return: :class:`Period`, or None where no price depends on what the line changes
    """
    later = Period(line.amendment_id.date_effective, date.max)
    if line.model == CONTRACT and line.field_name == "terms_id":
        return later
    if line.model == CONTRACT and line.field_name == "billed_through":
        return _get_days_after(line, date.min)
    if line.model == SERVICE and line.res_id == service.id:
        if line.field_name == "user_count":
            return later
        if line.field_name == "date_end":
            return _get_days_after(line, date.max)
        if line.field_name == "date_start":
            return _get_days_from(line)
    if line.model == CONDITION:
        return _get_condition_days(line, later)
    return None


def _get_condition_days(line, later):
    """The days of a special condition that is new or other, or that ended.

    :param later: those of one that is gone
    """
    condition = line._get_record()
    if not condition:
        return later
    if condition.key not in PRICE_FIGURES and line.field_name != "key":
        return None
    if line.operation == "change" and line.field_name == "date_end":
        return _get_days_after(line, date.max)
    if line.operation == "change" and line.field_name == "date_start":
        return _get_days_from(line)
    return Period(condition.date_start or date.min, condition.date_end or date.max)


def _get_days_after(line, empty):
    """Days after the earlier of two last days, through the later one.

    :param empty: what an empty date stands for
    """
    first, last = _get_two_days(line, empty)
    return Period(first + ONE_DAY, last) if first < last else None


def _get_days_from(line):
    """Days from the earlier of two first days, before the later one."""
    first, last = _get_two_days(line, date.min)
    return Period(first, last - ONE_DAY) if first < last else None


def _get_two_days(line, empty):
    """The old and the new date, the earlier one first."""
    model = line.env[line.model]
    return sorted(
        model._decode_value(line.field_name, text) or empty
        for text in (line.before, line.after)
    )

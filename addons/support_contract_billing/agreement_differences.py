# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Charged days whose agreement changed afterwards: the difference, by itself.

An amendment has the charges corrected at once that lie on the days it changes.
"""

from datetime import date

from odoo.exceptions import UserError

from odoo.addons.support_contract.periods import ONE_DAY, Period

from .billing import ACCOUNTANTS
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
        try:
            expected = self.find_expected()
        except UserError as error:
            self._report_uncomputed(reason, str(error))
            return
        if not expected:
            return
        due = float(expected.amount)
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

    def find_expected(self):
        """What this chain should cost, where that is not what it costs.

        :return: :class:`.corrections.ExpectedPrice`, or None where nothing differs
        :raise UserError: when it cannot be computed
        """
        if self._is_out_of_question():
            return None
        root, contract = self.root, self.root.contract_id
        expected = compute_expected_price(self.chain)
        covered = expected.covered
        days = (covered.start, covered.end) if covered else ()
        agreed = {contract._value_on("currency_id", day) for day in days}
        due = float(expected.amount)
        other = agreed - {root.currency_id}
        if not other:
            if not self.currency.compare_amounts(due, self.charged_or_waived):
                return None
            other = {contract.currency_id} - {root.currency_id}
        if other:
            raise UserError(
                self.env._(
                    "“%(charge)s” was charged in %(charged)s, and %(agreed)s is agreed "
                    "by now. Credit it and charge its days by hand.",
                    charge=root.display_name,
                    charged=root.currency_id.name,
                    agreed=", ".join(currency.name for currency in other),
                )
            )
        return expected

    def _report_uncomputed(self, reason, error):
        """A to-do: nobody else looks at charged days that nothing can put right."""
        contract = self.root.contract_id
        note = self.env._(
            "%(reason)s: what changes for “%(charge)s” could not be computed. "
            "%(error)s",
            reason=reason,
            charge=self.root.display_name,
            error=error,
        )
        contract.activity_schedule(
            "support_contract_billing.activity_charge_uncomputed",
            note=note,
            user_id=contract._get_responsible_user(ACCOUNTANTS).id,
        )

    def _is_out_of_question(self):
        """Whether nobody has to pay for the charged days, whatever is agreed.

        What costs nothing is waived as well, but can come to cost something.
        """
        root = self.root
        return (
            root.kind != "recurring"
            or not root.period_start
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
    amendment_sudo = amendment.sudo()
    for charge, span in get_changed_charges(amendment_sudo):
        AgreementCorrection(charge._get_correction_chain()).adjust(
            amendment_sudo.reason, span, amendment_sudo
        )


def get_changed_charges(amendment):
    """The charges that can cost something else by this amendment.

    :return: list of (charge, :class:`Period` of days whose price can differ, or None
        where all of them can)
    """
    contract, found = amendment.contract_id, []
    moved = _moves_first_day(amendment)
    for service in contract.service_ids:
        if service.type_id.basis == "usage":
            continue
        span = get_changed_days(amendment, service)
        if not span and not moved:
            continue
        charges = service.charge_ids.filtered(
            lambda charge: charge.kind == "recurring" and charge.period_start
        )
        for charge in charges.sorted(lambda charge: (charge.period_start, charge.id)):
            days = Period(charge.period_start, charge.period_end)
            if span and days.clip(span.start, span.end):
                found.append((charge, span))
            elif moved and _has_anniversary(service, days):
                found.append((charge, None))
    return found


def _moves_first_day(amendment):
    """Whether the contract begins on another day by this amendment: what all billing
    periods of its services are counted from where they are anniversaries.
    """
    contract = amendment.contract_id
    starts = {service.id: service.date_start for service in contract.service_ids}
    for line in amendment.line_ids.filtered(lambda line: line.model == SERVICE):
        if line.operation == "remove":
            return True
        if line.operation == "add":
            starts.pop(line.res_id, None)
        elif line.field_name == "date_start" and line.res_id in starts:
            model = line.env[SERVICE]
            starts[line.res_id] = model._decode_value("date_start", line.before)
    return min(filter(None, starts.values()), default=None) != contract.date_start


def _has_anniversary(service, days):
    """Whether some of these days are billed from an anniversary on."""
    return any(
        first <= days.end and schedule.calendar == "anniversary"
        for first, schedule in service._get_schedules(days.start)
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

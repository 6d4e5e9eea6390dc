# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a changed agreement means for charges: those there are are corrected at once."""

from datetime import date

from odoo.addons.support_contract.periods import ONE_DAY, Period

from .fees import PRICE_FIGURES

CONTRACT = "support.contract"
SERVICE = "support.contract.service"
CONDITION = "support.contract.condition"


def adjust_charges(contract, amendment):
    """Correct the charges of days that cost something else by an amendment.

    Also those of days to come: whoever is charged for them from today on is
    charged by what is scheduled, and so is who was charged before.
    """
    Charge = contract.env["support.charge"].sudo()
    # sudo: charges are written by the system alone, and a consultant may take down
    # a notice that the terms allow.
    amendment_sudo = amendment.sudo()
    for service in contract.sudo().service_ids:
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
            charge._get_correction_chain()._adjust_to_agreement(
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


def get_customer_changes(contract, start, end):
    """Days after ``start``, through ``end``, on which the contract passes on."""
    # sudo: as in _value_on.
    lines = contract.sudo().amendment_ids.line_ids.filtered(
        lambda line: line.model == contract._name and line.field_name == "partner_id"
    )
    days = sorted({*lines.amendment_id.mapped("date_effective")})
    return [
        day
        for day in days
        if start < day <= end
        # Some were withdrawn or undone.
        and contract._value_on("partner_id", day)
        != contract._value_on("partner_id", day - ONE_DAY)
    ]


def _get_days_of_line(line, service):
    """The same for one line; None for what no price depends on."""
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

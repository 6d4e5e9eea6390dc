# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How charges differ from those of the month before, in words."""

from datetime import timedelta

from odoo.addons.support_contract.periods import Period

# Longer than the longest month, so that the one before is always seen.
LOOK_BACK = timedelta(days=62)


def get_history(charges):
    """Recurring charges of the contracts of these charges, from two months before on.

    :return: {contract: charges in the order of their periods}
    """
    recurring = _get_recurring(charges)
    if not recurring:
        return {}
    first = {
        contract: min(own.mapped("period_start")) - LOOK_BACK
        for contract, own in recurring.grouped("contract_id").items()
    }
    # One search for all; each contract looks back from its own charges.
    found = charges.search(
        [
            ("contract_id", "in", recurring.contract_id.ids),
            ("kind", "=", "recurring"),
            ("period_start", ">=", min(first.values())),
        ],
        order="period_start, id",
    )
    return found.filtered(
        lambda charge: charge.period_start >= first[charge.contract_id]
    ).grouped("contract_id")


def get_change_notes(charges, history):
    """What changed since the month before, for the customer who is invoiced.

    :param history: as `get_history` returns it, of these charges and others
    :return: {contract: list of sentences}, in the customer's language; nothing for
        a contract without a month before
    """
    notes = {}
    for contract in _get_recurring(charges).contract_id:
        known = history.get(contract, charges.browse())
        own = charges.filtered(lambda one, mine=contract: one.contract_id == mine)
        before = known - own
        if sentences := before and _describe_changes(own, known):
            notes[contract] = sentences
    return notes


def _describe_changes(charges, history):
    """Sentences for charges of one contract."""
    env = charges.with_context(lang=charges.partner_id[:1].lang).env
    sentences = []
    for charge in _get_recurring(charges).with_env(env):
        if previous := charge._get_previous(history):
            sentences += charge._describe_change(previous)
        else:
            sentences.append(charge.service_id._describe_begin(charge.period_start))
    earlier = history - charges
    last = max(earlier.mapped("period_end"))
    for service in (earlier.service_id - charges.service_id).with_env(env):
        end = service.date_end
        if end and (end.year, end.month) == (last.year, last.month):
            sentences.append(service._describe_end())
    return sentences


def _get_recurring(charges):
    return charges.filtered(lambda charge: charge.kind == "recurring")


def explain_fee_change(charge, before):
    """Why a charge is another amount than the one before it, for an accountant.

    :param before: the charge of the same service before this one
    :return: sentences, one a line
    """
    sentences = charge._describe_change(before)
    # The service is said beside it.
    name = f"{charge.service_id.type_id.name}: "
    sentences = [sentence.removeprefix(name) for sentence in sentences]
    if any(
        one.currency_id.compare_amounts(one.amount, one.monthly_amount)
        for one in (charge, before)
    ):
        sentences.append(
            charge.env._(
                "%(now)s is charged, and before %(before)s",
                now=_describe_days(charge),
                before=_describe_days(before),
            )
        )
    return "\n".join(sentences)


def _describe_days(charge):
    """The days that are charged, such as 12–30 September 2026."""
    period = Period(charge.period_start, charge.period_end)
    return charge.service_id._format_days(period)

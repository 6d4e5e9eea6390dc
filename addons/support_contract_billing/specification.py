# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is written for the customer beside the charges.

One page says which module has how many lines, and costs what; a note says how charges
differ from those of the month before.
"""

from datetime import timedelta

from odoo.addons.support_contract.periods import Period

from .fees import ChargeBasis, describe_changes
from .pricing import Rounding, split_amount

# Lines of text that fit on one page, and what is shown of a service in any case.
PAGE_LINES = 16
LEAST_ROWS = 5


def prepare_specification(move):
    """What the page of an invoice says.

    :return: dict with ``services`` (what is charged by lines of code: name, rows,
        sums, calculation), ``others`` (charges without modules) and ``included``
    """
    # sudo: whoever opens the page need not read charges and counts.
    charges = move._get_support_charges().sorted("id")
    history = get_history(charges)
    counted = charges.filtered(
        lambda charge: charge.kind == "recurring" and charge.count_ids
    )
    others, included = charges - counted, move._get_support_included_work()
    taken = len(included) + sum(
        1 + len((charge.calculation or "").splitlines()) for charge in others
    )
    most = max((PAGE_LINES - taken) // max(len(counted), 1), LEAST_ROWS)
    return {
        "services": [
            _prepare_service(
                charge, charge._get_previous(history[charge.contract_id]), most
            )
            for charge in counted
        ],
        "others": others,
        "included": included,
    }


def _prepare_service(charge, previous, most):
    """Module by module: lines before, now and their share of the price.

    The shares add up to the amount, to the öre.

    :param previous: the charge of the month before, or none
    :param most: how many modules have a row of their own; the rest share one
    """
    old = previous and previous._get_correction_chain()._get_evidence()
    was = old._get_lines_by_module() if old else {}
    now = charge.count_ids._get_lines_by_module()
    names = sorted(
        was.keys() | now.keys(),
        key=lambda name: (
            -abs(now.get(name, 0) - was.get(name, 0)) if old else 0,
            -now.get(name, 0),
            name,
        ),
    )
    weights = [now.get(name, 0) for name in names]
    shares = [0] * len(names)
    currency = charge.currency_id
    if any(weights):
        shares = split_amount(charge.amount, weights, Rounding(currency.rounding))
    rows = [
        {
            "name": name,
            "before": was.get(name, 0) if old else None,
            "now": now.get(name, 0),
            "change": now.get(name, 0) - was.get(name, 0) if old else None,
            "amount": float(share),
        }
        for name, share in zip(names, shares, strict=True)
    ]
    return {
        "charge": charge,
        "compared": bool(old),
        "rows": rows[:most],
        "rest": _sum_rows(rows[most:], currency),
        "total": _sum_rows(rows, currency),
    }


def _sum_rows(rows, currency):
    """One row for many; its name is how many there are."""
    return {
        "name": len(rows),
        "before": sum(row["before"] or 0 for row in rows),
        "now": sum(row["now"] for row in rows),
        "change": sum(row["change"] or 0 for row in rows),
        "amount": currency.round(sum(row["amount"] for row in rows)),
    }


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
            sentences += _describe_change(charge, previous)
        else:
            sentences.append(charge.service_id._describe_begin(charge.period_start))
    earlier = history - charges
    last = max(earlier.mapped("period_end"))
    for service in (earlier.service_id - charges.service_id).with_env(env):
        end = service.date_end
        if end and (end.year, end.month) == (last.year, last.month):
            sentences.append(service._describe_end())
    return sentences


def _describe_change(charge, previous):
    """Sentences on what changed from the charge before to this one."""
    old = previous._get_correction_chain()._get_evidence()
    return describe_changes(
        charge.service_id,
        ChargeBasis(old, previous.quantity, previous.period_start),
        ChargeBasis(charge.count_ids, charge.quantity, charge.period_start),
    )


def _get_recurring(charges):
    return charges.filtered(lambda charge: charge.kind == "recurring")


def explain_fee_change(charge, before):
    """Why a charge is another amount than the one before it, for an accountant.

    :param before: the charge of the same service before this one
    :return: sentences, one a line
    """
    sentences = _describe_change(charge, before)
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

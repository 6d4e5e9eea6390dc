# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The page beside an invoice: which module has how many lines, and costs what."""

from .fees import get_history, get_lines_by_module
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
    was = get_lines_by_module(old) if old else {}
    now = get_lines_by_module(charge.count_ids)
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

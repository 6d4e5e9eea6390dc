# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How long customers may take to pay: 2 a § räntelagen (1975:635)."""

from datetime import date, timedelta

# Days, between businesses unless the creditor has approved more; to a public body
# always.
LONGEST = 30
# Terms that end with a month are longest from the first day of a long one.
_DAYS = [date(2026, 12, 1) + timedelta(days=day) for day in range(62)]


def get_longest_days(term):
    """Days from an invoice to its last due date, on the day when that is longest.

    :param term: `account.payment.term`
    """
    return max(
        (
            (line._get_due_date(day) - day).days
            for line in term.line_ids
            for day in _DAYS
        ),
        default=0,
    )

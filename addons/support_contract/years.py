# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Days that a person enters and that no agreement is about."""

from odoo.exceptions import UserError

# Beyond them a day is a slip of the keyboard, and arithmetic with it can overflow.
YEARS = range(2000, 2101)


def check_years(env, *days):
    """Refuse a day outside of :data:`YEARS`.

    :raise UserError: with the years that can be chosen
    """
    if all(day.year in YEARS for day in days):
        return
    raise UserError(
        env._(
            "Choose a day in the years %(first)s to %(last)s.",
            # Texts: a year has no thousands separator.
            first=str(YEARS[0]),
            last=str(YEARS[-1]),
        )
    )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""For which versions of Odoo something exists: plain Python, no ORM."""

import re

SERIES = re.compile(r"\d{1,3}\.\d")


def series_key(series):
    """What versions are sorted by: 9.0 comes before 10.0."""
    return [int(part) for part in re.findall(r"\d+", series or "")]


def split_series(run, known):
    """Which versions that a customer runs something exists for, and which it does not.

    :param run: versions of the customer's systems; empty ones are passed over
    :param known: versions that it exists for
    :return: (those it exists for, those that it lacks), each sorted and once
    """
    wanted = sorted({one for one in run if one}, key=series_key)
    known = set(known)
    return (
        [one for one in wanted if one in known],
        [one for one in wanted if one not in known],
    )

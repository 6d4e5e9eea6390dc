# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which days the services on lines of an invoice are of."""


def get_span(lines):
    """First and last day of the services on lines, as far as they say it."""
    starts = [line.start_date for line in lines if line.start_date]
    ends = [line.end_date for line in lines if line.end_date]
    return min(starts, default=None), max(ends, default=None)

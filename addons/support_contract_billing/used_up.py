# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Limits of the database that a night would meet: told long before."""

from odoo.tools import SQL

SHARE = 0.9  # of the numbers, from which on it is told


def find_used_up(env):
    """Sentences about tables whose rows have nearly used up their numbers.

    Files of line counts, messages and the lines of journal entries are many, and
    PostgreSQL gives each row a number below 2,147,483,648 that is never used again.
    """
    rows = env.execute_query(
        SQL(
            "SELECT sequencename, last_value, max_value FROM pg_sequences "
            "WHERE schemaname = current_schema AND sequencename LIKE %s "
            "AND last_value > max_value * %s ORDER BY sequencename",
            r"%\_id\_seq",
            SHARE,
        )
    )
    return [
        env._(
            "The table %(table)s has used up %(percent)s %% of the numbers for its "
            "rows. With the last one nothing can be written to it any more, and "
            "billing stops. Ask whoever runs the database to give it larger numbers "
            "before that.",
            table=name.removesuffix("_id_seq"),
            percent=last * 100 // most,
        )
        for name, last, most in rows
    ]

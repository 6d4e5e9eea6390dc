# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What PostgreSQL knows of the tables that a billing run fills.

The planner's statistics come from autovacuum, a minute or more later. In a database
without invoices a run of thousands writes most of its rows before that: every statement
that looks for the last number is planned as if the table was empty, and each batch
takes longer than the one before.
"""

from psycopg2 import errors

from odoo.tools import SQL

TABLES = (
    "account_move",
    "account_move_line",
    "account_move_line_account_tax_rel",
    "support_charge",
    "support_charge_support_count_rel",
)


def is_out_of_date(cr, rows):
    """Whether the statistics know of fewer invoices than `rows`."""
    cr.execute("SELECT reltuples FROM pg_class WHERE oid = 'account_move'::regclass")
    return cr.fetchone()[0] < rows


def refresh(cr):
    """Gather the statistics anew; begins and ends a transaction.

    Where a vacuum or another process has the tables, it is left to them.
    """
    # pylint: disable=invalid-commit
    cr.commit()
    try:
        cr.execute("SET LOCAL lock_timeout = '500ms'")
        for table in TABLES:
            cr.execute(SQL("ANALYZE %s", SQL.identifier(table)), log_exceptions=False)
        cr.commit()
    except errors.LockNotAvailable:
        cr.rollback()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Bookkeeping material is kept for seven years, whoever wants to delete it.

Seven years after the calendar year in which the financial year ends, counted from the
last invoice that rests on something (bokföringslagen 7 kap. 2 §). The database says
until when, row by row: functions ``support_until_TABLE``, which also tell the guard of
evidence (`support_contract.evidence_guard`) from when on it lets rows be deleted.

Odoo's own tables get triggers that ask them: for what is deleted, and for contacts,
users and employees, whose former names are kept while something names them. Nothing
of it runs when invoices are made.
"""

from odoo.tools import SQL, file_open

FUNCTIONS = "support_contract_billing/retention.sql"
KEPT = {
    "account_move": SQL("DELETE"),
    "account_move_line": SQL("DELETE"),
    "ir_attachment": SQL("DELETE OR UPDATE"),
}
NAMING = {"res_partner": SQL("DELETE OR UPDATE"), "res_users": SQL("DELETE")}


def make_functions(cr, path=FUNCTIONS):
    """Make what says until when rows are kept; add-ons above have their own file."""
    with file_open(path) as functions:
        cr.execute(functions.read())


def keep_rows(cr, tables, function="support_retention_guard"):
    """Make the triggers of tables anew.

    :param tables: {table: events}
    """
    drop_triggers(cr, tables)
    for table, events in tables.items():
        cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH ROW EXECUTE FUNCTION %s()",
                SQL.identifier(f"{table}_retention"),
                events,
                SQL.identifier(table),
                SQL.identifier(function),
            )
        )


def drop_triggers(cr, tables):
    for table in tables:
        cr.execute(
            SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(f"{table}_retention"),
                SQL.identifier(table),
            )
        )


def drop_functions(cr, names):
    for name in names:
        cr.execute(
            SQL(
                "DROP FUNCTION IF EXISTS %s(integer)",
                SQL.identifier(f"support_until_{name}"),
            )
        )


def get_until(records):
    """{id: the first day on which a record need not be kept}, of those that are."""
    records.env.flush_all()
    rows = records.env.execute_query(
        SQL(
            "SELECT id, support_until(%s, id) FROM %s WHERE id = ANY (%s)",
            records._table,
            SQL.identifier(records._table),
            list(records.ids),
        )
    )
    return {of_id: until for of_id, until in rows if until}

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The database refuses to change evidence, whoever asks it to.

Rows of a table are evidence from the start, or once the record that they belong to has
reached a state (:class:`Owner`). One function for all such tables; the arguments of a
table's triggers are what to say, the owner and the columns. ``?`` marks a column that
may be emptied, since what it led to may be deleted, but not changed.
"""

from typing import NamedTuple

from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, file_open


class Owner(NamedTuple):
    """The record that decides whether the rows of a table are evidence.

    :param table: its table; that of the rows themselves if each decides for itself
    :param states: from when on what belongs to it never changes, with commas
    :param link: the column that leads to it
    :param part: the column that leads to a part of it, if rows are put under one:
        nothing is put under a decided owner by naming another one
    :param part_table: the part's table, whose rows have the same `link`
    :param mismatch: what to say where the part belongs to another owner; nothing if
        the rows have no link of their own
    """

    table: str
    states: str
    link: str = ""
    part: str = ""
    part_table: str = ""
    mismatch: str = ""


NOBODY = Owner("", "")

FUNCTIONS = "support_contract/evidence_guard.sql"


def get_columns(model):
    """Names of the columns of a model that can be evidence: a set.

    Without those that Odoo has on all models, links to contacts, which a merge of
    contacts repoints, and texts that are translated, to which languages are added.
    """
    return {
        name
        for name, field in model._fields.items()
        if field.store
        and field.column_type
        and name not in MAGIC_COLUMNS
        and field.comodel_name != "res.partner"
        and not field.translate
    }


def drop_guard(cr, table):
    """Take the triggers away again, of a table that stays without its guard."""
    for suffix in ("evidence", "evidence_truncate"):
        cr.execute(
            SQL(
                "DROP TRIGGER IF EXISTS %s ON %s",
                SQL.identifier(f"{table}_{suffix}"),
                SQL.identifier(table),
            )
        )


def guard_table(cr, table, columns, message, links=(), owner=NOBODY, made=True):
    """Make the triggers of a table anew.

    :param columns: names of those that never change
    :param message: what to say to whoever tries
    :param links: names of those that may become empty, but nothing else
    :param owner: :class:`Owner`; without one rows are evidence from the start
    :param made: whether who made a row, and when, is evidence as well
    """
    # Which record it is, and who made it when, whoever of them is deleted later.
    columns = ["id", *(["create_date"] if made else []), *columns]
    links = [*(["create_uid"] if made else []), *links]
    arguments = SQL(", ").join(
        [message, *owner, *columns, *(f"{name}?" for name in links)]
    )
    table_sql = SQL.identifier(table)
    drop_guard(cr, table)
    with file_open(FUNCTIONS) as functions:
        cr.execute(functions.read())
    for suffix, event, function in (
        (
            "evidence",
            SQL("INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW", table_sql),
            SQL("support_evidence_guard"),
        ),
        (
            "evidence_truncate",
            SQL("TRUNCATE ON %s FOR EACH STATEMENT", table_sql),
            SQL("support_evidence_guard_truncate"),
        ),
    ):
        trigger = SQL.identifier(f"{table}_{suffix}")
        cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE %s EXECUTE FUNCTION %s(%s)",
                trigger,
                event,
                function,
                arguments,
            )
        )

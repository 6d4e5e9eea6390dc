# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The database refuses to change evidence, whoever asks it to.

Rows of a table are evidence from the start, or once the record that they belong to has
reached a state (:class:`Owner`). One function for all such tables; the arguments of a
table's triggers are what to say, the owner and the columns. ``?`` marks a column that
may be emptied, since what it led to may be deleted, but not changed.

The columns are compared in the function: a trigger on named columns would keep a later
version from changing their type, and one on every update from filling a new column. As
JSON, so that a column that an add-on takes with it leaves no function that fails.
Locking the owner makes whoever decides on it wait for whoever still writes to it.
"""

from typing import NamedTuple

from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL


class Owner(NamedTuple):
    """The record that decides whether the rows of a table are evidence.

    :param table: its table; that of the rows themselves if each decides for itself
    :param states: from when on what belongs to it never changes, with commas
    :param link: the column that leads to it
    :param part: the column that leads to a part of it, if rows are put under one:
        nothing is put under a decided owner by naming another one
    :param part_table: the part's table, whose rows have the same `link`
    :param mismatch: what to say where the part belongs to another owner
    """

    table: str
    states: str
    link: str = ""
    part: str = ""
    part_table: str = ""
    mismatch: str = ""


NOBODY = Owner("", "")

_ROWS = """
CREATE OR REPLACE FUNCTION support_evidence_guard() RETURNS trigger AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    owner_table text := TG_ARGV[1];
    states text[] := string_to_array(TG_ARGV[2], ',');
    link text := TG_ARGV[3];
    part text := TG_ARGV[4];
    part_table text := TG_ARGV[5];
    decided boolean := FALSE;
    changed boolean := TG_OP != 'UPDATE';
    owners integer[] := ARRAY[
        (before->>link)::integer, (after->>link)::integer
    ];
    owner integer;
    part_id integer;
    state text;
    item text;
BEGIN
    IF owner_table = '' THEN
        decided := TG_OP != 'INSERT';
    ELSIF owner_table = TG_TABLE_NAME THEN
        decided := COALESCE(before->>'state' = ANY (states), FALSE);
    ELSE
        IF part != '' THEN
            FOREACH part_id IN ARRAY ARRAY[
                (before->>part)::integer, (after->>part)::integer
            ] LOOP
                CONTINUE WHEN part_id IS NULL;
                EXECUTE format('SELECT %I FROM %I WHERE id = $1', link, part_table)
                   INTO owner USING part_id;
                owners := owners || owner;
            END LOOP;
        END IF;
        FOR state IN EXECUTE format(
            'SELECT state FROM %I WHERE id = ANY ($1) FOR SHARE', owner_table
        ) USING owners LOOP
            decided := decided OR state = ANY (states);
        END LOOP;
    END IF;
    IF decided AND NOT changed THEN
        FOREACH item IN ARRAY TG_ARGV[7:] LOOP
            IF right(item, 1) = '?' THEN
                item := left(item, -1);
                CONTINUE WHEN jsonb_typeof(after->item) = 'null';
            END IF;
            changed := changed OR before->item IS DISTINCT FROM after->item;
        END LOOP;
    END IF;
    IF decided AND changed THEN
        RAISE EXCEPTION '% (%).', TG_ARGV[0], TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- The last owner is that of the part that the row is put under.
    IF TG_OP != 'DELETE' AND part != ''
        AND owner IS DISTINCT FROM (after->>link)::integer
    THEN
        RAISE EXCEPTION '% (%).', TG_ARGV[6], TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql
"""

_TRUNCATE = """
CREATE OR REPLACE FUNCTION support_evidence_guard_truncate() RETURNS trigger AS $$
DECLARE
    decided boolean;
BEGIN
    IF TG_ARGV[1] = '' THEN
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME
        ) INTO decided;
    ELSE
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %I WHERE state = ANY ($1))', TG_ARGV[1]
        ) INTO decided USING string_to_array(TG_ARGV[2], ',');
    END IF;
    IF decided THEN
        RAISE EXCEPTION '% (%).', TG_ARGV[0], TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""


def get_columns(model):
    """Names of the columns of a model, without those that Odoo has on all: a set."""
    return {
        name
        for name, field in model._fields.items()
        if field.store and field.column_type and name not in MAGIC_COLUMNS
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


def guard_table(cr, table, columns, message, links=(), owner=NOBODY):
    """Make the triggers of a table anew.

    :param columns: names of those that never change
    :param message: what to say to whoever tries
    :param links: names of those that may become empty, but nothing else
    :param owner: :class:`Owner`; without one rows are evidence from the start
    """
    # Which record it is, and who made it when, whoever of them is deleted later.
    columns = ["id", "create_date", *columns]
    arguments = SQL(", ").join(
        [message, *owner, *columns, *(f"{name}?" for name in ("create_uid", *links))]
    )
    table_sql = SQL.identifier(table)
    drop_guard(cr, table)
    cr.execute(_ROWS)
    cr.execute(_TRUNCATE)
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

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The database refuses to change evidence, whoever asks it to.

One function for all tables of evidence. Its arguments name the columns; ``?`` marks a
link that may be emptied, since what it led to may be deleted, but not changed. ``!`` as
the first one: the table's rows are evidence from the start, not once their line count
is decided.

The columns are compared in the function: a trigger on named columns would keep a later
version from changing their type, and one on every update from filling a new column. As
JSON, so that a column that an add-on takes with it leaves no function that fails.
Locking the count makes whoever decides on it wait for whoever still writes to it.

A file belongs to the count of its module, too: nothing is put under a decided count by
naming another one.
"""

from odoo.tools import SQL

ALWAYS = "!"

_ROWS = """
CREATE OR REPLACE FUNCTION support_evidence_guard() RETURNS trigger AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    decided boolean := FALSE;
    changed boolean := TG_OP != 'UPDATE';
    owners integer[] := ARRAY[
        (before->>'count_id')::integer, (after->>'count_id')::integer
    ];
    owner integer;
    state text;
    item text;
    module integer;
BEGIN
    IF TG_ARGV[0] = '!' THEN
        decided := TG_OP != 'INSERT';
    ELSIF TG_TABLE_NAME = 'support_count' THEN
        decided := COALESCE(before->>'state' IN ('approved', 'rejected'), FALSE);
    ELSE
        IF TG_TABLE_NAME = 'support_count_line' THEN
            FOREACH module IN ARRAY ARRAY[
                (before->>'module_id')::integer, (after->>'module_id')::integer
            ] LOOP
                CONTINUE WHEN module IS NULL;
                SELECT m.count_id INTO owner
                  FROM support_count_module m WHERE m.id = module;
                owners := owners || owner;
            END LOOP;
        END IF;
        FOR state IN
            SELECT c.state FROM support_count c WHERE c.id = ANY(owners) FOR SHARE
        LOOP
            decided := decided OR state IN ('approved', 'rejected');
        END LOOP;
    END IF;
    IF decided AND NOT changed THEN
        FOREACH item IN ARRAY TG_ARGV LOOP
            IF right(item, 1) = '?' THEN
                item := left(item, -1);
                CONTINUE WHEN jsonb_typeof(after->item) = 'null';
            END IF;
            changed := changed OR before->item IS DISTINCT FROM after->item;
        END LOOP;
    END IF;
    IF decided AND changed THEN
        RAISE EXCEPTION 'A decided line count is evidence and never changes (%).',
            TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- The last owner is the count of the module that the file is put under.
    IF TG_OP != 'DELETE' AND TG_TABLE_NAME = 'support_count_line'
        AND owner IS DISTINCT FROM (after->>'count_id')::integer
    THEN
        RAISE EXCEPTION 'A file is put under a module of another line count (%).',
            TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
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
    IF TG_ARGV[0] = '!' THEN
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM %I.%I)', TG_TABLE_SCHEMA, TG_TABLE_NAME
        ) INTO decided;
    ELSE
        decided := EXISTS (
            SELECT FROM support_count c WHERE c.state IN ('approved', 'rejected')
        );
    END IF;
    IF decided THEN
        RAISE EXCEPTION 'A decided line count is evidence and never changes (%).',
            TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""


def guard_table(cr, table, columns, links=(), always=False):
    """Make the triggers of a table anew.

    :param columns: names of those that never change
    :param links: names of those that may become empty, but nothing else
    :param always: rows are evidence from the start; else once their count is decided
    """
    # Which record it is, and who made it when, whoever of them is deleted later.
    columns = ["id", "create_date", *columns]
    arguments = [*columns, *(f"{name}?" for name in ("create_uid", *links))]
    arguments = SQL(", ").join([ALWAYS, *arguments] if always else arguments)
    table_sql = SQL.identifier(table)
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
        cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, table_sql))
        cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE %s EXECUTE FUNCTION %s(%s)",
                trigger,
                event,
                function,
                arguments,
            )
        )

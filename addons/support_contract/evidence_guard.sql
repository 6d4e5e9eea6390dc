-- Copyright 2026 Support Contract contributors
-- License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
-- The functions of the triggers that evidence_guard.py makes, which tells what for.
--
-- The columns are compared in the function: a trigger on named columns would keep a
-- later version from changing their type, and one on every update from filling a new
-- column. As JSON, so that a column that an add-on takes with it leaves no function that
-- fails. Locking the owner makes whoever decides on it wait for whoever still writes to
-- it.
-- The first day on which a row need not be kept any more. An add-on that knows makes a
-- function support_until_TABLE(id) for its table; nobody knows of the others. Nothing is
-- said where nothing rests on the row.
CREATE OR REPLACE FUNCTION support_until(of_table text, of_id integer)
RETURNS date AS $$
DECLARE
    answer date;
BEGIN
    IF to_regprocedure(format('support_until_%s(integer)', of_table)) IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('SELECT %I($1)', 'support_until_' || of_table)
       INTO answer USING of_id;
    RETURN answer;
END
$$ LANGUAGE plpgsql STABLE;

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
    IF decided AND TG_OP = 'DELETE' THEN
        -- Evidence goes when the last invoice that rests on it need not be kept.
        decided := COALESCE(
            CASE
                WHEN owner_table IN ('', TG_TABLE_NAME)
                THEN support_until(TG_TABLE_NAME, (before->>'id')::integer)
                ELSE support_until(owner_table, (before->>link)::integer)
            END > CURRENT_DATE,
            TRUE
        );
    END IF;
    IF decided AND changed THEN
        RAISE EXCEPTION '% (%).', TG_ARGV[0], TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- The last owner is that of the part that the row is put under.
    IF TG_OP != 'DELETE' AND TG_ARGV[6] != ''
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
$$ LANGUAGE plpgsql;

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
$$ LANGUAGE plpgsql;

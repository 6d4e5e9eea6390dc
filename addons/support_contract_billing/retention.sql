-- Copyright 2026 Support Contract contributors
-- License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
-- Until when invoices and what is behind them have to be kept; see retention.py.
--
-- Asked when something is deleted or a contact renamed, never when anything is billed.
-- In PL/pgSQL throughout, since it is made before all of the tables are.

-- The first day after the years that follow the one in which the financial year ends.
CREATE OR REPLACE FUNCTION support_retention_day(of_company integer, day date)
RETURNS date AS $$
DECLARE
    last_month integer;
    last_day integer;
    years integer;
BEGIN
    SELECT fiscalyear_last_month::integer, fiscalyear_last_day, support_retention_years
      INTO last_month, last_day, years
      FROM res_company
     WHERE id = of_company;
    IF last_month = 2 AND last_day = 28 THEN
        last_day := 29;
    END IF;
    RETURN make_date(
        EXTRACT(YEAR FROM day)::integer + 1 + years
        + CASE
            WHEN (EXTRACT(MONTH FROM day), EXTRACT(DAY FROM day))
                > (last_month, last_day)
            THEN 1 ELSE 0
        END,
        1, 1
    );
END
$$ LANGUAGE plpgsql STABLE;

-- Of the invoices that ask for one of these charges or for what corrects them, and of
-- their credit notes, the day of the last one. A draft that nobody got is none.
CREATE OR REPLACE FUNCTION support_until_charges(charges integer[])
RETURNS date AS $$
BEGIN
    RETURN (
        WITH RECURSIVE upwards AS (
            SELECT id, corrects_id FROM support_charge WHERE id = ANY (charges)
            UNION
            SELECT charge.id, charge.corrects_id
              FROM support_charge charge
              JOIN upwards ON upwards.corrects_id = charge.id
        ), chain AS (
            SELECT id FROM upwards
            UNION
            SELECT charge.id
              FROM support_charge charge
              JOIN chain ON chain.id = charge.corrects_id
        ), asking AS (
            SELECT line.move_id
              FROM support_charge charge
              JOIN chain USING (id)
              JOIN account_move_line line ON line.id = charge.move_line_id
            UNION
            SELECT line.move_id
              FROM support_charge_former_line_rel former
              JOIN chain ON chain.id = former.support_charge_id
              JOIN account_move_line line ON line.id = former.account_move_line_id
        )
        SELECT MAX(support_retention_day(move.company_id, move.date))
          FROM account_move move
         WHERE (
                move.id IN (SELECT move_id FROM asking)
                OR move.reversed_entry_id IN (SELECT move_id FROM asking)
            )
           AND move.posted_before
           AND (move.state != 'draft' OR move.is_move_sent)
    );
END
$$ LANGUAGE plpgsql STABLE;

CREATE OR REPLACE FUNCTION support_until_support_charge(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN support_until_charges(ARRAY[of_id]);
END
$$ LANGUAGE plpgsql STABLE;

CREATE OR REPLACE FUNCTION support_until_support_count(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN support_until_charges(ARRAY(
        SELECT support_charge_id
          FROM support_charge_support_count_rel
         WHERE support_count_id = of_id
    ));
END
$$ LANGUAGE plpgsql STABLE;

CREATE OR REPLACE FUNCTION support_until_support_count_growth(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN (
        SELECT support_until_support_count(count_id)
          FROM support_count_growth
         WHERE id = of_id
    );
END
$$ LANGUAGE plpgsql STABLE;

-- Of an invoice or credit note of ours, sent or posted: its own day, or that of a later
-- document that corrects what it asks for.
CREATE OR REPLACE FUNCTION support_until_account_move(of_id integer)
RETURNS date AS $$
DECLARE
    own date;
    reversed integer;
    charges integer[];
BEGIN
    SELECT support_retention_day(company_id, date), reversed_entry_id
      INTO own, reversed
      FROM account_move
     WHERE id = of_id AND posted_before AND (state != 'draft' OR is_move_sent)
       AND move_type IN ('out_invoice', 'out_refund');
    IF own IS NULL THEN
        RETURN NULL;
    END IF;
    charges := ARRAY(
        SELECT charge.id
          FROM support_charge charge
          JOIN account_move_line line ON line.id = charge.move_line_id
         WHERE line.move_id IN (of_id, reversed)
        UNION
        SELECT former.support_charge_id
          FROM support_charge_former_line_rel former
          JOIN account_move_line line ON line.id = former.account_move_line_id
         WHERE line.move_id IN (of_id, reversed)
    );
    IF charges = '{}' AND NOT EXISTS (
        SELECT FROM support_contract_invoice_rel WHERE account_move_id = of_id
    ) THEN
        RETURN NULL;
    END IF;
    RETURN GREATEST(own, support_until_charges(charges));
END
$$ LANGUAGE plpgsql STABLE;

CREATE OR REPLACE FUNCTION support_until_account_move_line(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN (
        SELECT support_until_account_move(move_id)
          FROM account_move_line
         WHERE id = of_id AND parent_state = 'posted'
    );
END
$$ LANGUAGE plpgsql STABLE;

-- The documents of an invoice, as they were sent, and what is on evidence.
CREATE OR REPLACE FUNCTION support_until_ir_attachment(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN (
        SELECT support_until(replace(res_model, '.', '_'), res_id)
          FROM ir_attachment
         WHERE id = of_id AND res_id != 0
           AND (
                res_model != 'account.move'
                OR res_field IS NOT NULL
                OR support_detached
            )
    );
END
$$ LANGUAGE plpgsql STABLE;

-- Whether what has to be kept names a contact, user or employee.
CREATE OR REPLACE FUNCTION support_is_named(in_table text, of_id integer)
RETURNS boolean AS $$
DECLARE
    found boolean;
    names record;
BEGIN
    FOR names IN
        SELECT own.relname AS naming, col.attname AS link
          FROM pg_constraint con
          JOIN pg_class own ON own.oid = con.conrelid
          JOIN pg_attribute col
            ON col.attrelid = con.conrelid AND col.attnum = con.conkey[1]
         WHERE con.contype = 'f' AND con.confrelid = to_regclass(in_table)
           AND col.attname != 'write_uid'
           AND to_regprocedure(format('support_until_%s(integer)', own.relname))
               IS NOT NULL
    LOOP
        -- The latest are kept for longest.
        EXECUTE format(
            'SELECT EXISTS (SELECT FROM '
            '(SELECT id FROM %1$I WHERE %2$I = $1 ORDER BY id DESC) rows'
            ' WHERE support_until(%1$L, id) > CURRENT_DATE)',
            names.naming, names.link
        ) INTO found USING of_id;
        IF found THEN
            RETURN TRUE;
        END IF;
    END LOOP;
    IF in_table = 'res_partner' THEN
        FOR names IN SELECT id FROM res_users WHERE partner_id = of_id LOOP
            IF support_is_named('res_users', names.id) THEN
                RETURN TRUE;
            END IF;
        END LOOP;
    END IF;
    RETURN FALSE;
END
$$ LANGUAGE plpgsql STABLE;

-- A former name stays as long as something names who had it.
CREATE OR REPLACE FUNCTION support_until_support_former_name(of_id integer)
RETURNS date AS $$
BEGIN
    RETURN (
        SELECT CASE
            WHEN support_is_named(table_name, res_id)
            THEN 'infinity'::date ELSE '-infinity'::date
        END
          FROM support_former_name
         WHERE id = of_id
    );
END
$$ LANGUAGE plpgsql STABLE;

CREATE OR REPLACE FUNCTION support_retention_guard() RETURNS trigger AS $$
DECLARE
    until date;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        -- The content of a document, which may move to another folder, and whose it is.
        IF OLD.checksum IS NOT DISTINCT FROM NEW.checksum
            AND OLD.mimetype IS NOT DISTINCT FROM NEW.mimetype
            AND (
                OLD.store_fname IS NOT DISTINCT FROM NEW.store_fname
                AND OLD.db_datas IS NOT DISTINCT FROM NEW.db_datas
                OR COALESCE(NEW.store_fname LIKE '%/' || NEW.checksum, FALSE)
            )
            AND OLD.res_model IS NOT DISTINCT FROM NEW.res_model
            AND OLD.res_id IS NOT DISTINCT FROM NEW.res_id
            AND (NEW.support_detached OR OLD.support_detached IS NOT TRUE)
        THEN
            -- An invoice that becomes a draft again lets go of what was sent.
            IF OLD.res_model = 'account.move'
                AND OLD.res_field IS NOT NULL AND NEW.res_field IS NULL
            THEN
                NEW.support_detached := TRUE;
            END IF;
            RETURN NEW;
        END IF;
    END IF;
    until := support_until(TG_TABLE_NAME, OLD.id);
    IF until > CURRENT_DATE THEN
        RAISE EXCEPTION 'Bookkeeping material is kept until % (%).',
            until - 1, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql;

-- Who is named stays, and under each name that they had.
CREATE OR REPLACE FUNCTION support_name_guard() RETURNS trigger AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF support_is_named(TG_TABLE_NAME, OLD.id) THEN
            RAISE EXCEPTION 'Bookkeeping material names % (%).', OLD.id, TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.name IS DISTINCT FROM NEW.name AND COALESCE(OLD.name, '') != ''
        AND support_is_named(TG_TABLE_NAME, OLD.id)
    THEN
        INSERT INTO support_former_name
            (table_name, res_id, name, date_until, create_uid, create_date)
        VALUES (
            TG_TABLE_NAME, OLD.id, OLD.name, clock_timestamp() AT TIME ZONE 'UTC',
            NEW.write_uid, clock_timestamp() AT TIME ZONE 'UTC'
        );
    END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql;

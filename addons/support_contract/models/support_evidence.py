# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

DECIDED = ("approved", "rejected")

# One function for all tables of evidence. Its arguments name the columns; `?` marks a
# link that may be emptied, since what it led to may be deleted, but not changed.
# The columns are compared here: a trigger on named columns would keep a later version
# from changing their type, and one on every update from filling a new column. As JSON,
# so that a column that an add-on takes with it leaves no function that fails.
# Locking the count makes whoever decides on it wait for whoever still writes to it.
GUARD = """
CREATE OR REPLACE FUNCTION support_evidence_guard() RETURNS trigger AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END;
    after jsonb := CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END;
    decided boolean := FALSE;
    changed boolean := TG_OP != 'UPDATE';
    state text;
    name text;
BEGIN
    IF TG_TABLE_NAME = 'support_count' THEN
        decided := COALESCE(before->>'state' IN ('approved', 'rejected'), FALSE);
    ELSE
        FOR state IN
            SELECT c.state FROM support_count c
             WHERE c.id IN (
                (before->>'count_id')::integer, (after->>'count_id')::integer
             )
               FOR SHARE
        LOOP
            decided := decided OR state IN ('approved', 'rejected');
        END LOOP;
    END IF;
    IF decided AND NOT changed THEN
        FOREACH name IN ARRAY TG_ARGV LOOP
            IF right(name, 1) = '?' THEN
                name := left(name, -1);
                CONTINUE WHEN jsonb_typeof(after->name) = 'null';
            END IF;
            changed := changed OR before->name IS DISTINCT FROM after->name;
        END LOOP;
    END IF;
    IF decided AND changed THEN
        RAISE EXCEPTION 'A decided line count is evidence and never changes (%).',
            TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$ LANGUAGE plpgsql
"""


class SupportEvidence(models.AbstractModel):
    """What a line count says. Once the count is decided it never changes. Clause R2.

    The ORM refuses, for the superuser too, and so does the database. An add-on that
    adds evidence extends ``_evidence_fields``. Related fields must not be stored on
    these models: a change elsewhere would rewrite evidence, or fail.
    """

    _name = "support.evidence"
    _description = "Evidence"

    # Columns that never change once the count is decided.
    _evidence_fields = ()
    # Of them, what the decision itself writes: no part of the digest.
    _decision_fields = frozenset()
    # Links to what may be deleted: they may become empty, never something else.
    _evidence_links = ()

    def init(self):
        super().init()
        if self._abstract:
            return
        columns = [
            *self._evidence_fields,
            *(f"{name}?" for name in self._evidence_links),
        ]
        table = SQL.identifier(self._table)
        trigger = SQL.identifier(f"{self._table}_evidence")
        self.env.cr.execute(GUARD)
        self.env.cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", trigger, table))
        self.env.cr.execute(
            SQL(
                "CREATE TRIGGER %s BEFORE INSERT OR UPDATE OR DELETE ON %s "
                "FOR EACH ROW EXECUTE FUNCTION support_evidence_guard(%s)",
                trigger,
                table,
                SQL(", ").join(columns),
            )
        )

    def _is_part_of_count(self):
        return "count_id" in self._fields

    def _get_evidence_count(self):
        """The counts that these records belong to."""
        return self.count_id if self._is_part_of_count() else self

    def _check_undecided(self):
        if any(count.state in DECIDED for count in self._get_evidence_count()):
            raise UserError(
                self.env._("A decided count is evidence and never changes.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        if self._is_part_of_count():
            counts = {vals.get("count_id") for vals in vals_list}
            self.env["support.count"].browse(filter(None, counts))._check_undecided()
        return super().create(vals_list)

    def write(self, vals):
        if not vals.keys().isdisjoint((*self._evidence_fields, *self._evidence_links)):
            self._check_undecided()
            result = super().write(vals)
            if "count_id" in vals:
                self._check_undecided()
            return result
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if any(count.state in DECIDED for count in self._get_evidence_count()):
            raise UserError(
                self.env._("A decided count is evidence and cannot be deleted.")
            )

    def _get_statements(self):
        """What each record says, for the digest: a list of {column: value}.

        Empty values are left out, so that a column which a later version adds changes
        no digest that was made before.
        """
        names = [
            name for name in self._evidence_fields if name not in self._decision_fields
        ]
        return [
            {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in vals.items()
                if value and name != "id"
            }
            | {"id": vals["id"]}
            for vals in self.read(names, load=None)
        ]

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..periods import ONE_DAY

CONDITION = "support.contract.condition"
# What a condition that is resumed says, besides its days.
RESUMED = ("contract_id", "key", "type_id", "service_id", "value", "note")


class SupportContractAmend(models.TransientModel):
    """Undo an amendment: what held until then stays what held."""

    _inherit = "support.contract.amend"

    def _get_changes_undo(self):
        """The opposite of every line that still stands as the amendment left it."""
        self._require("undoes_id")
        self._check_own(self.undoes_id.contract_id)
        self._check_may_undo()
        changes, restored = [], {}
        for line in self.undoes_id.line_ids:
            line._check_untouched_since()
            record = line._get_record()
            if line.operation == "remove":
                raise UserError(
                    self.env._("What was removed does not come back. Add it anew.")
                )
            if line.operation == "add":
                changes += self._undo_addition(record)
            elif not record._fields[line.field_name].store:
                continue  # follows from the others
            elif line._is_waiting():
                continue  # never written, and will not be
            else:
                # All of a record at once: no value is computed from another then.
                restored.setdefault(record, {}).update(self._undo_change(line, record))
        for record, vals in restored.items():
            if record._name == CONDITION and self._has_held_with(record):
                changes += self._resume_condition(record, vals)
            else:
                changes.append((record, vals))
        # What was added goes before its predecessor is put back.
        return sorted(changes, key=lambda change: change[1] is not None)

    def _has_held(self):
        """Whether the amendment holds for a while before the undoing takes effect."""
        return self.undoes_id.date_effective < self.date_effective

    def _has_held_with(self, record):
        """Whether days on which the condition is in force are not to be touched."""
        start = record.date_start
        return self._has_held() and not (start and start >= self.date_effective)

    def _check_may_undo(self):
        amendment = self.undoes_id
        if amendment.undone_by_ids.filtered(lambda undo: not undo._is_void()) or (
            amendment._never_held()
        ):
            raise UserError(
                self.env._("“%(reason)s” has been undone.", reason=amendment.reason)
            )
        # One that failed on its day never held either, and may be undone later.
        waits = amendment.state == "scheduled" and not amendment._is_due()
        if waits and self._has_held():
            raise UserError(
                self.env._(
                    "“%(reason)s” has not taken effect. Undo it with effect from "
                    "%(day)s or earlier, and it never will.",
                    reason=amendment.reason,
                    day=format_date(self.env, amendment.date_effective),
                )
            )

    def _undo_addition(self, record):
        if record._name != CONDITION:
            raise UserError(
                self.env._(
                    "%(what)s was added and is running. Give notice for it instead.",
                    what=record.display_name,
                )
            )
        if record.date_start and record.date_start >= self.date_effective:
            return [(record, None)]
        return self._end_condition(record)

    def _end_condition(self, record):
        """Let it hold until the day before, if it would hold longer."""
        if record.date_end and record.date_end < self.date_effective:
            return []
        return [(record, {"date_end": self.date_effective - ONE_DAY})]

    def _resume_condition(self, record, vals):
        """Put a condition back from the day of the undoing on.

        Writing into it would change days that are over, and what was charged for them.
        """
        was = {name: record[name] for name in (*RESUMED, "date_start", "date_end")}
        was |= {
            name: record._fields[name].convert_to_record(
                record._fields[name].convert_to_cache(value, record), record
            )
            for name, value in vals.items()
        }
        changes = self._end_condition(record)
        start = max(filter(None, (was["date_start"], self.date_effective)))
        if not was["date_end"] or was["date_end"] >= start:
            values = record._convert_to_write(was)
            values |= {"date_start": start, "date_end": was["date_end"]}
            changes.append((record.browse(), values))
        return changes

    def _undo_change(self, line, record):
        value = record._decode_value(line.field_name, line.before)
        if record._fields[line.field_name].type == "many2one":
            value = value.id
        return {line.field_name: value}

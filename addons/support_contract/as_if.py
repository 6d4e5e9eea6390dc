# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A contract as if it had been amended already: what would it cost then?

Whoever simulates a change asks the code that answers later. So the change is made
where that code reads, in the ORM's cache, and taken back from there. The database, the
event log and the chatter never hear of it.
"""

from contextlib import contextmanager

from odoo.exceptions import UserError

from .amendment import Amendment


@contextmanager
def as_if_amended(contract, date_effective, reason, changes):
    """Read the contract as if it had been amended, as long as the block lasts.

    What was remembered of it before stays what it was: inside ask what
    :func:`.read_once.look_anew` gives. Only read inside.

    :param contract: `support.contract`
    :param changes: as for :class:`.amendment.Amendment`; what removes records is not
        for here
    :raise UserError: when the amendment would be refused
    """
    amendment = Amendment(contract, date_effective, reason, changes)
    now, later = amendment.plan()
    if not any(_differs(records, vals) for records, vals in [*now, *later]):
        raise UserError(contract.env._("Nothing would change."))
    imagined = _Imagined(contract)
    try:
        for records, vals in now:
            if records:
                imagined.change(records, vals)
            else:
                added = imagined.add(records, vals)
                added._validate_fields(vals)
        imagined.schedule(date_effective, later)
        yield
    finally:
        imagined.forget()


def _differs(records, vals):
    return not records or any(
        record._encode_value(name) != record._encode(name, value)
        for record in records
        for name, value in vals.items()
    )


class _Imagined:
    """Values in the cache that are not so, and how to get rid of them."""

    def __init__(self, contract):
        self.contract, self.env = contract, contract.env
        # (cache of a field, id, value that is so)
        self.changed = []
        # What is computed from imagined values is forgotten with them.
        self.uncomputed = [
            (cache, record.id)
            for record in (contract, *contract.service_ids, *contract.condition_ids)
            for field in record._fields.values()
            if field.compute and not field.store
            if record.id not in (cache := field._get_cache(record.env))
        ]

    def change(self, records, vals):
        records._check_scheduled(vals)
        for record in records:
            for name, value in vals.items():
                field = record._fields[name]
                self._set(record, name, field.convert_to_cache(value, record))

    def add(self, model, vals):
        """A record that is in memory only, and in the lists of what it belongs to."""
        added = model.new(vals)
        for name in vals:
            for inverse in self.env.registry.field_inverses[model._fields[name]]:
                if inverse.type == "one2many" and added[name]:
                    parent = added[name]
                    ids = (*parent[inverse.name]._ids, *added._ids)
                    self._set(parent, inverse.name, ids)
        return added

    def schedule(self, day, changes):
        """An amendment that is to change these values on its day."""
        if not changes:
            return
        vals = {
            "contract_id": self.contract.id,
            "company_id": self.contract.company_id.id,
            "date_effective": day,
            "state": "scheduled",
        }
        # sudo: nobody may make one by hand, and none is made.
        amendment_sudo = self.add(self.env["support.contract.amendment"].sudo(), vals)
        for records, values in changes:
            for record in records:
                for name, value in values.items():
                    line = Amendment._prepare_line_vals(
                        record,
                        name,
                        record._encode_value(name),
                        record._encode(name, value),
                    )
                    self.add(
                        amendment_sudo.line_ids.browse(),
                        {**line, "amendment_id": amendment_sudo},
                    )

    def _set(self, record, name, value):
        record[name]  # is in the cache from here on
        cache = record._fields[name]._get_cache(record.env)
        self.changed.append((cache, record.id, cache[record.id]))
        cache[record.id] = value

    def forget(self):
        for cache, record_id, value in reversed(self.changed):
            cache[record_id] = value
        for cache, record_id in self.uncomputed:
            cache.pop(record_id, None)

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which records a caller's values lead to, however they are written down."""

from collections import defaultdict

from odoo.api import NewId
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.models import BaseModel

# The largest number that PostgreSQL takes for an id.
MAX_ID = 2**31 - 1


class Sent:
    """Values that came from a caller, as ``create``, ``write`` and ``onchange`` take
    them: with commands, lists of ids and values of new lines inside.

    :param records: what they are written to, or no records; with the caller's
        environment
    """

    def __init__(self, records, *vals_list):
        self.records = records
        self.vals_list = vals_list

    def check_access(self, operation="read"):
        """Refuse values that lead to records that are closed to the caller."""
        try:
            found = self.find_records()
        except (TypeError, ValueError) as error:
            env = self.records.env
            raise UserError(env._("A link leads to no record.")) from error
        for records in found:
            records.check_access(operation)

    def find_records(self):
        """A recordset of each model that is led to."""
        ids = defaultdict(dict)
        for vals in self.vals_list:
            for name, record_id in _find(self.records, vals):
                ids[name][record_id] = None
        return [self.records.env[name].browse(found) for name, found in ids.items()]

    def drop_computed(self):
        """Forget computed values that a form sends back and the caller cannot read."""
        for vals in self.vals_list:
            self._drop_computed(self.records.browse(), vals)
        return self

    def _drop_computed(self, model, vals):
        for name, comodel in _relations(model, vals):
            field = model._fields[name]
            if not (field.compute and field.readonly):
                for nested in _find_nested(vals[name]):
                    self._drop_computed(comodel, nested)
                continue
            found = Sent(model, {name: vals[name]}).find_records()
            if not all(records.has_access("read") for records in found):
                del vals[name]


def defaults_from_outside(model):
    """{field name: value} of the defaults for new records that a caller can choose."""
    context = model.env.context
    return model.env["ir.default"]._get_model_defaults(model._name) | {
        name: context[f"default_{name}"]
        for name in model._fields
        if f"default_{name}" in context
    }


def _relations(model, vals):
    """(name, records of the other model) of the relational fields that have a value."""
    return [
        (name, model.env[model._fields[name].comodel_name])
        for name, value in vals.items()
        if value and name in model._fields and model._fields[name].relational
    ]


def _find(records, vals):
    """Yield (model name, id) of every record that the values lead to."""
    for name, comodel in _relations(records, vals):
        value = vals[name]
        if isinstance(value, list | tuple) and records._fields[name].type == "many2one":
            value = value[:1]  # a pair of id and name
        for record_id in _find_ids(value):
            yield comodel._name, record_id
        for nested in _find_nested(value):
            yield from _find(comodel, nested)
    for name, field in records._fields.items():
        if field.type == "reference" and vals.get(name):
            model, _comma, record_id = str(vals[name]).partition(",")
            yield from _existing(records, model, record_id)
        elif field.type == "many2one_reference" and {name, field.model_field} & {*vals}:
            for record in records or [records]:
                model = vals.get(field.model_field, record[field.model_field])
                yield from _existing(records, model, vals.get(name, record[name]))


def _existing(records, model, record_id):
    if model in records.env and record_id:
        yield model, _as_id(record_id)


def _find_ids(value):
    """Ids in the value of one relational field, those inside nested values apart."""
    if isinstance(value, BaseModel):
        return value.ids
    found = []
    for item in value if isinstance(value, list | tuple) else [value]:
        if isinstance(item, dict):
            found.append(item.get("id"))
        elif not isinstance(item, list | tuple):
            found.append(item)
        elif item and item[0] == Command.SET:
            found += item[2]
        elif item and item[0] != Command.CREATE:
            found += item[1:2]
    return [_as_id(each) for each in found if each and not isinstance(each, NewId)]


def _as_id(value):
    """The id; PostgreSQL would take a text and round a number, and find another."""
    number = int(value)
    if number > MAX_ID or number != value and not isinstance(value, str):
        raise ValueError(f"No id: {value!r}")
    return number


def _find_nested(value):
    """Values of new or changed lines inside the value of one relational field."""
    found = []
    for item in value if isinstance(value, list | tuple) else [value]:
        found += item[2:3] if isinstance(item, list | tuple) else [item]
    return [each for each in found if isinstance(each, dict)]

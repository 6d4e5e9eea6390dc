# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Rows of a list that was computed, thousands at once.

The ORM takes longer to create such a row than we take to compute it: it converts each
value several times, keeps all of them in its cache and looks for what depends on them.
"""

from odoo.tools import SQL, float_repr
from odoo.tools.misc import split_every

# Rows in one statement.
BATCH = 1000


def insert_rows(model, vals_list):
    """Insert rows of a transient model that nothing else is computed from.

    No default, constraint, computed field or access is looked at. Currencies are given,
    and amounts rounded by them.

    :param model: an empty recordset
    :param vals_list: dicts with the same names, of all that is stored and not empty;
        ids of other records, no commands
    :return: the rows, in this order
    """
    if not vals_list:
        return model.browse()
    names = list(vals_list[0])
    left_out = [
        field.name
        for field in model._fields.values()
        if field.store and field.compute and field.name not in names
    ]
    if left_out or not model._transient:
        raise ValueError(f"Not for {model._name}: {left_out or 'it is kept'}")
    now = model.env.cr.now()
    log = (model.env.uid, model.env.uid, now, now)
    columns = [*names, "create_uid", "write_uid", "create_date", "write_date"]
    convert = {name: _get_conversion(model, name) for name in names}
    rows = [
        [turn(vals[name], vals) for name, turn in convert.items()] for vals in vals_list
    ]
    ids = []
    for batch in split_every(BATCH, rows):
        found = model.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES %s RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join((*row, *log) for row in batch),
            )
        )
        ids += [row_id for (row_id,) in found]
    # Whoever made them can go on with them, as with what the ORM creates.
    for index, name in enumerate(names):
        field = model._fields[name]
        values = [
            float(row[index])
            if field.type == "monetary"
            else field.convert_to_cache(vals[name], model, validate=False)
            for row, vals in zip(rows, vals_list, strict=True)
        ]
        field._get_cache(model.env).update(zip(ids, values, strict=True))
        for inverse in model.pool.field_inverses[field]:
            model.env[inverse.model_name].invalidate_model([inverse.name], flush=False)
    return model.browse(ids)


def _get_conversion(model, name):
    """A function of a value, and of the row, that gives what the column has."""
    field = model._fields[name]
    if field.type != "monetary":
        return lambda value, _vals: field.convert_to_column_insert(value, model)
    # The ORM makes a record in memory for each amount, to find its currency.
    currencies = model.env["res.currency"]
    name, known = field.get_currency_field(model), {}

    def round_amount(value, vals):
        key = (value, vals[name])
        if key not in known:
            currency = currencies.browse(vals[name])
            amount = currency.round(value or 0.0)
            known[key] = float_repr(amount, currency.decimal_places)
        return known[key]

    return round_amount

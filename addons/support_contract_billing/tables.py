# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Tables as files that spreadsheets open, and run nothing of."""

import csv
import io

# A spreadsheet runs a text that begins so.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def make_csv(titles, rows):
    """The bytes of a CSV file; its mark lets spreadsheets see that it is UTF-8."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(titles)
    writer.writerows([_quote(value) for value in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _quote(value):
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def describe_records(records, names):
    """(titles, rows) of fields of records, as a person reads them."""
    found = [records._fields[name] for name in names]
    titles = [field._description_string(records.env) for field in found]
    return titles, [[_describe(record, field) for field in found] for record in records]


def _describe(record, field):
    value = record[field.name]
    if field.relational:
        return ", ".join(value.mapped("display_name"))
    if field.type == "selection":
        choices = dict(field._description_selection(record.env))
        return choices.get(value, value or "")
    if field.type == "boolean":
        return record.env._("yes") if value else record.env._("no")
    if field.type in ("date", "datetime"):
        return field.to_string(value) if value else ""
    return "" if value is False else value

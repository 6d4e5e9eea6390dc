# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Two versions of the terms side by side."""

from dataclasses import dataclass

from odoo.models import MAGIC_COLUMNS
from odoo.tools import formatLang, html2plaintext

from .agreed import format_price


@dataclass(frozen=True)
class Row:
    """One thing that two versions of the terms say."""

    section: str
    label: str
    left: str
    right: str

    @property
    def differs(self):
        return self.left != self.right


def compare(terms, other):
    """Everything that two versions say, as :class:`Row`, in reading order."""
    left, right = _get_statements(terms), _get_statements(other)
    keys = [*left, *(key for key in right if key not in left)]
    rows = []
    for key in keys:
        section, label, _value = left.get(key) or right[key]
        values = [said.get(key, ("", "", ""))[2] for said in (left, right)]
        rows.append(Row(section, label, *values))
    # Statements that only the other version has come last: back to their section.
    sections = list(dict.fromkeys(row.section for row in rows))
    return sorted(rows, key=lambda row: sections.index(row.section))


def _get_statements(terms):
    """{key: (section, label, value in words)} of everything a version says."""
    env, statements = terms.env, {}
    for field in _get_compared_fields(terms):
        statements[field.name] = (
            env._("Rules"),
            field.get_description(env, ["string"])["string"],
            _describe(terms, field),
        )
    for line in terms.price_ids.sorted(lambda line: line.type_id.sequence):
        for field in _get_compared_fields(line):
            statements["price", line.type_id.id, field.name] = (
                env._("Prices"),
                f"{line.type_id.name}: "
                f"{field.get_description(env, ['string'])['string']}",
                _describe(line, field),
            )
        statements["price", line.type_id.id, "ladder"] = (
            env._("Prices"),
            env._("%s: Ladder", line.type_id.name),
            line.ladder,
        )
    for line in terms.scope_ids:
        statements["scope", line.category_id.id] = (
            env._("Scope"),
            line.category_id.name,
            _describe_scope(line),
        )
    return statements


def _get_compared_fields(record):
    """What a copy takes over is what a version says; lines are compared apart."""
    elsewhere = {"terms_id", "type_id", *MAGIC_COLUMNS}
    elsewhere.update(record.env["mail.thread"]._fields)
    return [
        field
        for field in record._fields.values()
        if field.copy
        and field.store
        and field.type != "one2many"
        and field.name not in elsewhere
    ]


def _describe_scope(line):
    verdict = _describe(line, line._fields["verdict"])
    if line.right_id:
        verdict = line.env._(
            "%(verdict)s, with the right to: %(right)s",
            verdict=verdict,
            right=line.right_id.name,
        )
    parts = [verdict, line.clause, line.wording]
    return "\n".join(part for part in parts if part)


def _describe(record, field):
    """A field's value in words, as the screens show it."""
    env, value = record.env, record[field.name]
    if field.relational:
        return ", ".join(value.mapped("display_name"))
    if field.type == "selection":
        return dict(field._description_selection(env)).get(value, "")
    if field.type == "boolean":
        return env._("Yes") if value else env._("No")
    if field.type == "monetary":
        return formatLang(env, value, currency_obj=record.currency_id)
    if field.type == "html":
        return html2plaintext(value or "")
    if field.type == "float":
        return format_price(env, value, record.currency_id)
    return "" if value in (False, None) else str(value)

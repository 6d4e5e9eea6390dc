# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass

from odoo import models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import formatLang


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


class SupportTerms(models.Model):
    """Two versions side by side."""

    _inherit = "support.terms"

    def action_compare(self):
        """Show two versions side by side: the two chosen ones, or this one and the
        version it was made from; a button.
        """
        if len(self) > 2:
            raise UserError(self.env._("Choose two versions to compare."))
        older, newer = self.sorted("id")[:1], self.sorted("id")[1:]
        if not newer:
            older, newer = self._get_version_before(), self
        compare = self.env["support.terms.compare"].create(
            {"left_id": older.id, "right_id": newer.id}
        )
        return compare._get_records_action(
            name=self.env._("Compare Versions"),
            target="new",
            context={"dialog_size": "extra-large"},
        )

    def _get_version_before(self):
        """What this version was made from, else the one before it, else itself."""
        self.ensure_one()
        before = self.search(
            [("company_id", "=", self.company_id.id), ("id", "<", self.id)],
            order="id desc",
            limit=1,
        )
        return self.predecessor_id or before or self

    def _compare_with(self, other):
        """Everything that these two versions say, as :class:`Row`, in reading order."""
        left, right = self._get_statements(), other._get_statements()
        keys = [*left, *(key for key in right if key not in left)]
        rows = []
        for key in keys:
            section, label, _value = left.get(key) or right[key]
            values = [said.get(key, ("", "", ""))[2] for said in (left, right)]
            rows.append(Row(section, label, *values))
        # Statements that only the other version has come last: back to their section.
        sections = list(dict.fromkeys(row.section for row in rows))
        return sorted(rows, key=lambda row: sections.index(row.section))

    def _get_statements(self):
        """{key: (section, label, value in words)} of everything a version says."""
        self.ensure_one()
        statements = {}
        for field in self._get_compared_fields(self):
            statements[field.name] = (
                self.env._("Rules"),
                field.get_description(self.env, ["string"])["string"],
                self._say(self, field),
            )
        for line in self.price_ids.sorted(lambda line: line.type_id.sequence):
            for field in self._get_compared_fields(line):
                statements["price", line.type_id.id, field.name] = (
                    self.env._("Prices"),
                    f"{line.type_id.name}: "
                    f"{field.get_description(self.env, ['string'])['string']}",
                    self._say(line, field),
                )
            statements["price", line.type_id.id, "ladder"] = (
                self.env._("Prices"),
                self.env._("%s: Ladder", line.type_id.name),
                line.ladder,
            )
        for line in self.scope_ids:
            statements["scope", line.category_id.id] = (
                self.env._("Scope"),
                line.category_id.name,
                self._format_scope(line),
            )
        return statements

    def _get_compared_fields(self, record):
        """What a copy takes over is what a version says; lines are compared apart."""
        elsewhere = {"terms_id", "type_id", *MAGIC_COLUMNS}
        elsewhere.update(self.env["mail.thread"]._fields)
        return [
            field
            for field in record._fields.values()
            if field.copy
            and field.store
            and field.type != "one2many"
            and field.name not in elsewhere
        ]

    def _format_scope(self, line):
        verdict = self._say(line, line._fields["verdict"])
        if line.right_id:
            verdict = self.env._(
                "%(verdict)s, with the right to: %(right)s",
                verdict=verdict,
                right=line.right_id.name,
            )
        parts = [verdict, line.clause, line.wording]
        return "\n".join(part for part in parts if part)

    def _say(self, record, field):
        """A field's value in words, as the screens show it."""
        value = record[field.name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if field.type == "monetary":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        if field.type == "float":
            return formatLang(self.env, value, digits=2)
        return "" if value in (False, None) else str(value)

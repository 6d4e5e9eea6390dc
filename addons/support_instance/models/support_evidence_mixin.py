# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.support_contract.evidence_guard import (
    Owner,
    get_columns,
    guard_table,
)

DECIDED = ("approved", "rejected")
MESSAGE = "A decided line count is evidence and never changes"


def evidence_digest(count: dict, *kinds) -> str:
    """The fingerprint of everything that a line count says.

    The SHA-256, in hexadecimal, of a text in UTF-8 whose lines end with a line feed::

        evidence 1
        <what the count says of itself>
        <what it says of a module>          (one line a module)
        <what it says of a file>            (one line a file)
        <what it says of a flag>            (one line a flag)

    Each is a JSON object with sorted keys and without spaces; its keys are the columns
    of the database, columns without a value are left out. Lines of a kind are sorted,
    as bytes. What people decide about the count afterwards is not part of it.

    :param kinds: of modules, files, flags: iterables of dictionaries
    """
    digest = hashlib.sha256(b"evidence 1\n")
    digest.update(_line(count))
    for statements in kinds:
        for line in sorted(map(_line, statements)):
            digest.update(line)
    return digest.hexdigest()


def _line(statement) -> bytes:
    text = json.dumps(
        statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return f"{text}\n".encode()


class SupportEvidenceMixin(models.AbstractModel):
    """What a line count says. Once the count is decided it never changes. Clause R2.

    The ORM refuses, for the superuser too, and so does the database. Every stored field
    is evidence, those of add-ons above too, unless ``_get_free_fields`` names it.
    Related fields must not be stored on these models: a change elsewhere would rewrite
    evidence, or fail.
    """

    _name = "support.evidence.mixin"
    _description = "Evidence"
    _inherit = ["support.protected.mixin"]

    # Nothing else is ever written on it, so its last change is evidence as well.
    _written_once = False

    def init(self):
        super().init()
        if self._abstract:
            return
        # Sorted, so that the same fields make the same trigger.
        columns = sorted(self._get_evidence_fields())
        links = sorted(self._get_evidence_links())
        if self._written_once:
            columns.append("write_date")
            links.append("write_uid")
        guard_table(
            self.env.cr, self._table, columns, MESSAGE, links, self._get_guard_owner()
        )

    @api.model
    def _get_guard_owner(self):
        """The count that decides whether a row is evidence.

        :return: :class:`odoo.addons.support_contract.evidence_guard.Owner`
        """
        return Owner("support_count", ",".join(DECIDED), link="count_id")

    @api.model
    def _get_evidence_fields(self):
        """Columns that never change once the count is decided."""
        return get_columns(self) - self._get_evidence_links() - self._get_free_fields()

    @api.model
    def _get_free_fields(self):
        """Columns that are no evidence, such as what people name afterwards; extend."""
        return frozenset()

    @api.model
    def _get_decision_fields(self):
        """Of them, what the decision itself writes: no part of the digest; extend."""
        return frozenset()

    @api.model
    def _get_evidence_links(self):
        """Links to what may be deleted: they may become empty, never something else;
        extend."""
        return frozenset()

    def _get_evidence_count(self):
        """The counts that these records belong to."""
        return self.count_id if "count_id" in self._fields else self

    @api.model
    def _get_guarded_fields(self):
        return self._get_evidence_fields() | self._get_evidence_links()

    def _check_editable(self, operation):
        # What is added was looked at before: the database refuses as well.
        if operation == "create" or not any(
            count.state in DECIDED for count in self._get_evidence_count()
        ):
            return
        if operation == "unlink":
            raise UserError(
                self.env._("A decided count is evidence and cannot be deleted.")
            )
        raise UserError(self.env._("A decided count is evidence and never changes."))

    @api.model_create_multi
    def create(self, vals_list):
        if "count_id" in self._fields:
            counts = {vals.get("count_id") for vals in vals_list}
            counts = self.env["support.count"].browse(filter(None, counts))
            counts._check_editable("write")
        return super().create(vals_list)

    def _get_statements(self):
        """What each record says, for the digest: a list of {column: value}.

        Empty values are left out, so that a column which a later version adds changes
        no digest that was made before.
        """
        decision = self._get_decision_fields()
        names = sorted(self._get_evidence_fields() - decision)
        return [
            {
                name: value.isoformat() if hasattr(value, "isoformat") else value
                for name, value in vals.items()
                if value and name != "id"
            }
            | {"id": vals["id"]}
            for vals in self.read(names, load=None)
        ]

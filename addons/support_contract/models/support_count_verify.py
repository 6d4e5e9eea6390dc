# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

from ..evidence import evidence_digest


class SupportCount(models.Model):
    """Prove that a count still says what it said when it was made."""

    _inherit = "support.count"

    def _compute_evidence_digest(self):
        """The digest of what the database says now. See `evidence.py`.

        :return: SHA-256 in hexadecimal
        """
        self.ensure_one()
        # What the database has, not what this process remembers.
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        own, *_others = self._get_statements()
        own.pop("digest", None)
        return evidence_digest(own, *self._get_parts())

    def _get_parts(self):
        """Statements of modules, files and flags; add-ons may add further kinds."""
        return [
            self.module_ids._get_statements(),
            self.line_ids._get_statements(),
        ]

    def _get_contradictions(self):
        """Sentences about what does not add up; none for a count that is sound."""
        self.ensure_one()
        # sudo: whether it adds up does not depend on who asks; read access is checked.
        count = self.sudo()
        found = []
        if count._compute_evidence_digest() != count.digest:
            found.append(
                self.env._("It does not say any more what it said when it was made.")
            )
        modules = count.module_ids
        mine = Domain("count_id", "=", count.id)
        under_mine = Domain("module_id", "in", modules.ids)
        if (
            self.env["support.count.line"]
            .sudo()
            .search_count((mine & ~under_mine) | (under_mine & ~mine), limit=1)
        ):
            found.append(
                self.env._("Files of one count lie under a module of another.")
            )
        if count.code_lines != sum(modules.mapped("code_lines")):
            found.append(self.env._("Its modules do not add up to its lines."))
        if count.billed_lines != count._get_billed_lines():
            found.append(
                self.env._("Its covered modules do not add up to its covered lines.")
            )
        lines = dict(
            self.env["support.count.line"]
            .sudo()
            ._read_group(
                [("count_id", "=", count.id)], ["module_id"], ["code_lines:sum"]
            )
        )
        # A module that a report names has no files here.
        for module in modules.filtered(lambda module: module in lines):
            if module.code_lines != lines[module]:
                found.append(
                    self.env._("The files of %s do not add up to it.", module.name)
                )
        return found

    def action_verify(self):
        """Compute the digest anew and add everything up again; a button."""
        self.check_access("read")
        found = {count: count._get_contradictions() for count in self}
        wrong = [
            f"{count.display_name}: {' '.join(said)}"
            for count, said in found.items()
            if said
        ]
        if wrong:
            title, message = self.env._("The evidence has changed"), "\n".join(wrong)
        else:
            title = self.env._("The evidence is intact")
            message = self.env._(
                "The fingerprint was computed anew from all modules and files and is "
                "the one that was noted when they were counted. All lines add up."
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if wrong else "success",
                "title": title,
                "message": message,
                "sticky": bool(wrong),
            },
        }

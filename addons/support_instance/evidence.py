# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Whether a line count still says what it said when it was made: its fingerprint is
computed anew, and everything is added up again."""

import hashlib

from odoo.fields import Domain

# What a growth of code says, as its count tells it.
GROWTH_FIELDS = ("module", "billed", "kind", "lines_before", "lines_after", "change")


def fingerprint(text: str) -> str:
    """The SHA-256, in hexadecimal, of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


class Verification:
    """What a count says against what can be computed.

    :param count: `support.count`; read access to it is checked by the caller
    """

    def __init__(self, count):
        count.ensure_one()
        self.env = count.env
        # sudo: whether it adds up does not depend on who asks.
        self.count = count.sudo()

    def get_contradictions(self):
        """Sentences about what does not add up; none for a count that is sound."""
        found = []
        if self.count._compute_evidence_digest() != self.count.digest:
            found.append(
                self.env._(
                    "The figures no longer match the fingerprint taken when the count "
                    "was made."
                )
            )
        return [
            *found,
            *self._check_modules(),
            *self._check_growth(),
            *self._check_reports(),
        ]

    def _check_modules(self):
        count, modules = self.count, self.count.module_ids
        # sudo: lines that do not add up are found whoever may read them.
        Line = self.env["support.count.line"].sudo()
        found = []
        mine = Domain("count_id", "=", count.id)
        under_mine = Domain("module_id", "in", modules.ids)
        if Line.search_count((mine & ~under_mine) | (under_mine & ~mine), limit=1):
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
            Line._read_group(
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

    def _check_growth(self):
        count, names = self.count, GROWTH_FIELDS
        if count.state != "approved":
            return
        previous = count.growth_ids[:1].previous_id or count._get_previous()
        noted = sorted(tuple(row[name] for name in names) for row in count.growth_ids)
        due = count._prepare_growth_vals(previous)
        if noted != sorted(tuple(vals[name] for name in names) for vals in due):
            yield self.env._("The growth noted with it is not what its lines tell.")

    def _check_reports(self):
        # sudo: evidence is checked whoever may read the reports.
        reports = self.env["support.cloc.report"].sudo()
        reports = reports.search(
            [
                ("instance_id", "=", self.count.instance_id.id),
                ("digest", "in", (self.count.revision or "").split(", ")),
            ]
        )
        if any(fingerprint(report.text) != report.digest for report in reports):
            yield self.env._("The report that it was made from has been changed since.")

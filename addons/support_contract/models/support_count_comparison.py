# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dataclasses import dataclass, field

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang


@dataclass
class Change:
    """How one module or file differs between two counts.

    :param status: added, removed, changed, same
    :param before: lines of code; None where it was not there
    :param remark: why its lines say less than they seem to
    """

    name: str
    status: str
    before: int | None
    after: int | None
    remark: str = ""
    billed: bool = True
    files: list = field(default_factory=list)  # of Change

    @property
    def difference(self):
        return (self.after or 0) - (self.before or 0)


class SupportCount(models.Model):
    """What is different between two counts, module by module and file by file."""

    _inherit = "support.count"

    previous_id = fields.Many2one(
        "support.count",
        string="Compared With",
        compute="_compute_previous_id",
        help="The latest count of the instance that was approved before this one.",
    )
    difference = fields.Integer(
        compute="_compute_previous_id", help="Lines more than in the count before."
    )
    changes = fields.Html(compute="_compute_changes", sanitize=False)

    @api.depends("instance_id", "state", "code_lines")
    def _compute_previous_id(self):
        for count in self:
            previous = count._origin._get_previous() if count._origin else count
            count.previous_id = previous
            count.difference = count.code_lines - previous.code_lines

    @api.depends("previous_id")
    @api.depends_context("lang")
    def _compute_changes(self):
        for count in self:
            count.changes = count._render_changes(count.previous_id)

    def action_compare(self):
        """Show two counts side by side: the two chosen ones, or this one and the one
        that was approved before it; a button.
        """
        if len(self) > 2:
            raise UserError(self.env._("Choose two counts to compare."))
        after = self.sorted("id")[-1:]
        before = (self - after) or after._get_previous()
        compare = self.env["support.count.compare"].create(
            {"before_id": before.id, "after_id": after.id}
        )
        return compare._get_records_action(
            name=self.env._("Compare Counts"),
            target="new",
            context={"dialog_size": "extra-large"},
        )

    def _render_changes(self, before, show_same=False):
        self.ensure_one()
        changes = self._get_changes(before)
        return self.env["ir.qweb"]._render(
            "support_contract.support_count_changes",
            {
                "before": before,
                "after": self,
                "changes": [
                    change for change in changes if show_same or change.status != "same"
                ],
                "total_before": sum(change.before or 0 for change in changes),
                "total_after": sum(change.after or 0 for change in changes),
                "labels": {
                    "added": self.env._("new"),
                    "removed": self.env._("gone"),
                    "changed": self.env._("changed"),
                    "same": "",
                },
                "number": self._format_lines,
                "difference": lambda value: (
                    f"+{self._format_lines(value)}"
                    if value > 0
                    else self._format_lines(value)
                ),
                # A page that nobody could scroll through helps nobody.
                "most": 200,
            },
        )

    @api.model
    def _format_lines(self, value):
        """A number of lines as the reader writes numbers; a dash for none."""
        return "–" if value is None else formatLang(self.env, value, digits=0)

    def _get_changes(self, before):
        """Modules that are in this count or in `before`, with files that differ.

        :param before: `support.count`, or none: then all is new
        :return: list of :class:`Change`, the largest differences first
        """
        self.ensure_one()
        old = before.module_ids.grouped("name")
        new = self.module_ids.grouped("name")
        touched = {
            name
            for name in old.keys() | new.keys()
            if self._get_marks(old.get(name)) != self._get_marks(new.get(name))
        }
        files = self._get_changed_files(before, touched)
        changes = []
        for name in sorted(old.keys() | new.keys()):
            was, now = old.get(name), new.get(name)
            changes.append(
                Change(
                    name,
                    self._get_change_status(was, now, name in touched),
                    sum(was.mapped("code_lines")) if was else None,
                    sum(now.mapped("code_lines")) if now else None,
                    (now and now[:1].error) or "",
                    any((now or was).mapped("billed")),
                    files.get(name, []),
                )
            )
        return sorted(
            changes,
            key=lambda change: (-abs(change.difference), not change.files, change.name),
        )

    @api.model
    def _get_change_status(self, was, now, is_touched):
        if not was:
            return "added"
        if not now:
            return "removed"
        return "changed" if is_touched else "same"

    @api.model
    def _get_marks(self, modules):
        """By which modules are told apart without looking at their files."""
        return [
            (
                module.digest or (module.code_lines, module.total_lines),
                module.excluded_count,
                module.error_count,
                module.billed,
            )
            for module in modules or ()
        ]

    def _get_changed_files(self, before, names):
        """{module: [Change]} of files that differ."""
        was, now = before._get_files(names), self._get_files(names)
        changes = {}
        for name, path in sorted(was.keys() | now.keys()):
            old, new = was.get((name, path)), now.get((name, path))
            if old == new:
                continue
            status = "added" if not old else "removed" if not new else "changed"
            before_lines = old["code_lines"] if old else None
            after_lines = new["code_lines"] if new else None
            remark = ""
            if new and new["error"]:
                remark = new["error"]
            elif new and new["excluded"]:
                if not old or old["excluded"]:
                    continue  # nothing counted is concerned
                remark = self.env._("left out")
            elif old and old["excluded"] and not new:
                continue
            changes.setdefault(name, []).append(
                Change(path, status, before_lines, after_lines, remark)
            )
        for found in changes.values():
            found.sort(key=lambda change: (-abs(change.difference), change.name))
        return changes

    def _get_files(self, names):
        """{(module, path): what is told apart} of the files of some modules."""
        modules = self.module_ids.filtered(lambda module: module.name in names)
        by_id = {module.id: module.name for module in modules}
        lines = self.env["support.count.line"].search_fetch(
            [("module_id", "in", modules.ids)],
            ["module_id", "path", "code_lines", "blob", "excluded", "error"],
        )
        return {
            (by_id[line["module_id"]], line["path"]): {
                name: line[name] for name in ("code_lines", "blob", "excluded", "error")
            }
            for line in lines.read(
                ["module_id", "path", "code_lines", "blob", "excluded", "error"],
                load=None,
            )
        }

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is different between two line counts, module by module and file by file."""

from dataclasses import dataclass, field

from odoo.tools import formatLang

# What a file of a count is told apart by.
FILE_FIELDS = ("code_lines", "blob", "excluded", "error")


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


class Comparison:
    """Two counts side by side.

    :param before: `support.count`, or none: then all is new
    :param after: `support.count`
    """

    def __init__(self, before, after):
        after.ensure_one()
        self.env = after.env
        self.before = before
        self.after = after

    def get_changes(self):
        """Modules that are in one of the counts, with files that differ.

        :return: list of :class:`Change`, the largest differences first
        """
        old = self.before.module_ids.grouped("name")
        new = self.after.module_ids.grouped("name")
        touched = {
            name
            for name in old.keys() | new.keys()
            if self._get_marks(old.get(name)) != self._get_marks(new.get(name))
        }
        files = self._get_changed_files(touched)
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

    def _get_change_status(self, was, now, is_touched):
        if not was:
            return "added"
        if not now:
            return "removed"
        return "changed" if is_touched else "same"

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

    def _get_changed_files(self, names):
        """{module: [Change]} of files that differ."""
        was = self._get_files(self.before, names)
        now = self._get_files(self.after, names)
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

    def _get_files(self, count, names):
        """{(module, path): what is told apart} of the files of some modules."""
        modules = count.module_ids.filtered(lambda module: module.name in names)
        by_id = {module.id: module.name for module in modules}
        read = ["module_id", "path", *FILE_FIELDS]
        lines = self.env["support.count.line"].search_fetch(
            [("module_id", "in", modules.ids)], read
        )
        return {
            (by_id[line["module_id"]], line["path"]): {
                name: line[name] for name in FILE_FIELDS
            }
            for line in lines.read(read, load=None)
        }

    def render(self, show_same=False):
        """The table that people read."""
        changes = self.get_changes()
        return self.env["ir.qweb"]._render(
            "support_instance.support_count_changes",
            {
                "before": self.before,
                "after": self.after,
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

    def _format_lines(self, value):
        """A number of lines as the reader writes numbers; a dash for none."""
        return "–" if value is None else formatLang(self.env, value, digits=0)

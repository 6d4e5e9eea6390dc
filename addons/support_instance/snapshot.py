# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A line count as plain values, for comparison with another one."""

from . import count_flags
from .readings import Readings


class CountSnapshot:
    """Take a snapshot of a count: values that need no database any more.

    :param count: `support.count`
    :param readings: what it was made of, if that is at hand: there is more to see in it
        than the count keeps
    """

    def __init__(self, count, readings=()):
        count.ensure_one()
        self.count = count
        self.readings = readings

    def take(self):
        """What the count says.

        :return: :class:`.count_flags.Snapshot`
        """
        count, readings = self.count, self.readings
        found = self._get_findings
        return count_flags.Snapshot(
            modules=self.take_modules(self._get_files(), self._get_loaded()),
            outside=tuple((file.path, file.blob) for file in found("outside")),
            submodules=found("submodules"),
            unseen=tuple(count_flags.Unseen(*unseen) for unseen in found("unseen")),
            links=found("links"),
            repeated=found("repeated"),
            reencoded=found("reencoded"),
            left_out=found("left_out"),
            open_errors=self._get_open_errors() if readings else (),
            empty=tuple(
                source.display_name
                for source, reading in readings
                # Only of a repository it is unusual to have no module.
                if source.kind == "git"
                and not reading.modules
                and not getattr(reading, "repeated", ())
            ),
            not_installed=frozenset(
                Readings(count.instance_id, readings).get_not_installed()
                if readings
                else ()
            ),
        )

    def take_modules(self, files=None, loaded=None):
        """The modules of the count, for comparison.

        :param files: {id of the module: list of :class:`.count_flags.File`}
        :param loaded: {(id of the source, path of the module): paths}, see Module
        """
        files, loaded = files or {}, loaded or {}
        return tuple(
            count_flags.Module(
                name=module.name,
                code=module.code_lines,
                billed=module.billed,
                error=module.error or "",
                cloc_exclude=tuple((module.cloc_exclude or "").splitlines()),
                files=tuple(files.get(module.id, ())),
                place=f"{module.path or '.'} ({module.source_name or ''})",
                digest=module.digest or "",
                loaded=tuple(loaded.get((module.source_id.id, module.path or ""), ())),
            )
            for module in self.count.module_ids
        )

    def _get_findings(self, name):
        # Other kinds of evidence than Git know nothing of these.
        return tuple(
            what for __, reading in self.readings for what in getattr(reading, name, ())
        )

    def _get_files(self):
        files = {}
        names = ["module_id", "path", "code_lines", "blob", "excluded", "error"]
        for line in self.count.line_ids.read(names, load=None):
            files.setdefault(line["module_id"], []).append(
                count_flags.File(
                    line["path"],
                    line["code_lines"],
                    line["blob"] or "",
                    line["excluded"],
                    line["error"] or "",
                )
            )
        return files

    def _get_loaded(self):
        return {
            (source.id, module.path): module.loaded
            for source, reading in self.readings
            for module in reading.modules
            if getattr(module, "loaded", ())
        }

    def _get_open_errors(self):
        """(module, path) of errors in the report before this one, not accepted yet."""
        before = self.count.search(
            [
                ("instance_id", "=", self.count.instance_id.id),
                ("id", "<", self.count.id),
            ],
            order="id desc",
            limit=1,
        )
        if before.state == "approved" or "cloc=reported" not in (before.ruleset or ""):
            return ()
        return tuple(
            (flag.module or "", path)
            for flag in before.flag_ids.filtered("waits")
            if flag.kind in ("error", "error_gone")
            for path, *__ in flag._get_items()
        )

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .. import count_flags


class SupportCount(models.Model):
    """A count as plain values, for comparison with another one."""

    _inherit = "support.count"

    def _get_snapshot(self, readings=()):
        """What this count says, for comparison with another one.

        :param readings: what it was made of, if that is at hand: there is more to see
            in it than the count keeps
        :return: :class:`..count_flags.Snapshot`
        """
        self.ensure_one()
        files = {}
        names = ["module_id", "path", "code_lines", "blob", "excluded", "error"]
        for line in self.line_ids.read(names, load=None):
            files.setdefault(line["module_id"], []).append(
                count_flags.File(
                    line["path"],
                    line["code_lines"],
                    line["blob"] or "",
                    line["excluded"],
                    line["error"] or "",
                )
            )
        loaded = {
            (source.id, module.path): module.loaded
            for source, reading in readings
            for module in reading.modules
            if getattr(module, "loaded", ())
        }

        def told(name):
            # Other kinds of evidence than Git know nothing of these.
            return tuple(
                what for __, reading in readings for what in getattr(reading, name, ())
            )

        return count_flags.Snapshot(
            modules=self._get_snapshot_modules(files, loaded),
            outside=tuple((file.path, file.blob) for file in told("outside")),
            submodules=told("submodules"),
            unseen=tuple(count_flags.Unseen(*unseen) for unseen in told("unseen")),
            links=told("links"),
            repeated=told("repeated"),
            reencoded=told("reencoded"),
            left_out=told("left_out"),
            open_errors=self._get_open_errors() if readings else (),
            empty=tuple(
                source.display_name
                for source, reading in readings
                # A running Odoo without a customization is nothing unusual.
                if source.kind == "git"
                and not reading.modules
                and not getattr(reading, "repeated", ())
            ),
            not_installed=frozenset(
                self.instance_id._get_not_installed(readings) if readings else ()
            ),
        )

    def _get_open_errors(self):
        """(module, path) of errors in the report before this one, not accepted yet."""
        before = self.search(
            [("instance_id", "=", self.instance_id.id), ("id", "<", self.id)],
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

    def _get_snapshot_modules(self, files=None, loaded=None):
        """The modules of this count, for comparison.

        :param files: {id of the module: list of :class:`..count_flags.File`}
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
            for module in self.module_ids
        )

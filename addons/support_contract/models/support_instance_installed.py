# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .. import cloc
from ..guard import amending


class SupportInstance(models.Model):
    """Which modules of the repositories the instance really runs. Clause R2."""

    _inherit = "support.instance"

    @api.model
    def _drop_overlaps(self, readings):
        """The readings; what sources of one repository have in common is in one."""
        counts = cloc.without_overlaps(
            [reading if source.kind == "git" else None for source, reading in readings]
        )
        return [
            (source, count or reading)
            for (source, reading), count in zip(readings, counts, strict=True)
        ]

    def _get_billed_keys(self, readings):
        """The modules of these readings that are billed: covered and, where a source
        knows, installed.

        :param readings: as `_read_sources` returns it
        :return: set of (id of the source, name of the module)
        """
        self.ensure_one()
        return self._get_covered_keys(readings) - self._get_unused_keys(readings)

    def _get_not_installed(self, readings):
        """Names of covered modules that are not billed, for the instance says that it
        does not run them."""
        unused = self._get_covered_keys(readings) & self._get_unused_keys(readings)
        return {name for __, name in unused}

    def _get_covered_keys(self, readings):
        covered = set(self.module_ids.filtered("covered").mapped("name"))
        return {
            (source.id, module.name)
            for source, reading in readings
            for module in reading.modules
            if module.name in covered
        }

    @api.model
    def _get_unused_keys(self, readings):
        known = [r.installed for __, r in readings if r.installed is not None]
        installed = set().union(*known)
        return {
            (source.id, module.name)
            for source, reading in readings
            # Only a repository has modules that may not be in use: what a running
            # instance tells of itself is there.
            if known and source.kind == "git"
            for module in reading.modules
            if module.name not in installed
        }

    def _sync_installed(self, readings):
        """Note which modules are installed, and in which version, as far as known."""
        self.ensure_one()
        known = [r.installed for __, r in readings if r.installed is not None]
        found = {name: version for each in known for name, version in each.items()}
        own = {
            module.name
            for source, reading in readings
            if source.kind != "git"
            for module in reading.modules
        }
        for module in amending(self.module_ids):
            name = module.name
            if name in found or name in own:
                state = "yes"
            else:
                state = "no" if known else "unknown"
            vals = {"installed": state, "installed_version": found.get(name) or False}
            if any(module[field] != value for field, value in vals.items()):
                module.write(vals)
        series = next((r.series for __, r in readings if r.series), "")
        if series and not self.series:
            self.series = series


class SupportInstanceModule(models.Model):
    _inherit = "support.instance.module"

    installed = fields.Selection(
        [("yes", "Installed"), ("no", "Not installed"), ("unknown", "Not known")],
        default="unknown",
        readonly=True,
        help="As the running instance told at the latest count. What is not installed "
        "is shown, and not billed.",
    )
    installed_version = fields.Char(readonly=True)


class SupportCount(models.Model):
    _inherit = "support.count"

    def _get_billed_keys(self):
        """See `support.instance._get_billed_keys`."""
        return {
            (module.source_id.id, module.name)
            for module in self.module_ids.filtered("billed")
        }

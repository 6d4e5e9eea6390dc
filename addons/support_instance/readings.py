# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the sources of an instance told when they were read. Clause R2.

Readings are a list of (`support.source`, :class:`.cloc.Count`), in the sources' order.
"""

from odoo.addons.support_contract.guard import amending

from . import cloc


def drop_overlaps(readings):
    """The readings; what sources of one repository have in common is in one."""
    counts = cloc.without_overlaps(
        [reading if source.kind == "git" else None for source, reading in readings]
    )
    return [
        (source, count or reading)
        for (source, reading), count in zip(readings, counts, strict=True)
    ]


class Readings:
    """Which modules of the readings the instance really runs, and which are billed.

    :param instance: `support.instance`
    :param readings: of all of its sources
    """

    def __init__(self, instance, readings):
        instance.ensure_one()
        self.env = instance.env
        self.instance = instance
        self.readings = readings

    def get_billed_keys(self):
        """The modules that are billed: covered and, where a source knows, installed.

        :return: set of (id of the source, name of the module)
        """
        return self._get_covered_keys() - self._get_unused_keys()

    def get_not_installed(self):
        """Names of covered modules that are not billed, for the instance says that it
        does not run them."""
        unused = self._get_covered_keys() & self._get_unused_keys()
        return {name for __, name in unused}

    def _get_covered_keys(self):
        modules = self.instance.module_ids
        covered = set(modules.filtered("covered").mapped("name"))
        return {
            (source.id, module.name)
            for source, reading in self.readings
            for module in reading.modules
            if module.name in covered
        }

    def _get_unused_keys(self):
        known = [r.installed for __, r in self.readings if r.installed is not None]
        installed = set().union(*known)
        return {
            (source.id, module.name)
            for source, reading in self.readings
            # Only a repository has modules that may not be in use: what a running
            # instance tells of itself is there.
            if known and source.kind == "git"
            for module in reading.modules
            if module.name not in installed
        }

    def note_modules(self):
        """Write down at the instance what was found; with the rights of the system."""
        self._note_code()
        self._note_installed()

    def _note_code(self):
        """Note which modules the code has; new ones are covered, as their lines are.

        What a person decided about a module stays.
        """
        found = {
            module.name: module
            for __, reading in self.readings
            for module in reading.modules
        }
        Module = amending(self.env["support.instance.module"])
        known = {module.name: module for module in self.instance.module_ids}
        for name in known.keys() - found.keys():
            known[name].write({"in_last_count": False, "code_lines": 0})
        new = []
        for name, module in found.items():
            vals = {
                "version": module.info.get("version") or False,
                "author": module.info.get("author") or False,
                "code_lines": module.code,
                "in_last_count": True,
            }
            if name in known:
                known[name].write(vals)
                continue
            origin = Module._guess_origin(name, vals["author"])
            new.append(
                {
                    **vals,
                    "instance_id": self.instance.id,
                    "name": name,
                    "origin": origin,
                    "covered": origin != "core",
                }
            )
        Module.create(new)

    def _note_installed(self):
        """Note which modules are installed, and in which version, as far as known."""
        known = [r.installed for __, r in self.readings if r.installed is not None]
        found = {name: version for each in known for name, version in each.items()}
        own = {
            module.name
            for source, reading in self.readings
            if source.kind != "git"
            for module in reading.modules
        }
        for module in amending(self.instance.module_ids):
            name = module.name
            if name in found or name in own:
                state = "yes"
            else:
                state = "no" if known else "unknown"
            vals = {"installed": state, "installed_version": found.get(name) or False}
            if any(module[field] != value for field, value in vals.items()):
                module.write(vals)
        series = next((r.series for __, r in self.readings if r.series), "")
        if series and not self.instance.series:
            self.instance.series = series

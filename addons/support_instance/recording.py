# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Write down what was counted: a line count with its modules, files and flags."""

import hashlib
import json

from .flagging import Flagging

# What a reading finds besides its modules.
FINDINGS = ("submodules", "unseen", "links", "repeated", "reencoded", "left_out")


class Recording:
    """A new count from the readings of an instance's sources.

    :param counts: `support.count`, none of them, with the rights of the system
    :param readings: list of (`support.source`, :class:`.cloc.Count`)
    """

    def __init__(self, counts, instance, readings):
        self.env = counts.env
        self.counts = counts
        self.instance = instance
        self.readings = readings
        self.billed = instance._get_billed_keys(readings)

    def make_count(self, digest):
        counts = self.counts
        count = counts.create(
            counts._prepare_count_vals(self.instance, self.readings, digest)
            | {"billed_lines": self._get_billed_lines()}
        )
        self._make_modules(count)
        # They are compared in the order of the database.
        count.invalidate_recordset()
        self.env["support.count.flag"].create(
            Flagging(count, self.readings).prepare_flags_vals()
        )
        count._seal()
        return count

    def _get_billed_lines(self):
        # What two sources have in common counts once, as for two instances.
        return sum(
            {
                (module.name, module.digest or (source.id, module.path)): module.code
                for source, reading in self.readings
                for module in reading.modules
                if (source.id, module.name) in self.billed
            }.values()
        )

    def _make_modules(self, count):
        """The modules of the count, and their files."""
        counted = [
            (source, reading, module)
            for source, reading in self.readings
            for module in reading.modules
        ]
        modules = self.env["support.count.module"].create(
            [
                count._prepare_module_vals(source, module, reading.revision)
                | {
                    "count_id": count.id,
                    "billed": (source.id, module.name) in self.billed,
                }
                for source, reading, module in counted
            ]
        )
        self.env["support.count.line"].create(
            [
                count._prepare_line_vals(file)
                | {"count_id": count.id, "module_id": record.id}
                for record, (__, __, module) in zip(modules, counted, strict=True)
                for file in module.files
            ]
        )


def get_digest(readings):
    """Fingerprint of several sources together: of their own, in their order.

    Of what is to see besides the counted files, too: it makes a new count.
    """
    digests = "\n".join(reading.digest for __, reading in readings)
    counted = hashlib.sha256(digests.encode()).hexdigest()
    seen = [
        (
            [
                (
                    getattr(module, "excluded", 0),
                    # A file left out that grows is something new to see.
                    getattr(module, "left_out", ""),
                    *getattr(module, "cloc_exclude", ()),
                    *getattr(module, "loaded", ()),
                )
                for module in reading.modules
            ],
            *(getattr(reading, name, ()) for name in FINDINGS),
        )
        for __, reading in readings
    ]
    text = json.dumps([counted, seen])
    return hashlib.sha256(text.encode()).hexdigest()

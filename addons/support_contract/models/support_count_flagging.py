# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import functools
import hashlib
import json

from odoo import api, fields, models
from odoo.fields import Domain

from .. import count_flags
from ..cloc.excludes import BadPattern, Excludes
from ..cloc.rules import rules
from ..core_names import core_names

# What a count tells besides its modules
_TOLD = ("submodules", "unseen", "links", "repeated", "reencoded", "left_out")


@functools.lru_cache(maxsize=256)
def _excludes(patterns):
    try:
        return Excludes(patterns)
    except BadPattern:
        # The counter has reported the module as an error.
        return Excludes(())


class SupportCount(models.Model):
    """Holds and notes: what makes a count wait for an approver. Clause R2."""

    _inherit = "support.count"

    flag_ids = fields.One2many("support.count.flag", "count_id", readonly=True)
    hold_count = fields.Integer(
        string="Holds", compute="_compute_hold_count", help="What is new to see."
    )

    @api.depends("flag_ids.level", "flag_ids.accepted")
    def _compute_hold_count(self):
        holds = dict(
            self.env["support.count.flag"]._read_group(
                [
                    ("count_id", "in", self.ids),
                    ("level", "=", "hold"),
                    ("accepted", "=", False),
                ],
                ["count_id"],
                ["__count"],
            )
        )
        for count in self:
            count.hold_count = holds.get(count._origin, 0)

    @api.model
    def _get_digest(self, readings):
        """Of what is to see besides the counted files, too: it makes a new count."""
        counted = super()._get_digest(readings)
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
                *(getattr(reading, name, ()) for name in _TOLD),
            )
            for __, reading in readings
        ]
        text = json.dumps([counted, seen])
        return hashlib.sha256(text.encode()).hexdigest()

    @api.model
    def _create_from(self, instance, readings, digest):
        count = super()._create_from(instance, readings, digest)
        count._create_flags(readings)
        count._seal()
        return count

    def _get_parts(self):
        return [*super()._get_parts(), self.flag_ids._get_statements()]

    def _get_previous(self):
        """The approved count that this one is compared with: the latest before it."""
        self.ensure_one()
        return self.search(
            [
                ("instance_id", "=", self.instance_id.id),
                ("state", "=", "approved"),
                ("id", "<", self.id),
            ],
            order="id desc",
            limit=1,
        )

    def _get_reference(self):
        """The count whose lines somebody has last looked at, before this one.

        It is the latest that a person approved, or whose code a customer accepted
        otherwise, else the instance's first. Many small changes since then are
        one large one.
        """
        self.ensure_one()
        domain = Domain(
            [
                ("instance_id", "=", self.instance_id.id),
                ("state", "=", "approved"),
                ("id", "<", self.id),
            ]
        )
        seen = Domain("decided_by_id", "!=", False) | Domain(
            "content_digest", "in", self._get_accepted_digests()
        )
        return self.search(domain & seen, order="id desc", limit=1) or self.search(
            domain, order="id", limit=1
        )

    def _create_flags(self, readings):
        """Note what somebody should see; what was accepted before stays accepted.

        :param readings: list of (``support.source``, what its count told)
        """
        self.ensure_one()
        previous = self._get_previous()
        reference = self._get_reference()
        new = self._get_snapshot(readings)
        flags = count_flags.find_flags(
            new,
            previous._get_snapshot() if previous else None,
            limits=self._get_change_limits(),
            core_names=core_names(),
            excluded_anyway=Excludes(rules().default_exclude).match,
            excluded_by=lambda patterns, path: _excludes(patterns).match(path),
            reference=(
                count_flags.Snapshot(modules=reference._get_snapshot_modules())
                if reference != previous
                else None
            ),
        )
        known = self._get_accepted_items(previous)
        accepted = bool(self._get_accepted_with())
        self.env["support.count.flag"].create(
            [
                {
                    "count_id": self.id,
                    "module": flag.module,
                    "kind": flag.kind,
                    "level": flag.level,
                    "items": "\n".join(flag.items),
                    "lines_before": flag.before,
                    "lines_after": flag.after,
                    "digest": flag.digest,
                    "accepted": flag.level == count_flags.HOLD
                    and (
                        accepted
                        or flag.is_within(known.get((flag.kind, flag.module), set()))
                    ),
                }
                for flag in flags
            ]
        )

    @api.model
    def _get_accepted_items(self, previous):
        """{(kind, module): what an approver has accepted} of an approved count."""
        accepted = {
            (flag.kind, flag.module or ""): set((flag.items or "").split("\n"))
            for flag in previous.flag_ids
            if flag.accepted
        }
        # Counts of earlier versions named files without their content. It is known.
        bare = {
            module
            for (kind, module), items in accepted.items()
            if kind in ("cloc_exclude", "demo")
            and not all("\t" in item or item.startswith("pattern: ") for item in items)
        }
        if bare:
            for line in previous.line_ids.filtered("excluded"):
                for kind in ("cloc_exclude", "demo"):
                    items = accepted.get((kind, line.module_id.name), set())
                    if line.path in items:
                        items.add(f"{line.path}\t{line.blob or ''}")
        return accepted

    def _get_accepted_digests(self):
        """Digests of code of the instance that the customer has accepted otherwise
        than by an approved count, such as with a version upgrade; a hook.
        """
        return []

    def _get_accepted_with(self):
        """The record with which the customer accepted this very code; a hook.

        :return: a record of one of the growth's `_selection_origin_ref`, or None
        """
        return None

    def _get_change_limits(self):
        contract = self.contract_id
        return count_flags.Limits(
            drop=contract._get_agreed("count_drop_percent").value,
            jump=contract._get_agreed("count_jump_percent").value,
            least=contract._get_agreed("count_change_lines").value,
        )

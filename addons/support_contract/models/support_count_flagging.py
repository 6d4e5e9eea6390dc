# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import functools
import hashlib
import json
from pathlib import Path

from odoo import api, fields, models
from odoo.modules.module import Manifest

from .. import count_flags
from ..cloc.excludes import BadPattern, Excludes
from ..cloc.rules import rules


@functools.cache
def _core_names():
    """Technical names of Odoo's own modules: those beside `base` and `web`.

    Not by author: what a manifest says of itself proves nothing.
    """
    folders = {
        Path(Manifest.for_addon(name, display_warning=False).path).parent
        for name in ("base", "web")
    }
    return frozenset(
        path.parent.name
        for folder in folders
        for path in folder.glob("*/__manifest__.py")
    )


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
                        *getattr(module, "cloc_exclude", ()),
                    )
                    for module in reading.modules
                ],
                *(getattr(reading, name, ()) for name in ("submodules", "unseen")),
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

    def _create_flags(self, readings):
        """Note what somebody should see; what was accepted before stays accepted.

        :param readings: list of (``support.source``, what its count told)
        """
        self.ensure_one()
        previous = self._get_previous()
        new = self._get_snapshot(readings)
        flags = count_flags.find_flags(
            new,
            previous._get_snapshot() if previous else None,
            limits=self._get_change_limits(),
            core_names=_core_names(),
            excluded_anyway=Excludes(rules().default_exclude).match,
            excluded_by=lambda patterns, path: _excludes(patterns).match(path),
        )
        known = self._get_accepted_items(previous)
        upgraded = bool(self._get_upgrade_behind())
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
                        upgraded
                        or known.get((flag.kind, flag.module), set()).issuperset(
                            flag.items
                        )
                    ),
                }
                for flag in flags
            ]
        )

    @api.model
    def _get_accepted_items(self, previous):
        """{(kind, module): what an approver has accepted} of an approved count."""
        return {
            (flag.kind, flag.module or ""): set((flag.items or "").split("\n"))
            for flag in previous.flag_ids
            if flag.accepted
        }

    def _get_upgrade_behind(self):
        """The version upgrade with which the customer accepted this very code, if any.

        What a go-live changes was counted and approved on the upgrade's instances, and
        the customer accepted its lines and fee.
        """
        self.ensure_one()
        return self.instance_id.upgraded_by_ids.filtered(
            lambda upgrade: upgrade.state == "done"
            and self.content_digest
            in upgrade.upgrade_instance_ids.last_count_id.mapped("content_digest")
        )[:1]

    def _get_change_limits(self):
        contract = self.contract_id
        return count_flags.Limits(
            drop=contract._get_term("count_drop_percent").value,
            jump=contract._get_term("count_jump_percent").value,
            least=contract._get_term("count_change_lines").value,
        )

    def _get_snapshot(self, readings=()):
        """What this count says, for comparison with another one.

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
        return count_flags.Snapshot(
            modules=tuple(
                count_flags.Module(
                    name=module.name,
                    code=module.code_lines,
                    billed=module.billed,
                    error=module.error or "",
                    cloc_exclude=tuple((module.cloc_exclude or "").splitlines()),
                    files=tuple(files.get(module.id, ())),
                )
                for module in self.module_ids
            ),
            # Other kinds of evidence than Git know nothing of these.
            outside=tuple(
                (file.path, file.blob)
                for __, reading in readings
                for file in getattr(reading, "outside", ())
            ),
            submodules=tuple(
                path
                for __, reading in readings
                for path in getattr(reading, "submodules", ())
            ),
            unseen=tuple(
                count_flags.Unseen(*unseen)
                for __, reading in readings
                for unseen in getattr(reading, "unseen", ())
            ),
        )

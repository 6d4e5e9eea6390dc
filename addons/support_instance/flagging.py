# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Holds and notes: what makes a line count wait for an approver. Clause R2."""

import functools

from . import count_flags
from .cloc.parse.rules import rules
from .cloc.tree.excludes import BadPattern, Excludes
from .core_names import core_names
from .snapshot import CountSnapshot


@functools.lru_cache(maxsize=256)
def _excludes(patterns):
    try:
        return Excludes(patterns)
    except BadPattern:
        # The counter has reported the module as an error.
        return Excludes(())


class Flagging:
    """What somebody should see of a new count; what was accepted before stays so.

    :param count: `support.count`
    :param readings: list of (`support.source`, :class:`.cloc.Count`)
    """

    def __init__(self, count, readings):
        count.ensure_one()
        self.count = count
        self.readings = readings

    def prepare_flags_vals(self):
        """Values of `support.count.flag`, one for each thing to see."""
        previous = self.count._get_previous()
        known = self._get_accepted_items(previous)
        accepted = bool(self.count._get_accepted_with())
        return [
            {
                "count_id": self.count.id,
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
            for flag in self._find_flags(previous)
        ]

    def _find_flags(self, previous):
        reference = self.count._get_reference()
        return count_flags.find_flags(
            CountSnapshot(self.count, self.readings).take(),
            CountSnapshot(previous).take() if previous else None,
            limits=self._get_change_limits(),
            core_names=core_names(),
            excluded_anyway=Excludes(rules().default_exclude).match,
            excluded_by=lambda patterns, path: _excludes(patterns).match(path),
            reference=(
                count_flags.Snapshot(modules=CountSnapshot(reference).take_modules())
                if reference != previous
                else None
            ),
        )

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

    def _get_change_limits(self):
        contract = self.count.contract_id
        return count_flags.Limits(
            drop=contract._get_agreed("count_drop_percent").value,
            jump=contract._get_agreed("count_jump_percent").value,
            least=contract._get_agreed("count_change_lines").value,
        )

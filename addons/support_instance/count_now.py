# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count the lines of instances for a person who waits, for a short while.

What takes longer is counted in the background, by a scheduled action of its own: the
instance shows how far it is, and who asked is told when it is done.
"""

from odoo import fields
from odoo.tools import format_date

from . import cloc

PATIENCE = 30  # seconds that a person waits
CRON = "support_instance.ir_cron_count_asked"


class CountNow:
    """Read the instances, record their counts, and tell what came of it.

    :param instances: `support.instance`; read access is checked by the caller
    """

    def __init__(self, instances):
        self.env = instances.env
        self.instances = instances
        self.slow = instances.browse()

    def run(self):
        """:return: the action that shows the counts, or what is to be said instead"""
        known = self.instances.count_ids
        # All are read before anything is written: nothing is locked while a server
        # does not answer.
        read = self._read()
        counts = self.env["support.count"]
        for instance, readings in read:
            with instance._explaining_failure():
                counts |= instance._record_count(readings, again=True)
        self._leave_to_background()
        said = [describe_unchanged(count) for count in counts & known]
        if self.slow:
            said.append(
                self.env._(
                    "%s: the code is large, or its server is slow. It is counted in "
                    "the background. You can leave this page; the instance shows how "
                    "far it is.",
                    ", ".join(self.slow.mapped("display_name")),
                )
            )
        action = {"type": "ir.actions.client", "tag": "soft_reload"}
        if counts - known:
            action = counts._get_records_action(name=self.env._("Line Counts"))
        if not said:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": "\n".join(said),
                # What went to the background is nothing to be missed.
                "sticky": bool(self.slow),
                "next": action,
            },
        }

    def _read(self):
        until = cloc.monotonic() + PATIENCE
        read = []
        for instance in self.instances:
            if instance.date_count_asked:
                self.slow |= instance
                continue
            with instance._explaining_failure():
                try:
                    read.append((instance, instance._read_sources(until)))
                except cloc.SourceTimeout:
                    self.slow |= instance
        return read

    def _leave_to_background(self):
        if not self.slow:
            return
        # sudo: who may count may have it counted later; a note of the system.
        self.slow.filtered(lambda i: not i.date_count_asked).sudo().write(
            {
                "date_count_asked": fields.Datetime.now(),
                "count_asked_by_id": self.env.user.id,
                "count_done": 0,
                "count_todo": 0,
            }
        )
        # sudo: the action is the system's.
        self.env.ref(CRON).sudo()._trigger()


def describe_unchanged(count):
    """That the code is what it was."""
    env = count.env
    return env._(
        "%(instance)s: nothing has changed since the count of %(date)s.",
        instance=count.instance_id.display_name,
        date=format_date(env, count.date),
    )


def tell_asker(instance, known):
    """Tell who asked for a count what came of it, wherever they are by now.

    :param instance: `support.instance`, with the rights of the system
    :param known: the counts that it had before
    """
    user = instance.count_asked_by_id
    instance.write(
        {
            "date_count_asked": False,
            "count_asked_by_id": False,
            "count_done": 0,
            "count_todo": 0,
        }
    )
    if not user:
        return
    told = instance.with_context(lang=user.lang)
    latest = told.count_ids.sorted("id")[-1:]
    if instance.count_error:
        message = told.env._(
            "%(instance)s could not be counted. %(reason)s",
            instance=told.display_name,
            reason=told.count_error,
        )
    elif latest <= known:
        message = describe_unchanged(latest)
    else:
        message = told.env._(
            "%(instance)s is counted: %(lines)s lines.",
            instance=told.display_name,
            lines=latest.code_lines,
        )
    user._bus_send(
        "simple_notification",
        {
            "type": "danger" if instance.count_error else "info",
            "message": message,
            "sticky": True,
        },
    )

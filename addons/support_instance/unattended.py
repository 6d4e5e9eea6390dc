# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count the lines of many instances while nobody waits for it.

What fails is written on the instance, and each instance has a transaction of its own.
"""

from datetime import datetime, time, timedelta, timezone
from itertools import chain
from zoneinfo import ZoneInfo

from odoo.fields import Domain
from odoo.tools import config

from . import cloc
from .recording import commit_count, record_outcome


def get_stale_domain(env):
    """Billed instances of running contracts whose lines were not counted lately.

    What was tried today and failed waits for tomorrow. A day to come, by a clock that
    was wrong, is as good as never.
    """
    domain = Domain.FALSE
    for company in env["res.company"].search([("support_count_days", ">", 0)]):
        today = company._support_today()
        midnight = datetime.combine(
            today, time(), ZoneInfo(company.support_tz)
        ).astimezone(timezone.utc)
        midnight = midnight.replace(tzinfo=None)
        since = midnight - timedelta(days=company.support_count_days - 1)
        to_come = midnight + timedelta(days=2)
        domain |= (
            Domain("company_id", "=", company.id)
            & (
                Domain("date_counted", "=", False)
                | Domain("date_counted", "<", since)
                | Domain("date_counted", ">=", to_come)
                # That nothing comes any more is told in time.
                | Domain("date_counted", "<", midnight)
                & Domain("source_ids.kind", "=", "upload")
            )
            & (
                Domain("date_count_tried", "=", False)
                | Domain("date_count_tried", "<", midnight)
                | Domain("date_count_tried", ">=", to_come)
            )
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today))
        )
    return (
        domain
        & Domain("billed", "=", True)
        & Domain("source_ids", "!=", False)
        & Domain("contract_id.state", "in", ("active", "notice"))
    )


class NightlyCount:
    """Count the lines of all stale instances.

    Killed half-way it goes on next time: each instance is committed on its own, and
    then is stale no more.
    """

    def __init__(self, env):
        self.env = env
        self.cron = env["ir.cron"]
        self.Run = env["support.count.run"]
        self.runs = {}

    def run(self):
        Instance = self.env["support.instance"]
        # Those that have waited longest, first: no failure can keep them back for ever.
        due = Instance.search(Instance._get_stale_domain(), order="id").sorted(
            lambda i: i.date_count_tried or i.date_counted or datetime.min
        )
        self.runs = commit_count(self.env, lambda: self.Run._begin(due)) or {}
        self.cron._commit_progress(remaining=len(due))
        due._count_unattended(self._note_progress)
        if not Instance.search_count(Instance._get_stale_domain(), limit=1):
            running = self.Run.search([("state", "=", "running")])
            commit_count(self.env, running._finish)

    def _note_progress(self, instance):
        if instance := instance.exists():
            run = self.runs.get(instance.company_id, self.Run)
            commit_count(self.env, run._refresh)
        self.cron._commit_progress(1)


class UnattendedCount:
    """Read many instances at once, and record what came of each.

    :param instances: `support.instance`, those to count
    """

    def __init__(self, instances):
        self.env = instances.env
        self.instances = instances

    def run(self, on_done=None):
        """Count them all, as far as there is time.

        :param on_done: function called with each instance after its transaction
        :return: the instances that were counted
        """
        # pylint: disable=invalid-commit
        jobs, refused = {}, {}
        for instance in self.instances:
            try:
                jobs[instance.id] = instance._get_readers()
            except cloc.CountError as error:
                refused[instance.id] = error
        counted = self.instances.browse()
        self.env.cr.commit()
        outcomes = cloc.read_all(jobs, **self._get_times())
        for instance_id, outcome in chain(refused.items(), outcomes):
            instance = self.instances.browse(instance_id)
            if record_outcome(instance, jobs.get(instance_id), outcome):
                counted |= instance
            if on_done:
                on_done(instance)
        return counted

    def _get_times(self):
        """Times for :func:`.cloc.read_all`, within what Odoo gives its actions.

        A large repository takes minutes when it is fetched for the first time: an
        action that is killed meanwhile would begin again every night.
        """
        limit = config["limit_time_real_cron"]
        if limit is None or limit < 0:
            limit = config["limit_time_real"]
        now = cloc.monotonic()
        if not limit:
            return {"timeout": cloc.TIMEOUT, "start_until": now + 3600}
        # What is begun at half-time has the other half, less what recording takes.
        end = max(limit - 20, limit / 2)
        return {
            "timeout": min(cloc.TIMEOUT, end),
            "start_until": now + limit / 2,
            "deadline": now + end,
        }

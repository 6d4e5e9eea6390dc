# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count the lines of many instances while nobody waits for it.

What fails is written on the instance, and each instance has a transaction of its own.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from itertools import chain

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
        midnight = company._support_midnight(today)
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


class AskedCount:
    """Count what somebody asked for and does not wait for.

    What there was no time for is done when the action runs again, at once.
    """

    def __init__(self, env):
        self.env = env
        self.cron = env["ir.cron"]

    def run(self):
        # Archived meanwhile, it would wait for ever.
        instances = self.env["support.instance"].with_context(active_test=False)
        asked = instances.search(
            [("date_count_asked", "!=", False)], order="date_count_asked, id"
        )
        if asked:
            self.cron._commit_progress(remaining=len(asked))
            asked._count_unattended(lambda _instance: self.cron._commit_progress(1))


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
        allowances = self._get_allowances()
        asked = self.instances.filtered("date_count_asked")
        self.env.cr.commit()
        outcomes = cloc.read_all(
            jobs,
            **self._get_times(),
            allowances=allowances,
            pulse=partial(self._note_progress, asked) if asked else None,
        )
        for instance_id, outcome in chain(refused.items(), outcomes):
            instance = self.instances.browse(instance_id)
            allowance = allowances.get(instance_id)
            seconds = allowance.note() if allowance else 0
            begun = cloc.monotonic()
            if record_outcome(instance, jobs.get(instance_id), outcome, seconds):
                counted |= instance
            if allowance:
                self._charge(instance, allowance, cloc.monotonic() - begun)
            if on_done:
                on_done(instance)
        return counted

    def _charge(self, instance, allowance, seconds):
        """Writing down a hundred thousand files takes time as well."""
        allowance.end(0, seconds)
        if seconds < 1:
            return

        def note():
            # sudo: the system's own note.
            for instance_sudo in instance.sudo().exists():
                instance_sudo.count_seconds += spent

        spent = allowance.note()
        commit_count(self.env, note)

    def _note_progress(self, asked, progress):
        """Write down how far those are that somebody has asked for."""

        def note():
            # sudo: the system's own notes.
            for instance_sudo in asked.sudo().exists():
                if told := progress.get(instance_sudo.id):
                    done, todo = told
                    instance_sudo.write({"count_done": done, "count_todo": todo})

        commit_count(self.env, note)

    def _get_allowances(self):
        """What is left of its customer's time in this night, by id of the instance.

        :return: dict of :class:`.cloc.Allowance`, one for each customer
        """
        allowances = {}
        # sudo: what the customer has elsewhere takes time as well.
        mine = self.instances.sudo().filtered("contract_id.company_id")
        for company, instances in mine.grouped("company_id").items():
            minutes = company.support_count_minutes
            if not minutes:
                continue
            spent = self._get_seconds(company, instances)
            left = {}
            for instance in instances:
                customer = instance.partner_id.commercial_partner_id
                if customer not in left:
                    seconds = minutes * 60 - spent.get(customer, 0)
                    left[customer] = cloc.Allowance(seconds, minutes)
                allowances[instance.id] = left[customer]
        return allowances

    def _get_seconds(self, company, instances):
        """{customer: seconds that counting its code has taken since midnight}"""
        midnight = company._support_midnight(company._support_today())
        customers = instances.partner_id.commercial_partner_id
        tried = instances.with_context(active_test=False).search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "child_of", customers.ids),
                ("date_count_tried", ">=", midnight),
                ("count_seconds", ">", 0),
            ]
        )
        spent = defaultdict(float)
        for instance in tried:
            spent[instance.partner_id.commercial_partner_id] += instance.count_seconds
        return spent

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

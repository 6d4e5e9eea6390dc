# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.fields import Domain


class SupportInstance(models.Model):
    _inherit = "support.instance"

    @api.model
    def _get_stale_domain(self):
        """Billed instances of running contracts whose lines were not counted lately.

        What was tried today and failed waits for tomorrow. A day to come, by a clock
        that was wrong, is as good as never.
        """
        domain = Domain.FALSE
        for company in self.env["res.company"].search([("support_count_days", ">", 0)]):
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

    @api.model
    def _cron_count(self):
        """Count the lines of all stale instances; see `_count_unattended`.

        Killed half-way it goes on next time: each instance is committed on its own,
        and then is stale no more.
        """
        cron = self.env["ir.cron"]
        Run = self.env["support.count.run"]
        # Those that have waited longest, first: no failure can keep them back for ever.
        due = self.search(self._get_stale_domain(), order="id").sorted(
            lambda i: i.date_count_tried or i.date_counted or datetime.min
        )
        runs = self._commit_count(lambda: Run._begin(due)) or {}
        cron._commit_progress(remaining=len(due))

        def note(instance):
            if instance := instance.exists():
                run = runs.get(instance.company_id, Run)
                self._commit_count(run._refresh)
            cron._commit_progress(1)

        due._count_unattended(note)
        if not self.search_count(self._get_stale_domain(), limit=1):
            self._commit_count(Run.search([("state", "=", "running")])._finish)

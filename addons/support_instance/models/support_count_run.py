# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import human_size

from .. import cloc


class SupportCountRun(models.Model):
    """One night in which the scheduled action counted the lines of many instances.

    Written as it goes on, so that people see how far it is.
    """

    _name = "support.count.run"
    _description = "Count Run"
    _order = "date_start desc, id desc"

    company_id = fields.Many2one("res.company", required=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Finished")], default="running", required=True
    )
    date_start = fields.Datetime(
        string="Begun", default=fields.Datetime.now, required=True
    )
    date_done = fields.Datetime(string="Latest Progress")
    instance_count = fields.Integer(string="Instances")
    counted_count = fields.Integer(string="Counted")
    failed_count = fields.Integer(string="Failed")
    progress = fields.Float(compute="_compute_progress", aggregator=None)
    cache_size = fields.Char(
        string="Fetched Code",
        help="What all fetched repositories and remembered results took on the disk of "
        "this server after the run, those of other companies included.",
    )

    @api.depends("instance_count", "counted_count", "failed_count")
    def _compute_progress(self):
        for run in self:
            done = run.counted_count + run.failed_count
            total = run.instance_count
            run.progress = 100.0 * done / total if total else 100.0

    @api.depends("date_start", "company_id.support_tz")
    def _compute_display_name(self):
        for run in self:
            zoned = run.with_context(tz=run.company_id.support_tz)
            moment = fields.Datetime.context_timestamp(zoned, run.date_start)
            run.display_name = moment.strftime("%Y-%m-%d %H:%M")

    def action_view_failures(self):
        """The instances that the latest attempt to count failed on."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_instance.support_instance_action"
        )
        return action | {
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("count_error", "!=", False),
            ]
        }

    @api.model
    def _begin(self, instances):
        """The runs that count these instances, one a company.

        One that was broken off goes on: those it had counted are not stale any more.

        :return: dict of runs by company
        """
        runs = {}
        for company, mine in instances.grouped("company_id").items():
            run = self.search(
                [("company_id", "=", company.id), ("state", "=", "running")], limit=1
            )
            if not run:
                run = self.create({"company_id": company.id})
            run._refresh()
            done = run.counted_count + run.failed_count
            # Another process may have counted some since they were looked up.
            left = self.env["support.instance"].search_count(
                Domain("id", "in", mine.ids)
                & (
                    Domain("date_count_tried", "=", False)
                    | Domain("date_count_tried", "<", run.date_start)
                )
            )
            run.instance_count = max(run.instance_count, done + left)
            runs[company] = run
        return runs

    def _refresh(self):
        """Look how far it is. Several processes may be at it, and some were killed: the
        instances know, nobody needs to remember."""
        Instance = self.env["support.instance"]
        for run in self:
            domain = Domain("company_id", "=", run.company_id.id) & Domain(
                "date_count_tried", ">=", run.date_start
            )
            failed = domain & Domain("count_error", "!=", False)
            failed_count = Instance.search_count(failed)
            run.write(
                {
                    "failed_count": failed_count,
                    "counted_count": Instance.search_count(domain) - failed_count,
                    "date_done": fields.Datetime.now(),
                }
            )

    def _finish(self):
        self._refresh()
        size = cloc.folder_size(self.env["support.instance"]._get_count_cache_dir())
        self.write(
            {
                "state": "done",
                "date_done": fields.Datetime.now(),
                "cache_size": human_size(size),
            }
        )

    @api.autovacuum
    def _gc_runs(self):
        """Runs tell how it went; after a year nobody asks."""
        self.search([("date_start", "<", "today -1y")], limit=1000).unlink()

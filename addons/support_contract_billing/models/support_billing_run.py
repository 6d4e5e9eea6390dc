# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import errors

from odoo import api, fields, models

from ..billing import CONFLICTS


class SupportBillingRun(models.Model):
    """One night's work: what was due, what came of it, and how long it took.

    It is written down before anything is done, and each contract with what came of it
    in one transaction. Whoever is killed at any point leaves a run that the next call
    goes on with; whoever calls meanwhile helps with the one that is under way.
    """

    _name = "support.billing.run"
    _description = "Billing Run"
    _order = "id desc"

    name = fields.Char(compute="_compute_name")
    state = fields.Selection(
        [("waiting", "Waiting"), ("running", "Running"), ("done", "Finished")],
        default="waiting",
        required=True,
        readonly=True,
        index=True,
    )
    origin = fields.Selection(
        [("schedule", "Schedule"), ("person", "A person")],
        default="schedule",
        required=True,
        readonly=True,
        string="Asked For By",
    )
    user_id = fields.Many2one("res.users", string="Who", readonly=True)
    company_ids = fields.Many2many("res.company", string="Companies", readonly=True)
    date_start = fields.Datetime(string="Began", readonly=True)
    date_collected = fields.Datetime(
        readonly=True, help="When it was known what is due; billing began then."
    )
    date_end = fields.Datetime(string="Ended", readonly=True)
    duration = fields.Float(
        string="Minutes", compute="_compute_duration", digits=(16, 1)
    )
    line_ids = fields.One2many("support.billing.run.line", "run_id", readonly=True)
    contract_count = fields.Integer(string="Contracts", compute="_compute_counts")
    todo_count = fields.Integer(string="To Do", compute="_compute_counts")
    done_count = fields.Integer(string="Billed", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    progress = fields.Float(compute="_compute_counts")
    amounts = fields.Char(
        compute="_compute_counts", help="What was invoiced, without tax."
    )

    # The database allows one run at a time; whoever comes second joins it.
    _running_uniq = models.UniqueIndex(
        "(state) WHERE state = 'running'", "A billing run is under way already."
    )

    def _compute_name(self):
        for run in self:
            run.name = self.env._("Billing run %s", run._origin.id or "")

    @api.depends("date_start", "date_end")
    def _compute_duration(self):
        for run in self:
            end = run.date_end or fields.Datetime.now()
            seconds = (end - run.date_start).total_seconds() if run.date_start else 0
            run.duration = seconds / 60

    @api.depends("line_ids.state", "line_ids.amount")
    def _compute_counts(self):
        Line = self.env["support.billing.run.line"]
        counts, amounts = {}, {}
        for run, state, number in Line._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts[run, state] = number
        for run, currency, amount in Line._read_group(
            [("run_id", "in", self.ids), ("currency_id", "!=", False)],
            ["run_id", "currency_id"],
            ["amount:sum"],
        ):
            if amount:
                amounts.setdefault(run, []).append(currency.format(amount))
        for run in self:
            origin = run._origin
            todo, done, skipped, failed = (
                counts.get((origin, state), 0)
                for state in ("todo", "done", "skipped", "failed")
            )
            run.todo_count, run.done_count = todo, done
            run.skipped_count, run.failed_count = skipped, failed
            run.contract_count = total = todo + done + skipped + failed
            run.progress = 100 * (total - todo) / total if total else 0
            run.amounts = " + ".join(amounts.get(origin, []))

    def action_view_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "support_contract_billing.support_billing_run_line_action"
        )
        action["domain"] = [("run_id", "=", self.id)]
        return action

    def action_view_invoices(self):
        self.ensure_one()
        return self.line_ids.document_ids._get_support_action(self.env._("Invoices"))

    # -- asking for a run ---------------------------------------------------------

    @api.model
    def _request(self, companies):
        """A run of these companies as soon as possible; a person asks.

        What failed today is tried again.
        """
        # sudo: runs are written by the system alone, and triggering a scheduled action
        # needs Settings rights otherwise.
        self.env["support.contract"].sudo().search(
            [
                ("date_billing_failed", "!=", False),
                ("company_id", "in", companies.ids),
            ]
        ).write({"date_billing_failed": False})
        run = self.sudo().create(
            {
                "origin": "person",
                "user_id": self.env.uid,
                "company_ids": [fields.Command.set(companies.ids)],
            }
        )
        self.env.ref(
            "support_contract_billing.ir_cron_count_and_bill"
        ).sudo()._trigger()
        return run.sudo(False)

    @api.model
    def _run_all(self):
        """Finish what was begun, do what was asked for, then the day's own run."""
        asked = False
        while run := self._claim():
            asked = True
            if not run._work():
                return
        if self._is_scheduled(asked):
            self._create_scheduled()
            if run := self._claim():
                run._work()

    @api.model
    def _is_scheduled(self, asked):
        """Whether the day's own run is to be made after those that were asked for.

        The scheduler moves `nextcall` when the job is over.
        """
        cron = self.env["ir.cron"].browse(self.env.context.get("cron_id"))
        if not asked:
            return True
        return bool(cron) and cron.nextcall <= fields.Datetime.now()

    @api.model
    def _create_scheduled(self):
        # pylint: disable=invalid-commit
        companies = self.env["res.company"].search([])
        self.create(
            {
                "user_id": self.env.uid,
                "company_ids": [fields.Command.set(companies.ids)],
            }
        )
        self.env.cr.commit()

    @api.model
    def _claim(self):
        """The run under way, else the next one that waits, as running; or none."""
        # pylint: disable=invalid-commit
        for _attempt in range(10):
            self.env.cr.commit()
            if run := self.search([("state", "=", "running")], limit=1):
                return run
            run = self.search([("state", "=", "waiting")], order="id", limit=1)
            if not run:
                return run
            try:
                if run.try_lock_for_update(allow_referencing=True):
                    run.write({"state": "running", "date_start": fields.Datetime.now()})
                    self.env.cr.commit()
            except (*CONFLICTS, errors.UniqueViolation):
                self.env.cr.rollback()  # somebody else was quicker: look again
        return self.browse()

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from psycopg2 import errors

from odoo import api, fields, models
from odoo.tools import split_every

from .. import planner
from ..billing import CONFLICTS, is_conflict

_logger = logging.getLogger(__name__)

# Contracts billed in one transaction: long enough to be fast, short enough that others
# who post in the same journal do not wait for long.
BATCH = 50
# Contracts looked at in one go to find out what is due; bounds the memory.
CHUNK = 500


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
        return self.line_ids.document_ids._get_records_action(
            name=self.env._("Invoices")
        )

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

    # -- doing it -----------------------------------------------------------------

    def _work(self):
        """Do what is left of this run; commits as it goes.

        :return: whether there is time for more
        """
        self.ensure_one()
        if not self._collect():
            return False
        cron = self.env["ir.cron"]
        for _round in range(3):
            todo = self._get_todo()
            if not todo:
                break
            # Failed and locked ones count as processed: what remains is what was not
            # attempted yet.
            left = len(todo)
            cron._commit_progress(remaining=left)
            grows = planner.is_out_of_date(self.env.cr, left)
            for groups in self._get_batches(todo):
                self._bill_groups(groups)
                if grows:
                    planner.refresh(self.env.cr)
                    grows = False
                worked_on = sum(map(len, groups))
                left -= worked_on
                # With nothing left the scheduler would not come back today: there is
                # always time to close the run.
                if not cron._commit_progress(worked_on) and left:
                    return False
        cron._commit_progress(remaining=0)
        self._finish()
        return True

    def _collect(self):
        """Count what is stale, then write down what is due. Both at once per run.

        :return: whether there is time for more
        """
        # pylint: disable=invalid-commit
        self.env.cr.commit()
        if self.date_collected:
            return True
        Contract = self.env["support.contract"]
        candidates = Contract.search(
            Contract._get_running_domain()
            & fields.Domain("company_id", "in", self.company_ids.ids),
            order="id",
        ).ids
        if not self._count(candidates):
            return False
        try:
            self.env.cr.commit()
            # Somebody else who collects has the row, and writes the same lines down.
            if (
                not self.try_lock_for_update(allow_referencing=True)
                or self.date_collected
            ):
                return True
            for ids in split_every(CHUNK, candidates):
                due = Contract.browse(ids)._get_due_contracts()
                self.env["support.billing.run.line"].create(
                    [
                        {
                            "run_id": self.id,
                            "contract_id": contract.id,
                            "company_id": contract.company_id.id,
                        }
                        for contract in due
                    ]
                )
                # Not committed: a run is collected as a whole or not at all.
                self.env.flush_all()
                self.env.invalidate_all()
            self.date_collected = fields.Datetime.now()
            self.env.cr.commit()
        except Exception as error:
            self.env.cr.rollback()
            if not is_conflict(error):
                raise
            _logger.info("Run %s: another process collects it", self.id)
        return True

    def _count(self, contract_ids):
        """Count the lines that fees are computed from, a transaction for each.

        Nothing is locked while a network answers. What was tried since the run began
        is not tried again: what failed is noted on the instance.

        :return: whether there is time for more
        """
        Instance = self.env["support.instance"]
        stale = []
        for ids in split_every(CHUNK, contract_ids):
            for contract in self.env["support.contract"].browse(ids):
                stale += contract._get_instances_to_count().ids
            self.env.invalidate_all()
        now = fields.Datetime.now()
        instances = Instance.browse(stale).filtered(
            lambda instance: not instance.date_count_tried
            or not self.date_start <= instance.date_count_tried <= now
        )
        if not instances:
            return True
        cron, seconds = self.env["ir.cron"], []
        # One more than there are: with nothing left the scheduler would come back
        # tomorrow, and nothing be billed today.
        cron._commit_progress(remaining=len(instances) + 1)
        instances._count_unattended(
            lambda _instance: seconds.append(cron._commit_progress(1))
        )
        # The time of a scheduled action is limited; it comes back for the rest.
        return len(seconds) == len(instances) and seconds[-1] > 0

    def _get_todo(self):
        """Lines that nobody has worked on, as ids, contracts of a customer together."""
        # pylint: disable=invalid-commit
        self.env.cr.commit()
        lines = self.line_ids.filtered(lambda line: line.state == "todo")
        return lines.sorted(lambda line: line.contract_id._get_order_key()).ids

    def _get_batches(self, line_ids):
        """Yield groups of lines to bill in one transaction: [[id of a line]].

        A group is what may go on one invoice, so that it is never cut.
        """
        groups = {}
        for line in self.env["support.billing.run.line"].browse(line_ids):
            key = line.contract_id._invoice_grouping_key()
            groups.setdefault(key, []).append(line.id)
        batch, size = [], 0
        for group in groups.values():
            if batch and size + len(group) > BATCH:
                yield batch
                batch, size = [], 0
            batch.append(group)
            size += len(group)
        yield batch

    def _bill_groups(self, groups):
        """Bill some contracts in a fresh transaction; if that fails, each group in one
        of its own, and then each contract.
        """
        # pylint: disable=invalid-commit
        line_ids = [line_id for group in groups for line_id in group]
        lines = self.env["support.billing.run.line"].browse(line_ids)
        try:
            self.env.cr.commit()
            lines._bill()
            self.env.cr.commit()
        except Exception as error:  # one failing contract never stops the others
            self.env.cr.rollback()
            if len(lines) > 1:
                _logger.info("Run %s: one by one from here: %s", self.id, error)
                parts = groups if len(groups) > 1 else [[one] for one in line_ids]
                for part in parts:
                    self._bill_groups([part])
            elif is_conflict(error):
                _logger.info("Run %s: another process has it: %s", self.id, error)
            else:
                self._note_failure(lines, error)

    def _note_failure(self, line, error):
        # pylint: disable=invalid-commit
        try:
            line._note_failure(error)
            self.env.cr.commit()
        except Exception as conflict:
            self.env.cr.rollback()
            if not is_conflict(conflict):
                raise

    def _finish(self):
        """Close the run unless another process still works on some of it."""
        # pylint: disable=invalid-commit
        self.env.cr.commit()
        if self.state != "running" or not self.date_collected:
            return
        if self.line_ids.filtered(lambda line: line.state == "todo"):
            _logger.info("Run %s: others hold what is left", self.id)
            return
        try:
            self.write({"state": "done", "date_end": fields.Datetime.now()})
            self.env.cr.commit()
        except CONFLICTS:
            self.env.cr.rollback()
            return
        _logger.info("Billing run %s is finished: %s", self.id, self._get_summary())
        self._on_finished()

    def _on_finished(self):
        """The run is over and committed; extend."""

    def _get_summary(self):
        self.ensure_one()
        return (
            f"{self.done_count} billed, {self.skipped_count} skipped, "
            f"{self.failed_count} failed"
        )

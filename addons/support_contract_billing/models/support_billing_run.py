# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import mute_logger

from odoo.addons.support_contract.transactions import commit_alone
from odoo.addons.support_contract.windows import lists

from .. import stamp
from ..billing import UNIQUE
from ..run_work import RunWork
from ..used_up import find_used_up
from ..watching import BillingWatch

_logger = logging.getLogger(__name__)


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
        index=True,
    )
    origin = fields.Selection(
        [("schedule", "Schedule"), ("person", "A person")],
        default="schedule",
        required=True,
        string="Asked For By",
    )
    user_id = fields.Many2one("res.users")
    company_ids = fields.Many2many("res.company", string="Companies")
    note = fields.Text(help="What somebody decided before this run.")
    date_start = fields.Datetime(string="Began")
    date_collected = fields.Datetime(
        help="When it was known what is due; billing began then."
    )
    date_end = fields.Datetime(string="Ended")
    duration = fields.Float(
        string="Minutes", compute="_compute_duration", digits=(16, 1)
    )
    line_ids = fields.One2many("support.billing.run.line", "run_id")
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

    action_view_lines = lists(
        "support_contract_billing.support_billing_run_line_action", "run_id"
    )

    def action_view_invoices(self):
        self.ensure_one()
        return self.line_ids.document_ids._get_support_action(self.env._("Invoices"))

    @api.model
    def action_go_on(self):
        """A manager has compared, and billing goes on; a button."""
        if not self.env.user.has_group("support_contract.group_support_manager"):
            raise AccessError(
                self.env._("Only a manager can decide that billing goes on.")
            )
        reason = self._get_stop_reason()
        if not reason:
            raise UserError(self.env._("Nothing holds billing back."))
        _logger.warning("User %s lets billing go on. %s", self.env.uid, reason)
        run = self._request(self.env.companies)
        run.sudo().note = self.env._(
            "%(user)s decided that billing goes on, after this was said: %(reason)s",
            user=self.env.user.name,
            reason=reason,
        )
        self._write_stamp(self._get_last_finished())
        return run._get_records_action(name=self.env._("Billing Run"))

    @api.model
    def _cron_watch_billing(self):
        """Write to the managers when billing is silent; a scheduled action."""
        BillingWatch(self.env).notify_managers()

    # === ASK FOR A RUN === #

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
                "company_ids": [fields.Command.set(companies._filter_billing().ids)],
            }
        )
        self.env.ref(
            "support_contract_billing.ir_cron_count_and_bill"
        ).sudo()._trigger()
        return run.sudo(False)

    @api.model
    def _run_all(self):
        """Finish what was begun, do what was asked for, then the day's own run.

        Nothing in a database that may have forgotten runs; see `_get_stop_reason`.
        """
        if reason := self._get_stop_reason():
            _logger.error("Nothing is billed. %s", reason)
            return
        known = stamp.read(self.env.cr.dbname)
        if not known or known["uuid"] != self._get_database_uuid():
            # Before the first run, so that being killed right after it says nothing.
            self._write_stamp(self._get_last_finished())
            self.env.cr.commit()  # pylint: disable=invalid-commit
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
        """The day's own run, of all companies that bill; commits."""
        # pylint: disable=invalid-commit
        companies = self.env["res.company"].search([])._filter_billing()
        if not companies:
            return
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
        for _attempt in range(10):
            self.env.cr.commit()  # pylint: disable=invalid-commit
            if run := self.search([("state", "=", "running")], limit=1):
                return run
            run = self.search([("state", "=", "waiting")], order="id", limit=1)
            if not run:
                return run
            # Whether it worked or somebody else was quicker: look again.
            commit_alone(self.env, run._begin, unique=UNIQUE)
        return self.browse()

    def _begin(self):
        if self.try_lock_for_update(allow_referencing=True):
            # Two processes may begin a run each: the index lets one of them, and to be
            # the other is no error for the log.
            with mute_logger("odoo.sql_db"):
                self.write({"state": "running", "date_start": fields.Datetime.now()})
                self.flush_recordset()

    # === WORK === #

    def _work(self):
        """Do what is left of this run; commits as it goes.

        :return: whether there is time for more
        """
        self.ensure_one()
        return RunWork(self).do()

    def _on_finished(self):
        """The run is over and committed; extend."""
        self._write_stamp(self)
        self.env["support.history"].with_user(self.user_id or self.env.user)._log(
            "run",
            self,
            self.company_ids if len(self.company_ids) == 1 else None,
            note=", ".join(filter(None, [self._get_summary(), self.amounts])),
        )
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _get_summary(self):
        """How many contracts were billed, skipped and failed, for the log."""
        return (
            f"{self.done_count} billed, {self.skipped_count} skipped, "
            f"{self.failed_count} failed"
        )

    # === A RESTORED OR COPIED DATABASE === #

    @api.model
    def _get_last_finished(self):
        """The last run that was finished, of whichever companies."""
        # sudo: the number counts, whichever companies the run was for.
        return self.sudo().search([("state", "=", "done")], order="id desc", limit=1)

    @api.model
    def _get_database_uuid(self):
        # sudo: parameters are readable with Settings rights only.
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model
    def _get_foreseen_limits(self, companies):
        """What will stop invoices when it is used up, in sentences; extend."""
        return find_used_up(self.env)

    @api.model
    def _get_stop_reason(self):
        """Why this database must not bill before a person has compared; or nothing.

        The number of the last finished run lies in the data folder as well.
        """
        known = stamp.read(self.env.cr.dbname)
        last = self._get_last_finished()
        uuid = self._get_database_uuid()
        if not known:
            if not last:
                return ""
            return self.env._(
                "This database has billed before, but not on this server under this "
                "name: it was copied, moved or renamed. Make sure that no other copy "
                "of it goes on billing."
            )
        if known["uuid"] != uuid:
            if not last:
                return ""  # a new database under the name of an earlier one
            return self.env._(
                "Another database billed under this name before. Make sure that it no "
                "longer does, and that this one has all of its invoices."
            )
        if last.id < known["run"]:
            return self.env._(
                "This database was restored from a backup: run %(run)s was finished on "
                "%(date)s (UTC), and it knows of runs up to %(last)s only. Compare the "
                "invoices that customers got after the backup, in the sales journal's "
                "numbers, in sent e-mails and in what was paid, with the ones that are "
                "here, and enter what is missing. Under “Billed Through” say on each "
                "contract up to which day it was billed.",
                run=known["run"],
                date=known["date"],
                last=last.id or 0,
            )
        return ""

    @api.model
    def _write_stamp(self, run):
        """Remember in the data folder that this run was finished, once committed."""
        database, uuid = self.env.cr.dbname, self._get_database_uuid()
        number, date = run.id or 0, fields.Datetime.to_string(fields.Datetime.now())

        def remember():
            try:
                stamp.write(database, uuid, number, date)
            except OSError:
                # The invoices are there all the same; the next run tries again.
                _logger.exception("Run %s is not remembered in the data folder", number)

        # Only what is committed has happened.
        self.env.cr.postcommit.add(remember)

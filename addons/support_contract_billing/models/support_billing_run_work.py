# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import fields, models
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
    """How a run is worked off: count, collect what is due, bill in batches, close.

    Each step commits. Any of them can be begun anew by whoever comes next, and two
    processes can do it side by side.
    """

    _inherit = "support.billing.run"

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

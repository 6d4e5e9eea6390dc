# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""How a billing run is worked off: count, collect what is due, bill in batches."""

import logging

from odoo import Command, fields
from odoo.tools import split_every

from odoo.addons.support_contract.read_once import read_once
from odoo.addons.support_contract.transactions import (
    commit_alone,
    describe,
    go_through,
    log_failure,
    work_alone,
)

from .announcing import announce, get_contracts_to_announce
from .billing import ACCOUNTANTS, UNIQUE, is_conflict
from .corrections import true_up
from .due import get_instances_to_count
from .invoicing import bill_batch

_logger = logging.getLogger(__name__)

# Contracts billed in one transaction: long enough to be fast, short enough that others
# who post in the same journal do not wait for long.
BATCH = 50
# Contracts looked at in one go to find out what is due; bounds the memory.
CHUNK = 500

COUNT_DAY_FAILED = "support_contract_billing.activity_count_day_failed"


class RunWork:
    """Works off one `support.billing.run`; commits as it goes.

    Any step can be begun anew by whoever comes next, and two processes can do it side
    by side.
    """

    # pylint: disable=invalid-commit

    def __init__(self, run):
        self.run, self.env = run, run.env
        self.cron = run.env["ir.cron"]

    def do(self):
        """Do what is left of this run.

        :return: whether there is time for more
        """
        if not self._collect():
            return False
        for _round in range(3):
            todo = self._get_todo()
            if not todo:
                break
            # Failed and locked ones count as processed: what remains is what was not
            # attempted yet.
            left = len(todo)
            self.cron._commit_progress(remaining=left)
            for groups in self._get_batches(todo):
                self._bill_groups(groups)
                worked_on = sum(map(len, groups))
                left -= worked_on
                # With nothing left the scheduler would not come back today: there is
                # always time to close the run.
                if not self.cron._commit_progress(worked_on) and left:
                    return False
        self.cron._commit_progress(remaining=0)
        self._finish()
        return True

    # === COLLECT === #

    def _collect(self):
        """Count what is stale, then write down what is due. Both at once per run.

        :return: whether there is time for more
        """
        self.env.cr.commit()
        if self.run.date_collected:
            return True
        Contract = self.env["support.contract"]
        candidates = Contract.search(
            Contract._get_running_domain()
            & fields.Domain("company_id", "in", self.run.company_ids.ids),
            order="id",
        ).ids
        # All of it is idempotent: a run that was killed begins here anew.
        ready = (
            self._count(candidates)
            and correct_provisional(self.run.company_ids)
            and announce_fees(self.run.company_ids)
        )
        if not ready:
            return False
        commit_alone(self.env, lambda: self._write_down_due(candidates), unique=UNIQUE)
        return True

    def _write_down_due(self, candidates):
        """A line for each contract that something is due for.

        :param candidates: ids of `support.contract`
        """
        run, Contract = self.run, self.env["support.contract"]
        self.env.cr.commit()
        # Somebody else who collects has the row, and writes the same lines down.
        if not run.try_lock_for_update(allow_referencing=True) or run.date_collected:
            return
        for ids in split_every(CHUNK, candidates):
            due = read_once(Contract.browse(ids))._get_due_contracts()
            self.env["support.billing.run.line"].create(
                [
                    {
                        "run_id": run.id,
                        "contract_id": contract.id,
                        "company_id": contract.company_id.id,
                    }
                    for contract in due
                ]
            )
            # Not committed: a run is collected as a whole or not at all.
            self.env.flush_all()
            self.env.invalidate_all()
        run.date_collected = fields.Datetime.now()

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
                stale += get_instances_to_count(contract).ids
            self.env.invalidate_all()
        now = fields.Datetime.now()
        instances = Instance.browse(stale).filtered(
            lambda instance: not instance.date_count_tried
            or not self.run.date_start <= instance.date_count_tried <= now
        )
        if not instances:
            return True
        seconds = []
        # One more than there are: with nothing left the scheduler would come back
        # tomorrow, and nothing be billed today.
        self.cron._commit_progress(remaining=len(instances) + 1)
        instances._count_unattended(
            lambda _instance: seconds.append(self.cron._commit_progress(1))
        )
        # The time of a scheduled action is limited; it comes back for the rest.
        return len(seconds) == len(instances) and seconds[-1] > 0

    # === BILL === #

    def _get_todo(self):
        """Ids of the lines that nobody has worked on."""
        self.env.cr.commit()
        lines = self.run.line_ids.filtered(lambda line: line.state == "todo")

        def get_order(line):
            """Contracts that may share an invoice are billed together."""
            contract = line.contract_id
            return (
                contract.company_id.id,
                contract.partner_id.id,
                contract.currency_id.id,
                contract.id,
            )

        return lines.sorted(get_order).ids

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
        line_ids = [line_id for group in groups for line_id in group]
        lines = self.env["support.billing.run.line"].browse(line_ids)
        try:
            self.env.cr.commit()
            self._bill(lines)
            self.env.cr.commit()
        except Exception as error:  # one failing contract never stops the others
            self.env.cr.rollback()
            if len(lines) > 1:
                _logger.info("Run %s: one by one from here: %s", self.run.id, error)
                parts = groups if len(groups) > 1 else [[one] for one in line_ids]
                for part in parts:
                    self._bill_groups([part])
            elif is_conflict(error):
                _logger.info("Run %s: another process has it: %s", self.run.id, error)
            else:
                failure = error
                commit_alone(
                    self.env, lambda: self._note_failure(lines, failure), unique=UNIQUE
                )

    def _bill(self, lines):
        """Bill the contracts of these lines in the running transaction.

        Only those that nobody else works on, and that still run.
        """
        locked = lines.contract_id.try_lock_for_update(allow_referencing=True)
        if elsewhere := lines.contract_id - locked:
            _logger.info("%s: another process has these", elsewhere)
        lines = lines.filtered(
            lambda line: line.state == "todo" and line.contract_id in locked
        )
        outcomes = bill_batch(lines.contract_id)
        now = fields.Datetime.now()
        for line in lines:
            outcome = outcomes[line.contract_id]
            further = outcome.moves[1:].ids if outcome.moves else []
            line.write(
                {
                    **({"further_move_ids": [Command.set(further)]} if further else {}),
                    "state": outcome.state,
                    "reason": outcome.reason or False,
                    "move_id": outcome.moves[:1].id if outcome.moves else False,
                    "currency_id": line.contract_id.currency_id.id,
                    "amount": sum(charge.amount for charge in outcome.charges),
                    "date": now,
                }
            )
        if moves := [move for one in outcomes.values() for move in one.moves]:
            _logger.info(
                "%s contracts are billed with %s",
                len([outcome for outcome in outcomes.values() if outcome.moves]),
                ", ".join(move.name or "a draft" for move in moves),
            )

    def _note_failure(self, line, error):
        """An error that nobody foresaw stays with its contract."""
        log_failure("could not be billed", line.contract_id, error)
        line.contract_id._record_billing_failure(error)
        line.write(
            {
                "state": "failed",
                "reason": describe(self.env, error),
                "date": fields.Datetime.now(),
            }
        )

    # === CLOSE === #

    def _finish(self):
        """Close the run unless another process still works on some of it."""
        run = self.run
        self.env.cr.commit()
        if run.state != "running" or not run.date_collected:
            return
        if run.line_ids.filtered(lambda line: line.state == "todo"):
            _logger.info("Run %s: others hold what is left", run.id)
            return
        done = {"state": "done", "date_end": fields.Datetime.now()}
        if not commit_alone(self.env, lambda: run.write(done)):
            return
        _logger.info("Billing run %s is finished: %s", run.id, run._get_summary())
        run._on_finished()


def correct_provisional(companies):
    """Correct what these companies charged by an old count; commits.

    :return: whether there is time for more
    """
    charges = companies.env["support.charge"]._get_provisional(companies)
    return _follow_counts(
        charges.contract_id,
        lambda contract: true_up(contract.provisional_charge_ids),
    )


def announce_fees(companies):
    """Announce changed fees to the customers of these companies; commits.

    :return: whether there is time for more
    """
    return _follow_counts(get_contracts_to_announce(companies), announce)


def _follow_counts(contracts, work):
    """Do what follows from the counts for each contract, before it is billed.

    Each in a transaction of its own, so that what goes wrong with one stays with it;
    commits.

    :param work: function of a contract that is locked and freshly read
    :return: whether there is time for more
    """

    def follow_counts_of(contract):
        def follow():
            work(contract.with_company(contract.company_id))
            contract._clear_failure("count_day_error", COUNT_DAY_FAILED)

        def note(error):
            # The contract is billed all the same.
            contract._record_failure(
                "count_day_error", COUNT_DAY_FAILED, error, ACCOUNTANTS
            )

        failure = "what follows from its counts failed"
        work_alone(contract, follow, note, failure, unique=UNIQUE)

    return go_through(contracts, follow_counts_of)

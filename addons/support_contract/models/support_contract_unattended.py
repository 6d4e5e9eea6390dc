# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..conflicts import is_conflict

_logger = logging.getLogger(__name__)

FAILED = "support_contract.activity_amend_failed"


class SupportContract(models.Model):
    """What happens to contracts by itself: amendments on their day, and the end.

    Each contract has transactions of its own. What goes wrong with one stays with it:
    a note on the contract and one to-do, until it works.
    """

    _name = "support.contract"
    _inherit = ["support.contract", "support.system"]

    amend_error = fields.Text(
        string="Amendment Failure",
        readonly=True,
        copy=False,
        help="Why a scheduled amendment or the end of the contract could not take "
        "effect; the next success clears it.",
    )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"amend_error"}

    @api.model
    def _cron_amend_and_end(self):
        """What takes effect by itself on its day; a scheduled action.

        Idempotent: what is done is not due any more, and what failed is tried again
        on the next day.
        """
        due = self._get_due_by_itself()
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for contract_id in due.ids:
            self.browse(contract_id)._amend_and_end()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    @api.model
    def _get_due_by_itself(self):
        """Contracts with an amendment whose day has come, or whose last day is over.

        Those that failed before are among them: a success takes the note away.
        """
        scheduled = self.env["support.contract.amendment"].search(
            [("state", "=", "scheduled")]
        )
        running = self.search(
            [("state", "in", ("active", "notice")), ("date_end", "!=", False)]
        )
        failed = self.search([("amend_error", "!=", False)])
        return (
            scheduled.filtered(lambda amendment: amendment._is_due()).contract_id
            | running.filtered(lambda contract: contract._is_run_out())
            | failed
        )

    def _is_run_out(self):
        """Whether the last day is over; a day late is no harm, dates decide rights."""
        self.ensure_one()
        return bool(
            self.state in ("active", "notice")
            and self.date_end
            and self.date_end < self.company_id._support_today()
        )

    def _amend_and_end(self):
        """Bring one contract up to date unattended; a failure stays with it.

        Its amendments are applied in order, all or none: a later one may build on
        one that failed. Commits, as what one contract got must survive whatever
        happens to the next.
        """
        # pylint: disable=invalid-commit
        self.ensure_one()
        try:
            if not self.try_lock_for_update(allow_referencing=True):
                raise LockError("locked")
            self._apply_due_amendments()
            if self._is_run_out():
                self.action_end()
            self._clear_failure("amend_error", FAILED)
            self.env.cr.commit()
        except Exception as error:  # one failing contract never stops the others
            self.env.cr.rollback()
            if is_conflict(error):
                _logger.info("Contract %s: another process has it: %s", self.id, error)
                return
            expected = isinstance(error, UserError)
            _logger.log(
                logging.INFO if expected else logging.WARNING,
                "Contract %s could not be amended or ended: %s",
                self.id,
                error,
                exc_info=not expected,
            )
            self._commit_failure(self._record_amend_failure, error)

    def _commit_failure(self, record, error):
        """Note why something failed, unless another process notes it just now.

        :param record: function that writes the error down
        """
        # pylint: disable=invalid-commit
        try:
            record(error)
            self.env.cr.commit()
        except Exception as problem:
            self.env.cr.rollback()
            if not is_conflict(problem):
                raise
            _logger.info("Contract %s: another process notes it: %s", self.ids, problem)

    def _apply_due_amendments(self):
        """Let the scheduled amendments of this contract take effect on their day."""
        self.ensure_one()
        scheduled = self.amendment_ids.filtered(
            lambda amendment: amendment.state == "scheduled" and amendment._is_due()
        )
        # Not in the order in which they were agreed: the latest day has the last word.
        for amendment in scheduled.sorted(lambda one: (one.date_effective, one.id)):
            amendment._apply()

    def _record_amend_failure(self, error):
        self._record_failure("amend_error", FAILED, error)

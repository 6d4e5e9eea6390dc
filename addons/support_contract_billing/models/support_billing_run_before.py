# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError

from ..billing import is_conflict
from .support_contract import ACCOUNTANTS

_logger = logging.getLogger(__name__)

FAILED = "support_contract_billing.activity_count_day_failed"


class SupportBillingRun(models.Model):
    """What follows from the counts of a run, before anything is billed.

    Each contract has a transaction of its own, so that what goes wrong with one stays
    with it. All of it is idempotent: a run that was killed begins here anew.
    """

    _inherit = "support.billing.run"

    def _count(self, contract_ids):
        if not super()._count(contract_ids):
            return False
        return self._true_up()

    def _true_up(self):
        """Put right what was charged by an old count; see `support.charge`.

        :return: whether there is time for more
        """
        Charge = self.env["support.charge"]
        contracts = Charge._get_provisional(self.company_ids).contract_id

        def work(contract):
            contract.provisional_charge_ids._true_up()

        return self._do_alone(contracts, work)

    @api.model
    def _do_alone(self, contracts, work):
        """Do it for each contract in a transaction of its own; commits.

        :param work: function of a contract that is locked and freshly read
        :return: whether there is time for more
        """
        cron, left = self.env["ir.cron"], len(contracts)
        if not contracts:
            return True
        cron._commit_progress(remaining=left)
        for contract_id in contracts.ids:
            self._do_one(self.env["support.contract"].browse(contract_id), work)
            left -= 1
            if not cron._commit_progress(1):
                break
        return not left

    @api.model
    def _do_one(self, contract, work):
        # pylint: disable=invalid-commit
        try:
            self.env.cr.commit()
            if not contract.try_lock_for_update(allow_referencing=True):
                raise LockError("locked")
            work(contract.with_company(contract.company_id))
            contract._clear_failure("count_day_error", FAILED)
            self.env.cr.commit()
        except Exception as error:  # one failing contract never stops the others
            self.env.cr.rollback()
            if is_conflict(error):
                _logger.info("%s: another process has it: %s", contract, error)
                return
            expected = isinstance(error, UserError)
            _logger.log(
                logging.INFO if expected else logging.WARNING,
                "What follows from the counts of contract %s failed: %s",
                contract.id,
                error,
                exc_info=not expected,
            )
            contract._commit_failure(contract._record_count_day_failure, error)


class SupportContract(models.Model):
    _inherit = "support.contract"

    count_day_error = fields.Text(
        string="Count Day Failure",
        readonly=True,
        copy=False,
        help="Why a changed fee could not be announced, or what was charged by an old "
        "count not put right; the next success clears it.",
    )

    @api.model
    def _get_system_fields(self):
        return super()._get_system_fields() | {"count_day_error"}

    def _record_count_day_failure(self, error):
        """Leave the reason and one to-do; the contract is billed all the same."""
        self._record_failure("count_day_error", FAILED, error, ACCOUNTANTS)

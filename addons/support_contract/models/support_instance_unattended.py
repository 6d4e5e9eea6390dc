# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from itertools import chain

from odoo import fields, models
from odoo.tools import config

from .. import cloc
from ..transactions import commit_alone

_logger = logging.getLogger(__name__)

_ATTEMPTS = 5


class SupportInstance(models.Model):
    _inherit = "support.instance"

    date_count_tried = fields.Datetime(
        string="Last Attempt to Count",
        readonly=True,
        copy=False,
        help="When the scheduled action last tried to read the code.",
    )

    def _count_unattended(self, on_done=None):
        """Count these instances; what fails is written on the instance, not raised.

        Ends the transaction before anything is read and commits each instance on its
        own: nothing is locked while the network answers, and what is counted stays
        counted when the process is killed. Sources are read many at once, those that
        several instances have in common once.

        Not all of them may be counted when it ends: the time of a scheduled action is
        limited. Who wants the rest calls again with those that `date_count_tried`
        says were not tried.

        :param on_done: function called with each instance that is done with, counted
            or not, after its transaction
        :return: the instances that were counted
        """
        # pylint: disable=invalid-commit
        jobs, refused = {}, {}
        for instance in self:
            try:
                jobs[instance.id] = instance._get_readers()
            except cloc.CountError as error:
                refused[instance.id] = error
        counted = self.browse()
        self.env.cr.commit()
        outcomes = cloc.read_all(jobs, **self._get_count_times())
        for instance_id, outcome in chain(refused.items(), outcomes):
            instance = self.browse(instance_id)
            if instance._record_outcome(jobs.get(instance_id), outcome):
                counted |= instance
            if on_done:
                on_done(instance)
        return counted

    def _get_count_times(self):
        """Times for :func:`..cloc.read_all`, within what Odoo gives its actions.

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

    def _record_outcome(self, readers, outcome):
        """Write down what reading has brought, in a transaction of its own.

        :param readers: what was read, as :meth:`_get_readers` returned it
        :param outcome: list of :class:`..cloc.Count`, or the exception
        :return: whether the instance is counted
        """
        self.ensure_one()
        try:
            return self._commit_count(
                lambda: self._record_outcome_once(readers, outcome)
            )
        except Exception as error:  # one instance never stops the others
            problem = error
        return self._commit_count(lambda: self._record_outcome_once(readers, problem))

    def _commit_count(self, work):
        """See :func:`..transactions.commit_alone`; begun anew a few times."""
        return commit_alone(self.env, work, attempts=_ATTEMPTS)

    def _record_outcome_once(self, readers, outcome):
        if not self.exists():
            return False
        # sudo: the system's own notes, nobody's to write.
        self.sudo().date_count_tried = fields.Datetime.now()
        try:
            if isinstance(outcome, Exception):
                raise outcome
            if self._get_readers() != readers:
                # Somebody has changed the sources meanwhile; these are not its lines.
                return False
        except cloc.CountError as error:
            self.sudo().count_error = str(error)
            return False
        except Exception as error:
            _logger.warning("Instance %s could not be counted", self.id, exc_info=error)
            self.sudo().count_error = self.env._(
                "Something unexpected went wrong: %s. The log of the server has the "
                "details.",
                error,
            )
            return False
        instance = self.with_company(self.company_id)
        instance._record_count(list(zip(self.source_ids, outcome, strict=True)))
        return True

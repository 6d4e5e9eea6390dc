# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Count the lines of many instances while nobody waits for it.

What fails is written on the instance, and each instance has a transaction of its own.
"""

import logging
from itertools import chain

from odoo import fields
from odoo.tools import config

from odoo.addons.support_contract.transactions import commit_alone

from . import cloc

_logger = logging.getLogger(__name__)

# How often a transaction is begun anew when another process was faster.
ATTEMPTS = 5


class UnattendedCount:
    """
    :param instances: `support.instance`, those to count
    """

    def __init__(self, instances):
        self.env = instances.env
        self.instances = instances

    def run(self, on_done=None):
        """See `support.instance._count_unattended`."""
        # pylint: disable=invalid-commit
        jobs, refused = {}, {}
        for instance in self.instances:
            try:
                jobs[instance.id] = instance._get_readers()
            except cloc.CountError as error:
                refused[instance.id] = error
        counted = self.instances.browse()
        self.env.cr.commit()
        outcomes = cloc.read_all(jobs, **self._get_times())
        for instance_id, outcome in chain(refused.items(), outcomes):
            instance = self.instances.browse(instance_id)
            if instance._record_outcome(jobs.get(instance_id), outcome):
                counted |= instance
            if on_done:
                on_done(instance)
        return counted

    def _get_times(self):
        """Times for :func:`.cloc.read_all`, within what Odoo gives its actions.

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


def record_outcome(instance, readers, outcome):
    """See `support.instance._record_outcome`."""
    instance.ensure_one()
    try:
        return commit_count(
            instance.env, lambda: _record_once(instance, readers, outcome)
        )
    except Exception as error:  # one instance never stops the others
        problem = error
    return commit_count(instance.env, lambda: _record_once(instance, readers, problem))


def commit_count(env, work):
    """Do it in a transaction of its own, begun anew a few times.

    See :func:`odoo.addons.support_contract.transactions.commit_alone`.
    """
    return commit_alone(env, work, attempts=ATTEMPTS)


def _record_once(instance, readers, outcome):
    if not instance.exists():
        return False
    # sudo: the system's own notes, nobody's to write.
    instance_sudo = instance.sudo()
    instance_sudo.date_count_tried = fields.Datetime.now()
    try:
        if isinstance(outcome, Exception):
            raise outcome
        if instance._get_readers() != readers:
            # Somebody has changed the sources meanwhile; these are not its lines.
            return False
    except cloc.CountError as error:
        instance_sudo.count_error = str(error)
        return False
    except Exception as error:
        _logger.warning("Instance %s could not be counted", instance.id, exc_info=error)
        instance_sudo.count_error = instance.env._(
            "Something unexpected went wrong: %s. The log of the server has the "
            "details.",
            error,
        )
        return False
    instance = instance.with_company(instance.company_id)
    instance._record_count(list(zip(instance.source_ids, outcome, strict=True)))
    return True

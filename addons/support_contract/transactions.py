# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Transactions of their own, for work that nobody waits for.

A scheduled action goes through many records. What one of them got must survive whatever
happens to the next, so each is committed on its own; and one that fails must not stop
the others, so what went wrong is rolled back and noted on the record. That another
process works on the same record at this moment is no failure: it does what is to be
done, or has done it. Odoo tries a request again by itself; scheduled actions have to
know (:func:`is_conflict`).

So a scheduled action is :func:`go_through` its records, :func:`work_alone` with each.
"""

# pylint: disable=invalid-commit

import logging
import os
import time

from psycopg2 import errors

from odoo import fields
from odoo.exceptions import LockError, RedirectWarning, UserError

_logger = logging.getLogger(__name__)

CONFLICTS = (errors.SerializationFailure, errors.DeadlockDetected, LockError)
# Two processes that note the same failure make the same person follow the record.
FOLLOWERS = "mail_followers_mail_followers_res_partner_res_model_id_uniq"


def is_conflict(error, unique=()):
    """Whether another process was there at the same time.

    :param error: the exception
    :param unique: names of the unique indexes that make doing the caller's work twice
        impossible; being the second at one of them is a conflict, at others a mistake
    """
    if isinstance(error, errors.UniqueViolation):
        return error.diag.constraint_name in {FOLLOWERS, *unique}
    return isinstance(error, CONFLICTS)


def commit_alone(env, work, *, unique=(), attempts=1):
    """Do it and commit, or roll back.

    :param work: function without arguments
    :param unique: see :func:`is_conflict`
    :param attempts: how often it is begun anew when another process was faster
    :return: what it returns; None if another process is at it
    :raise Exception: what else goes wrong
    """
    for attempt in range(1, attempts + 1):
        try:
            result = work()
            env.cr.commit()
            return result
        except Exception as error:
            env.cr.rollback()
            if not is_conflict(error, unique):
                raise
            _logger.info("Another process is at the same work: %s", error)
            if attempts > 1:
                time.sleep(0.2 * attempt)
    return None


def go_through(records, work):
    """Do something with each of these records, as long as a scheduled action has time.

    The action comes back for the rest.

    :param work: function of one record that commits, such as one with
        :func:`work_alone`
    :return: whether all of them had their turn
    """
    cron, left = records.env["ir.cron"], len(records)
    if records:
        cron._commit_progress(remaining=left)
    for record_id in records.ids:
        work(records.browse(record_id))
        left -= 1
        if not cron._commit_progress(1):
            break
    return not left


def work_alone(record, work, note, failure, *, unique=()):
    """Do something with one record that is locked; what goes wrong stays with it.

    :param record: a record; another process that has it does the same
    :param work: function without arguments
    :param note: function of the exception, which writes down what went wrong; that
        happens in one more transaction
    :param failure: for the log: what could not be done
    :param unique: see :func:`is_conflict`
    """

    def locked():
        # What came before is no part of it, and the record is read anew.
        record.env.cr.commit()
        if not record.try_lock_for_update(allow_referencing=True):
            raise LockError("locked")
        work()

    try:
        commit_alone(record.env, locked, unique=unique)
    except Exception as error:  # one that fails never stops the others
        log_failure(failure, record, error)
        problem = error
        commit_alone(record.env, lambda: note(problem), unique=unique)


def describe(env, error):
    """What a person reads of a failure: the sentence that it is, else where to look.

    What PostgreSQL or Python say is for the server's log. What the operating system
    says, such as that the disk is full, names no code and is shown.
    """
    if isinstance(error, RedirectWarning):
        return str(error.args[0])
    if isinstance(error, str | UserError):
        return str(error)
    if isinstance(error, OSError) and error.errno:
        return env._(
            "The server failed here, which nobody can put right on this page: "
            "%(reason)s. Ask whoever runs it: its log of %(time)s (UTC) says more.",
            reason=os.strerror(error.errno),
            time=fields.Datetime.to_string(fields.Datetime.now()),
        )
    return env._(
        "The server failed here, which nobody can put right on this page. Ask whoever "
        "runs it: its log of %(time)s (UTC) says why.",
        time=fields.Datetime.to_string(fields.Datetime.now()),
    )


def log_failure(failure, record, error):
    """What people can put right is in the log without a traceback, and no warning."""
    expected = isinstance(error, UserError)
    _logger.log(
        logging.INFO if expected else logging.WARNING,
        "%s: %s: %s",
        record,
        failure,
        error,
        exc_info=not expected,
    )

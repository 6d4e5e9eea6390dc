# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Invoices that wait to be sent, one by one where Odoo cannot send them together."""

import logging

from odoo.exceptions import UserError

from odoo.addons.support_contract.transactions import commit_alone

from .billing import UNIQUE

_logger = logging.getLogger(__name__)


def send_one_by_one(moves, error):
    """Send these invoices in transactions of their own; commits.

    :param error: why they could not be sent together
    """
    _logger.info("Invoices are sent one by one from here: %s", error)
    cron = moves.env["ir.cron"]
    cron._commit_progress(remaining=len(moves))
    # All of them: those that fail again would keep the others waiting for ever.
    for move_id in moves.ids:
        _send_alone(moves.browse(move_id))
        if not cron._commit_progress(1):
            break


def _send_alone(move):
    """Send one invoice in a transaction of its own; a failure stays with it.

    What was sent is sent, whatever happens to the next.
    """
    env = move.env

    def send():
        # What came before is no part of it, and the invoice is read anew.
        env.cr.commit()  # pylint: disable=invalid-commit
        if locked := move.try_lock_for_update().filtered("sending_data"):
            env["account.move.send"]._generate_and_send_invoices(locked, from_cron=True)

    try:
        commit_alone(env, send, unique=UNIQUE)
    except Exception as error:
        _note_error(move, error)


def _note_error(move, error):
    """What is wrong with the invoice takes it out of the queue until somebody has
    looked; what is wrong with the server, such as a full disk, goes away some day.
    """
    expected = isinstance(error, UserError)
    _logger.log(
        logging.INFO if expected else logging.WARNING,
        "Invoice %s could not be sent: %s",
        move.id,
        error,
        exc_info=not expected,
    )
    move.support_sending_error = str(error) or repr(error)
    if expected:
        move.sending_data = False
    move.env["support.contract"]._ask_for_sending_check()


def get_failed_notifications(move):
    """Those of the last e-mail with this invoice to its customer that failed.

    :return: `mail.notification`
    """
    customer = move.commercial_partner_id
    # sudo: whether it arrived does not depend on who asks.
    notifications = (
        move.env["mail.notification"]
        .sudo()
        .search(
            [
                ("notification_type", "=", "email"),
                ("mail_message_id.model", "=", move._name),
                ("mail_message_id.res_id", "=", move.id),
                ("mail_message_id.attachment_ids", "!=", False),
                ("res_partner_id", "child_of", customer.id),
            ]
        )
    )
    last = notifications.mail_message_id.sorted("id")[-1:]
    return notifications.filtered(
        lambda one: one.mail_message_id == last
        and one.notification_status in ("exception", "bounce")
    ).sorted("id")

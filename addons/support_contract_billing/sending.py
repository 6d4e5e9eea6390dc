# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Invoices that wait to be sent, and those that did not reach their customer.

Sending is Odoo's own work, and a failure stays with an e-mail that nobody looks at.
A scheduled action of ours looks, in transactions of its own, and notes it on the
contract. Where Odoo cannot send invoices together, they are sent one by one.
"""

import logging
from datetime import timedelta

from odoo import fields
from odoo.exceptions import LockError, UserError

from odoo.addons.support_contract.transactions import (
    commit_alone,
    describe,
    go_through,
    log_failure,
)

from .billing import ACCOUNTANTS, UNIQUE

_logger = logging.getLogger(__name__)

ACTIVITY = "support_contract_billing.activity_sending_failed"
CRON_MAIL = "mail.ir_cron_mail_scheduler_action"
# The server for outgoing e-mail was down: tried again after so long, for so long.
PAUSE = timedelta(hours=1)
PATIENCE = timedelta(days=7)


def get_contracts_to_check(contracts):
    """Contracts with an invoice that may have failed, or that did before.

    :param contracts: an empty `support.contract`
    """
    env = contracts.env
    failed = env["mail.notification"].search(
        [
            ("notification_type", "=", "email"),
            ("notification_status", "in", ("exception", "bounce")),
            ("mail_message_id.model", "=", "account.move"),
        ]
    )
    moves = env["account.move"].browse(failed.mail_message_id.mapped("res_id"))
    moves |= moves.search([("support_sending_error", "!=", False)])
    flagged = contracts.search([("sending_error", "!=", False)])
    return moves.exists()._get_support_contracts() | flagged


def find_unreached(env, domain=()):
    """The posted invoices that did not reach their customers.

    :param domain: of the contracts
    """
    flagged = env["support.contract"].search([("sending_error", "!=", False), *domain])
    return env["account.move"].union(*flagged.invoice_ids._get_sending_problems())


def check_all(contracts):
    """Check one contract after the other, as long as there is time; commits.

    :return: whether one of them waits for a server that is to be tried again
    """
    waiting = []
    go_through(contracts, lambda contract: waiting.append(_check_sending(contract)))
    return any(waiting)


def _check_sending(contract):
    """See whether the invoices of one contract were sent; commits.

    :return: whether it waits for a server that is to be tried again
    """

    def check():
        if not contract.try_lock_for_update(allow_referencing=True):
            raise LockError("locked")
        return _update_sending_error(contract)

    waiting = commit_alone(contract.env, check, unique=UNIQUE)
    return waiting is None or waiting


def _update_sending_error(contract):
    """Note what failed, or that nothing does any more, and try again what can be.

    :return: whether it waits for a server
    """
    problems = contract.invoice_ids._get_sending_problems()
    text = "\n".join(f"{move.name}: {why}" for move, why in problems.items())
    if not text:
        if contract.sending_error:
            contract._clear_failure("sending_error", ACTIVITY)
        return False
    if text != contract.sending_error:
        contract._record_failure("sending_error", ACTIVITY, text, ACCOUNTANTS)
    return _retry_mails(contract.env["account.move"].union(*problems))


def _retry_mails(moves):
    """Put e-mails that no server took back into the queue after a while.

    They left here in no part, so that nobody gets one twice.

    :return: whether there is something to try again, now or later
    """
    now = moves.env.cr.now()
    waiting = moves.env["mail.mail"]
    for move in moves:
        waiting |= (
            get_failed_notifications(move)
            .filtered(
                lambda one: one.failure_type == "mail_smtp"
                and one.mail_message_id.date > fields.Datetime.now() - PATIENCE
            )
            .mail_mail_id
        )
    due = waiting.filtered(
        lambda mail: mail.state == "exception" and mail.write_date <= now - PAUSE
    )
    if due:
        due.mark_outgoing()
        moves.env.ref(CRON_MAIL)._trigger()
    return bool(waiting)


def send_again(contract):
    """Try again at once what failed, whatever it was, since a person has looked at it.

    :return: the invoices
    """
    problems = contract.invoice_ids._get_sending_problems()
    moves = contract.env["account.move"].union(*problems)
    anew = moves.browse()
    for move in moves:
        mails = get_failed_notifications(move).mail_mail_id
        if not move.support_sending_error and mails:
            mails.filtered(lambda mail: mail.state == "exception").mark_outgoing()
            contract.env.ref(CRON_MAIL)._trigger()
        else:
            # An address that was wrong: the e-mail is gone, another one is made.
            anew |= move
    anew._queue_sending()
    return moves


# === ONE BY ONE === #


def send_one_by_one(moves, error):
    """Send these invoices in transactions of their own; commits.

    :param error: why they could not be sent together
    """
    _logger.info("Invoices are sent one by one from here: %s", error)
    # All of them: those that fail again would keep the others waiting for ever.
    go_through(moves, _send_alone)


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
    looked; what is wrong with the server, such as a full disk, may go away some day.
    """
    log_failure("could not be sent", move, error)
    now = fields.Datetime.now()
    since = move.support_failing_since or now
    move.support_failing_since = since
    move.support_sending_error = describe(move.env, error)
    if isinstance(error, UserError) or since <= now - PATIENCE:
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


def describe_failure(notification):
    """Why the e-mail did not go out or did not arrive."""
    env = notification.env
    labels = dict(notification._fields["failure_type"]._description_selection(env))
    # sudo: e-mails are the system's own.
    mail_sudo = notification.sudo().mail_mail_id
    detail = notification.failure_reason or mail_sudo.failure_reason
    kind = labels.get(notification.failure_type) or env._("The e-mail failed")
    # What Odoo did not foresee is what Python said of it.
    if notification.failure_type == "unknown" or not detail:
        return kind
    return f"{kind}: {detail}"

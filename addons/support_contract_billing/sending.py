# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""An invoice that did not reach its customer, noted on its contract.

Sending is Odoo's own work, and a failure stays with an e-mail that nobody looks at.
A scheduled action of ours looks, in transactions of its own.
"""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import LockError

from odoo.addons.support_contract.transactions import commit_alone

from .billing import ACCOUNTANTS, UNIQUE

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


def check_all(contracts):
    """Check one contract after the other, as long as there is time; commits.

    :return: whether one of them waits for a server that is to be tried again
    """
    cron, waiting = contracts.env["ir.cron"], False
    cron._commit_progress(remaining=len(contracts))
    for contract_id in contracts.ids:
        waiting |= _check_sending(contracts.browse(contract_id))
        if not cron._commit_progress(1):
            break
    return waiting


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
            move._get_failed_notifications()
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
    contract.ensure_one()
    problems = contract.invoice_ids._get_sending_problems()
    moves = contract.env["account.move"].union(*problems)
    anew = moves.browse()
    for move in moves:
        mails = move._get_failed_notifications().mail_mail_id
        if not move.support_sending_error and mails:
            mails.filtered(lambda mail: mail.state == "exception").mark_outgoing()
            contract.env.ref(CRON_MAIL)._trigger()
        else:
            # An address that was wrong: the e-mail is gone, another one is made.
            anew |= move
    anew._queue_sending()
    return moves

# Copyright 2026 Support Contract contributors
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..billing import is_conflict

_logger = logging.getLogger(__name__)


class AccountMove(models.Model):
    """Whether an invoice with support charges has reached its customer."""

    _inherit = "account.move"

    support_sending_error = fields.Text(
        string="Sending Failure",
        readonly=True,
        copy=False,
        help="Why the invoice could not be made ready to be sent.",
    )

    def _get_sending_problems(self):
        """What keeps these invoices from their customers, as far as we know.

        An invoice that is paid, credited or a draft again is nobody's problem any more.

        :return: {invoice: sentence}
        """
        problems = {}
        for move in self:
            if move.state != "posted" or move.payment_state not in (
                "not_paid",
                "partial",
            ):
                continue
            if move.support_sending_error:
                problems[move] = move.support_sending_error
            elif failed := move._get_failed_notifications():
                problems[move] = failed[0]._get_failure_in_words()
        return problems

    def _get_failed_notifications(self):
        """Those of the last e-mail with this invoice to its customer that failed.

        :return: `mail.notification`
        """
        self.ensure_one()
        customer = self.commercial_partner_id
        # sudo: whether it arrived does not depend on who asks.
        notifications = (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("notification_type", "=", "email"),
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "=", self.id),
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

    def _queue_sending(self):
        """Let Odoo's own scheduled action send these invoices.

        As the person who asks, to whose name the customer answers.
        """
        if not self:
            return
        user = self.env.user
        self.support_sending_error = False
        self.sending_data = {
            "author_user_id": user.id,
            "author_partner_id": user.partner_id.id,
        }
        # sudo: triggering a scheduled action needs Settings rights otherwise.
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()

    @api.model
    def _cron_account_move_send(self, job_count=10):
        """One invoice that cannot be sent never stops the others.

        Odoo sends a number of them in one transaction, and takes the same ones first
        each time.
        """
        try:
            return super()._cron_account_move_send(job_count)
        except Exception as error:
            self.env.cr.rollback()
            if is_conflict(error):
                raise
            _logger.info("Invoices are sent one by one from here: %s", error)
        moves = self.search(
            [("sending_data", "!=", False), ("state", "=", "posted")],
            order="date, invoice_date, sequence_number, id",
        )
        self.env["ir.cron"]._commit_progress(remaining=len(moves))
        # All of them: those that fail again would keep the others waiting for ever.
        for move_id in moves.ids:
            self.browse(move_id)._send_alone()
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _send_alone(self):
        """Send one invoice in a transaction of its own; a failure stays with it.

        Commits: what was sent is sent, whatever happens to the next.
        """
        # pylint: disable=invalid-commit
        self.ensure_one()
        try:
            self.env.cr.commit()
            move = self.try_lock_for_update().filtered("sending_data")
            if move:
                self.env["account.move.send"]._generate_and_send_invoices(
                    move, from_cron=True
                )
            self.env.cr.commit()
        except Exception as error:
            self.env.cr.rollback()
            if is_conflict(error):
                _logger.info("%s: another process has it: %s", self, error)
                return
            self._note_sending_error(error)

    def _note_sending_error(self, error):
        """What is wrong with the invoice takes it out of the queue until somebody has
        looked; what is wrong with the server, such as a full disk, goes away some day.
        """
        expected = isinstance(error, UserError)
        _logger.log(
            logging.INFO if expected else logging.WARNING,
            "Invoice %s could not be sent: %s",
            self.id,
            error,
            exc_info=not expected,
        )
        self.support_sending_error = str(error) or repr(error)
        if expected:
            self.sending_data = False
        self.env["support.contract"]._ask_for_sending_check()


class MailNotification(models.Model):
    _inherit = "mail.notification"

    def _get_failure_in_words(self):
        """Why the e-mail did not go out or did not arrive."""
        self.ensure_one()
        labels = dict(self._fields["failure_type"]._description_selection(self.env))
        # sudo: e-mails are the system's own.
        detail = self.failure_reason or self.sudo().mail_mail_id.failure_reason
        kind = labels.get(self.failure_type) or self.env._("The e-mail failed")
        return f"{kind}: {detail}" if detail else kind
